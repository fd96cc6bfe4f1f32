package org.bellwether.engine.template;

import java.time.Clock;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All templates, each version one of them. */
public final class Templates {

    private final Database database;
    private final ObjectTable<Template> table =
            new ObjectTable<>("templates", "template", Template.class, Templates::columns);
    private final Lookup<Id<Template>, Template> byBase =
            table.model().indexedBy(template -> Optional.of(template.base()));
    private final Lookup<Id<Cluster>, Template> byCluster =
            table.model().indexedBy(template -> Optional.ofNullable(template.cluster()));

    public Templates(Database database) {
        this.database = database;
    }

    private static Map<String, Object> columns(Template template) {
        var columns = new HashMap<String, Object>();
        columns.put("version", template.version());
        columns.put(
                "cluster_id",
                Optional.ofNullable(template.cluster()).map(Id::value).orElse(null));
        return columns;
    }

    public void load() {
        table.load(database);
    }

    /** Makes the template without disks that every installation has, unless it is there; at every start. */
    public void ensureBlank(Clock clock) {
        if (table.model().find(Template.BLANK).isEmpty()) {
            database.change(tx -> table.insert(
                    tx,
                    new Template(
                            Template.BLANK, "Blank", 1, Template.BLANK, null, clock.instant(), TemplateSpecs.blank())));
        }
    }

    public ReadModel<Template> model() {
        return table.model();
    }

    /** The template, or a failure that says that there is none. */
    public Template get(Id<Template> id) {
        return table.get(id);
    }

    /** The template that a document refers to: by id, or by name; of several versions the one asked for, or the newest. */
    public Template referred(org.bellwether.api.types.@Nullable Template reference) {
        if (reference == null || reference.id() != null || reference.name() == null) {
            return References.find(table.model(), reference, "template");
        }
        var version = reference.version();
        var wanted = version == null ? null : version.versionNumber();
        return table.model().named(reference.name()).stream()
                .filter(each -> wanted == null || each.version() == wanted)
                .max(Comparator.comparingInt(Template::version))
                .orElseThrow(() -> Failure.notFound("Entity not found: Template " + reference.name()));
    }

    /** The disk in the CD drive of a machine made from the template; null: none. */
    public @Nullable String cd(Template template) {
        return TemplateSpecs.cd(template.spec());
    }

    /** What a machine made from the template begins with. */
    public org.bellwether.api.types.Vm vmSpec(Template template) {
        return TemplateSpecs.machine(template.spec());
    }

    /** The template as a machine: also with what a machine that is made from it does not begin with. */
    public org.bellwether.api.types.Vm described(Template template) {
        return vmSpec(template).toBuilder()
                .description(template.spec().description())
                .build();
    }

    /** What was {@link #described} so. */
    public org.bellwether.api.types.Template specOf(org.bellwether.api.types.Vm machine) {
        return TemplateSpecs.of(
                machine,
                null,
                org.bellwether.api.types.Template.builder()
                        .description(machine.description())
                        .initialization(machine.initialization())
                        .build());
    }

    /** All versions that share the base, the base first. */
    public List<Template> versions(Id<Template> base) {
        return byBase.of(base).stream()
                .sorted(Comparator.comparingInt(Template::version))
                .toList();
    }

    /** The newest version of the same name. */
    public Template latest(Template template) {
        return versions(template.base()).getLast();
    }

    public Collection<Template> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    public void insert(Transaction tx, Template template) {
        table.insert(tx, template);
    }

    public Template update(Transaction tx, Id<Template> id, Function<Template, Template> change) {
        return table.update(tx, id, change);
    }

    public void delete(Transaction tx, Id<Template> id) {
        table.delete(tx, id);
    }
}
