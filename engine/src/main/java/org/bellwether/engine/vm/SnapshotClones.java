package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.Template;

/** Machines that people ask to be made of snapshots. */
final class SnapshotClones {

    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Clusters clusters;
    private final Snapshots snapshots;
    private final UnsettledSnapshots unsettled;
    private final Operations operations;
    private final CloneSnapshot clone;
    private final Events events;
    private final Clock clock;

    SnapshotClones(
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Clusters clusters,
            Snapshots snapshots,
            UnsettledSnapshots unsettled,
            Operations operations,
            CloneSnapshot clone,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.clusters = clusters;
        this.snapshots = snapshots;
        this.unsettled = unsettled;
        this.operations = operations;
        this.clone = clone;
        this.events = events;
        this.clock = clock;
    }

    /** Whether a request for a machine means one made of a snapshot. */
    static boolean meant(org.bellwether.api.types.Vm request) {
        return request.snapshots() != null && !request.snapshots().isEmpty();
    }

    Vm add(org.bellwether.api.types.Vm request, Asker asker) {
        var name = Names.checked(request.name(), "a machine");
        var snapshot = snapshot(request);
        var source = vms.get(snapshot.vm());
        unsettled.settle(source.id());
        var there = snapshots.get(snapshot.id());
        if (there.state() != Snapshot.State.OK && there.state() != Snapshot.State.IN_PREVIEW) {
            throw Failure.conflict("No machine can be made of the snapshot " + there.name() + " now")
                    .because("it is being taken or removed");
        }
        var cluster = request.cluster() == null ? clusters.get(source.cluster()) : clusters.referred(request.cluster());
        Id<Vm> id = Id.random();
        var vm = new Vm(
                id,
                name,
                cluster.id(),
                Template.BLANK,
                null,
                0,
                clock.instant(),
                null,
                null,
                null,
                LeaseWish.with(VmSpecs.over(there.machine().spec(), request), Optional.empty()));
        var copies = new ArrayList<CloneSnapshot.Copy>();
        var made = new ArrayList<Disk>();
        var attachments = new ArrayList<DiskAttachment>();
        var wishes = wishes(request);
        for (var saved : there.disks()) {
            var now = disks.model().find(saved.disk());
            if (now.isPresent()) {
                var copy = copyOf(now.get(), saved, wishes, cluster.id());
                made.add(copy);
                copies.add(new CloneSnapshot.Copy(saved, copy.id()));
                attachments.add(new DiskAttachment(
                        Id.random(), copy.name(), id.value(), null, copy.id(), saved.active(), saved.spec()));
            }
        }
        var wanted = new CloneSnapshot.Request(
                id, name, source.name(), there.id(), there.name(), List.copyOf(copies), asker);
        operations.begin(clone, wanted, asker, tx -> {
            vms.insert(tx, vm);
            made.forEach(copy -> disks.insert(tx, copy));
            attachments.forEach(attachment -> disks.attach(tx, attachment));
            for (var nic : there.machine().nics()) {
                Id<Nic> nicId = Id.random();
                vms.insertNic(
                        tx,
                        new Nic(
                                nicId,
                                nic.name(),
                                id,
                                null,
                                nic.profile(),
                                vms.freeMac(vm.cluster(), nicId),
                                nic.spec()));
            }
            events.add(
                    tx,
                    EventCode.VM_ADD_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(id).withCluster(cluster.id()),
                    "VM " + name + " is being created from the snapshot " + there.name() + " of VM " + source.name()
                            + " by " + asker.name() + ".");
        });
        return vm;
    }

    private Snapshot snapshot(org.bellwether.api.types.Vm request) {
        var named = Optional.ofNullable(request.snapshots()).orElse(List.of());
        var id = named.size() == 1 ? named.getFirst().id() : null;
        if (id == null) {
            throw Failure.badRequest("A machine is made of one snapshot").because(named.size() + " are named, by id");
        }
        try {
            return snapshots.find(Id.of(id)).orElseThrow(() -> Failure.notFound("Entity not found: Snapshot " + id));
        } catch (IllegalArgumentException malformed) {
            throw Failure.notFound("Entity not found: Snapshot " + id);
        }
    }

    private Disk copyOf(Disk now, Snapshot.SavedDisk saved, Map<String, StorageDomain> wishes, Id<?> cluster) {
        var domain = Optional.ofNullable(wishes.get(saved.disk().toString()))
                .or(() -> now.domainId().map(domains::get))
                .orElseThrow(() -> Failure.conflict("The disk " + now.name() + " lies on no storage domain"));
        if (domain.wanted() != StorageDomain.Wanted.ACTIVE || !domain.cluster().equals(cluster)) {
            throw Failure.conflict("The storage domain " + domain.name() + " cannot take the machine's disks")
                    .because(
                            domain.wanted() != StorageDomain.Wanted.ACTIVE
                                    ? "it is not active"
                                    : "it belongs to another cluster");
        }
        return new Disk(
                Id.random(),
                saved.name(),
                domain.id(),
                UUID.randomUUID(),
                saved.format(),
                saved.sparse(),
                saved.provisionedBytes(),
                0,
                Disk.State.LOCKED,
                clock.instant(),
                now.spec());
    }

    /** Where the request wants single disks, by the id of the disk in the snapshot. */
    private Map<String, StorageDomain> wishes(org.bellwether.api.types.Vm request) {
        var wishes = new HashMap<String, StorageDomain>();
        var attachments = Optional.ofNullable(request.diskAttachments()).orElse(List.of());
        for (var attachment : attachments) {
            var disk = attachment.disk();
            if (disk == null) {
                continue;
            }
            var id = Optional.ofNullable(disk.id()).orElse(attachment.id());
            var named = Optional.ofNullable(disk.storageDomains()).orElse(List.of());
            if (id != null && !named.isEmpty()) {
                wishes.put(id, References.find(domains.model(), named.getFirst(), "storage domain"));
            }
        }
        return wishes;
    }
}
