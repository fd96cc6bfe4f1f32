package org.bellwether.engine.template;

import java.time.Clock;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.jspecify.annotations.Nullable;

/** All templates and their versions. */
public final class Templates {

    private final Database database;
    private final ObjectTable<Template> table =
            new ObjectTable<>("templates", "template", Template.class, Templates::columns);

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

    /** Makes the template without disks, which always exists. */
    public void ensureBlank(Clock clock) {
        if (table.model().find(Template.BLANK).isEmpty()) {
            database.change(tx -> table.insert(
                    tx,
                    new Template(
                            Template.BLANK,
                            "Blank",
                            1,
                            Template.BLANK,
                            null,
                            clock.instant(),
                            org.bellwether.api.types.Template.builder()
                                    .description("Blank template")
                                    .build())));
        }
    }

    public ReadModel<Template> model() {
        return table.model();
    }

    /** The template, or a failure that says that there is none. */
    public Template get(Id<Template> id) {
        return table.get(id);
    }

    /** The template that a document refers to, by id or by name; of several versions of one name, the newest. */
    public Template referred(org.bellwether.api.types.@Nullable Template reference) {
        if (reference != null && reference.id() == null && reference.name() != null) {
            return table.model().named(reference.name()).stream()
                    .max(java.util.Comparator.comparingInt(Template::version))
                    .orElseThrow(() -> Failure.notFound("Entity not found: Template " + reference.name()));
        }
        return References.find(table.model(), reference, "template");
    }

    /** What a machine made from the template begins with. */
    public org.bellwether.api.types.Vm vmSpec(Template template) {
        var vm = org.bellwether.api.types.Vm.TYPE.newBuilder();
        for (var attribute : org.bellwether.api.types.Vm.TYPE.attributes()) {
            var same = org.bellwether.api.types.Template.TYPE.attribute(attribute.name());
            boolean inherited = same != null
                    && same.kind() == attribute.kind()
                    && same.isList() == attribute.isList()
                    && !same.isLink()
                    && !attribute.name().equals("description")
                    && !attribute.name().equals("comment");
            if (inherited && template.spec().value(same) != null) {
                vm.set(attribute, template.spec().value(same));
            }
        }
        return vm.build();
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
