package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.jspecify.annotations.Nullable;

/** Machines as they are added and changed. */
final class NewVms {

    private final Database database;
    private final Vms vms;
    private final Clusters clusters;
    private final Templates templates;
    private final Disks disks;
    private final Operations operations;
    private final AddVm addVm;
    private final Events events;
    private final Clock clock;

    NewVms(
            Database database,
            Vms vms,
            Clusters clusters,
            Templates templates,
            Disks disks,
            Operations operations,
            AddVm addVm,
            Events events,
            Clock clock) {
        this.database = database;
        this.vms = vms;
        this.clusters = clusters;
        this.templates = templates;
        this.disks = disks;
        this.operations = operations;
        this.addVm = addVm;
        this.events = events;
        this.clock = clock;
    }

    record Added(Id<Vm> vm, Job job) {}

    Added add(org.bellwether.api.types.Vm request, Asker asker) {
        var name = Names.checked(request.name(), "a machine");
        var cluster = cluster(request.cluster());
        var template = templates.referred(request.template());
        var base = org.bellwether.api.types.Vm.TYPE.merge(VmSpecs.defaults(), templates.vmSpec(template));
        Id<Vm> id = Id.random();
        var vm = new Vm(
                id,
                name,
                cluster.id(),
                template.id(),
                null,
                0,
                clock.instant(),
                null,
                null,
                null,
                VmSpecs.over(base, request));
        var clones = new ArrayList<AddVm.Clone>();
        var attachments = new ArrayList<DiskAttachment>();
        var copies = new ArrayList<Disk>();
        for (var attachment : disks.ofTemplate(template.id())) {
            var copy = copyOf(disks.get(attachment.disk()), name);
            copies.add(copy);
            clones.add(new AddVm.Clone(copy.id(), attachment.disk()));
            attachments.add(
                    new DiskAttachment(Id.random(), copy.name(), id.value(), null, copy.id(), true, attachment.spec()));
        }
        var job = operations.begin(
                addVm, new AddVm.Request(id, name, cluster.name(), List.copyOf(clones), asker), asker, tx -> {
                    vms.insert(tx, vm);
                    copies.forEach(copy -> disks.insert(tx, copy));
                    attachments.forEach(attachment -> disks.attach(tx, attachment));
                    copyNics(tx, template, id);
                    events.add(
                            tx,
                            EventCode.VM_ADD_STARTED,
                            asker,
                            Concerns.NOTHING.withVm(id).withCluster(cluster.id()),
                            "VM " + name + " is being created by " + asker.name() + ".");
                });
        return new Added(id, job);
    }

    /** A thin child of a template's disk: it lies beside its parent, and what is not written is read from there. */
    private Disk copyOf(Disk parent, String vmName) {
        return new Disk(
                Id.random(),
                vmName + "_" + parent.name(),
                parent.domain(),
                UUID.randomUUID(),
                Disk.Format.COW,
                true,
                parent.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                clock.instant(),
                parent.spec());
    }

    private void copyNics(Transaction tx, Template template, Id<Vm> vm) {
        for (var nic : vms.nicsOfTemplate(template.id())) {
            Id<Nic> id = Id.random();
            vms.insertNic(tx, new Nic(id, nic.name(), vm, null, nic.profile(), vms.freeMac(id), nic.spec()));
        }
    }

    Vm update(Vm vm, org.bellwether.api.types.Vm request, Asker asker) {
        operations.requireFree(vm.id(), "changing VM " + vm.name());
        if (request.cluster() != null && !cluster(request.cluster()).id().equals(vm.cluster())) {
            throw Failure.conflict("Cannot move VM " + vm.name() + " to another cluster")
                    .because("the engine cannot do that yet")
                    .next("Make it anew from its template in that cluster");
        }
        var name = request.name() == null ? vm.name() : Names.checked(request.name(), "a machine");
        return database.transaction(tx -> {
            var changed = vms.update(tx, vm.id(), before -> {
                var spec = VmSpecs.over(before.spec(), request);
                requireApplicable(before, spec);
                return before.named(name, spec);
            });
            events.add(
                    tx,
                    EventCode.VM_UPDATED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "VM " + name + " was changed by " + asker.name() + ".");
            return changed;
        });
    }

    /** What a running machine is made of cannot be changed under it; that would only pretend to have an effect. */
    private static void requireApplicable(Vm before, org.bellwether.api.types.Vm now) {
        if (before.host() == null) {
            return;
        }
        var was = before.spec();
        boolean same = java.util.Objects.equals(was.memory(), now.memory())
                && java.util.Objects.equals(was.cpu(), now.cpu())
                && java.util.Objects.equals(was.bios(), now.bios());
        if (!same) {
            throw Failure.conflict(
                            "Cannot change memory, processors or firmware of VM " + before.name() + " while it runs")
                    .undone("Nothing was changed")
                    .next("Shut it down first; changing it while it runs comes with issue 4");
        }
    }

    private Cluster cluster(org.bellwether.api.types.@Nullable Cluster reference) {
        return clusters.referred(reference);
    }
}
