package org.bellwether.engine.template;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.DiskWishes;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.GatherDisk;
import org.bellwether.engine.storage.NewDisks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;

/** Templates as people add, change and remove them: what is asked is checked here and begun as an operation. */
public final class NewTemplates {

    private final Database database;
    private final Templates templates;
    private final Machines machines;
    private final Disks disks;
    private final StorageDomains domains;
    private final NewDisks rooms;
    private final Clusters clusters;
    private final Operations operations;
    private final CreateTemplate create;
    private final RemoveTemplate remove;
    private final GatherDisk gather;
    private final Events events;
    private final Clock clock;

    public NewTemplates(
            Database database,
            Templates templates,
            Machines machines,
            Disks disks,
            StorageDomains domains,
            NewDisks rooms,
            Clusters clusters,
            Operations operations,
            CreateTemplate create,
            RemoveTemplate remove,
            GatherDisk gather,
            Events events,
            Clock clock) {
        this.database = database;
        this.templates = templates;
        this.machines = machines;
        this.disks = disks;
        this.domains = domains;
        this.rooms = rooms;
        this.clusters = clusters;
        this.operations = operations;
        this.create = create;
        this.remove = remove;
        this.gather = gather;
        this.events = events;
        this.clock = clock;
    }

    /** What of a template is written at once: a disk, how it is attached, and where its content comes from. */
    private record NewDisk(Disk disk, DiskAttachment attachment, CreateTemplate.Copy copy) {}

    record Begun(Id<Template> template, Job job) {}

    Begun add(org.bellwether.api.types.Template request, boolean seal, Asker asker) {
        var machine = machines.referred().apply(request.vm());
        var cluster = request.cluster() == null
                ? clusters.get(machine.cluster())
                : References.find(clusters.model(), request.cluster(), "cluster");
        Id<Template> id = Id.random();
        var base = base(request);
        var template = new Template(
                id,
                base.map(Template::name).orElseGet(() -> freeName(request)),
                base.map(first -> templates.versions(first.id()).getLast().version() + 1)
                        .orElse(1),
                base.map(Template::id).orElse(id),
                cluster.id(),
                clock.instant(),
                TemplateSpecs.of(machine.spec(), machine.cd(), request),
                seal);
        var copies = copies(request, machine, id, cluster);
        if (seal) {
            create.requireSealer(
                    template.name(), copies.stream().map(NewDisk::disk).toList());
        }
        var wanted = new CreateTemplate.Request(
                id,
                template.name(),
                machine.id(),
                machine.name(),
                copies.stream().map(NewDisk::copy).toList(),
                seal,
                asker);
        var job = operations.begin(create, wanted, asker, tx -> {
            // With the machine's lock in hand: nothing can start it between this look and the copy.
            requireDown(request);
            templates.insert(tx, template);
            copies.forEach(copy -> {
                disks.insert(tx, copy.disk());
                disks.attach(tx, copy.attachment());
            });
            machines.copyNics().copy(tx, machine.id(), id);
            events.add(
                    tx,
                    EventCode.TEMPLATE_ADD_STARTED,
                    asker,
                    Concerns.NOTHING.withTemplate(id).withCluster(cluster.id()),
                    "Template " + template.name() + " is being created from VM " + machine.name() + " by "
                            + asker.name() + ".");
        });
        return new Begun(id, job);
    }

    private void requireDown(org.bellwether.api.types.Template request) {
        var now = machines.referred().apply(request.vm());
        if (!now.down()) {
            throw Failure.conflict("No template can be created from VM " + now.name())
                    .because("it runs, and its disks change while they would be copied")
                    .next("Shut it down first");
        }
    }

    private Optional<Template> base(org.bellwether.api.types.Template request) {
        var version = request.version();
        if (version == null || version.baseTemplate() == null) {
            return Optional.empty();
        }
        var named = templates.referred(version.baseTemplate());
        var base = templates.get(named.base());
        if (base.id().equals(Template.BLANK)) {
            throw Failure.badRequest("The template Blank has no versions").next("Give the template a name of its own");
        }
        return Optional.of(base);
    }

    private String freeName(org.bellwether.api.types.Template request) {
        var name = TemplateSpecs.checkedName(request.name());
        if (!templates.model().named(name).isEmpty()) {
            throw Failure.conflict("There is a template of the name " + name + " already")
                    .next("Choose another name, or make it a version of that template");
        }
        return name;
    }

    private List<NewDisk> copies(
            org.bellwether.api.types.Template request, Machines.Machine machine, Id<Template> id, Cluster cluster) {
        var wishes = new DiskWishes(
                domains, rooms, request.vm() == null ? null : request.vm().diskAttachments(), request.storageDomain());
        var made = new ArrayList<NewDisk>();
        Id<?> machineId = Id.of(machine.id());
        wishes.requireOnly(
                disks.ofVm(machineId).stream().map(DiskAttachment::disk).toList(), "the disks of VM " + machine.name());
        for (var attachment : disks.ofVm(machineId)) {
            var source = disks.get(attachment.disk());
            if (source.lun().isPresent()) {
                continue; // A LUN stays the machine's.
            }
            if (source.state() != Disk.State.OK) {
                throw Failure.conflict("No template can be created from VM " + machine.name())
                        .because("its disk " + source.name() + " is "
                                + source.state().name().toLowerCase(java.util.Locale.ROOT));
            }
            if (Boolean.TRUE.equals(source.spec().shareable())) {
                throw Failure.conflict("No template can be created from VM " + machine.name())
                        .because("its disk " + source.name() + " is shared with other machines")
                        .next("Detach it first");
            }
            made.add(copy(source, attachment, wishes, id, cluster));
        }
        return made;
    }

    private NewDisk copy(
            Disk source, DiskAttachment attachment, DiskWishes wishes, Id<Template> template, Cluster cluster) {
        var format = wishes.format(source).orElse(source.format());
        boolean sparse = wishes.sparse(source, format);
        var domain = wishes.domain(source, cluster, sparse ? source.actualBytes() : source.provisionedBytes());
        Id<Disk> id = Id.random();
        var disk = new Disk(
                id,
                wishes.name(source).orElse(source.name()),
                domain.id(),
                UUID.randomUUID(),
                format,
                sparse,
                source.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                clock.instant(),
                source.spec());
        return new NewDisk(
                disk,
                new DiskAttachment(Id.random(), disk.name(), null, template.value(), id, true, attachment.spec()),
                new CreateTemplate.Copy(source.id(), id, source.name()));
    }

    void update(Template template, org.bellwether.api.types.Template request, Asker asker) {
        operations.requireFree(template.id(), "changing the template " + template.name());
        var name = request.name() == null ? template.name() : TemplateSpecs.checkedName(request.name());
        boolean renamed = !name.equals(template.name());
        if (renamed && template.id().equals(Template.BLANK)) {
            throw Failure.conflict("The template Blank cannot have another name");
        }
        var spec = TemplateSpecs.over(template.spec(), request);
        if (!renamed && Objects.equals(spec, template.spec())) {
            return;
        }
        database.change(tx -> {
            templates.update(tx, template.id(), now -> now.named(name, TemplateSpecs.over(now.spec(), request)));
            if (renamed) {
                renameOthers(tx, template, name);
            }
            events.add(
                    tx,
                    EventCode.TEMPLATE_UPDATED,
                    asker,
                    Concerns.NOTHING.withTemplate(template.id()),
                    "Template " + name + " was changed by " + asker.name() + ".");
        });
    }

    /** All versions share the name. */
    private void renameOthers(Transaction tx, Template template, String name) {
        for (var version : templates.versions(template.base())) {
            if (!version.id().equals(template.id())) {
                templates.update(tx, version.id(), now -> now.named(name, now.spec()));
            }
        }
    }

    /** Takes one of a template's disks away from a storage domain; elsewhere it stays. */
    Job removeFrom(Template template, Disk disk, StorageDomain domain, Asker asker) {
        if (!disks.liesOn(disk, domain.id())) {
            throw Failure.notFound("The disk " + disk.name() + " does not lie on the storage domain " + domain.name());
        }
        if (disks.copiesOf(disk.id()).isEmpty()) {
            throw Failure.conflict(
                            "The disk " + disk.name() + " cannot be removed from the storage domain " + domain.name())
                    .because("it lies on no other one, and the template " + template.name() + " needs it")
                    .next("Copy it to another storage domain first, or remove the template");
        }
        var standing = machines.standingOn().apply(template.id(), domain.id());
        if (!standing.isEmpty()) {
            throw Failure.conflict(
                            "The disk " + disk.name() + " cannot be removed from the storage domain " + domain.name())
                    .because("disks of these machines stand on it there: " + some(standing))
                    .next("Move these disks or remove these machines first");
        }
        return operations.begin(
                gather, new GatherDisk.Request(disk.id(), disk.name(), domain.id(), domain.name(), asker), asker);
    }

    private static String some(List<String> names) {
        return String.join(", ", names.subList(0, Math.min(10, names.size())))
                + (names.size() > 10 ? " and " + (names.size() - 10) + " more" : "");
    }

    Job remove(Template template, Asker asker) {
        if (template.id().equals(Template.BLANK)) {
            throw Failure.conflict("The template Blank cannot be removed")
                    .because("every machine stands on a template");
        }
        if (Boolean.TRUE.equals(template.spec().deleteProtected())) {
            throw Failure.conflict("The template " + template.name() + " cannot be removed")
                    .because("it is protected against deletion")
                    .next("Take the protection away first");
        }
        var users = machines.madeFrom().apply(template.id());
        if (!users.isEmpty()) {
            throw Failure.conflict("The template " + template.name() + " cannot be removed")
                    .because("these machines were made from it: " + some(users))
                    .next("Remove these machines first");
        }
        if (template.base().equals(template.id())
                && templates.versions(template.id()).size() > 1) {
            throw Failure.conflict("The template " + template.name() + " cannot be removed")
                    .because("it is the first of several versions")
                    .next("Remove the later versions first");
        }
        var wanted = new RemoveTemplate.Request(
                template.id(),
                template.name(),
                disks.ofTemplate(template.id()).stream()
                        .map(DiskAttachment::disk)
                        .toList(),
                asker);
        return operations.begin(remove, wanted, asker, tx -> remove.claim(tx, wanted));
    }
}
