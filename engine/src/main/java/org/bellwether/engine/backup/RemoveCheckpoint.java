package org.bellwether.engine.backup;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.BackupDisk;
import org.bellwether.protocol.RemoveCheckpointRequest;

/** Has a machine's disks note no longer what changed since a checkpoint. Others keep their own notes. */
final class RemoveCheckpoint implements Operation<RemoveCheckpoint.Request> {

    static final String KIND = "remove-checkpoint";

    private static final Duration HOST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration CALL_LIMIT = Duration.ofMinutes(3);

    private final Backups backups;
    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Volumes volumes;
    private final Agents agents;
    private final Events events;

    RemoveCheckpoint(
            Backups backups,
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Volumes volumes,
            Agents agents,
            Events events) {
        this.backups = backups;
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.volumes = volumes;
        this.agents = agents;
        this.events = events;
    }

    record Request(Id<Checkpoint> checkpoint, Id<Vm> vm, String name, List<Id<Disk>> disks, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Removing a checkpoint of VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>();
        locks.add(request.vm().value());
        locks.add(request.checkpoint().value());
        request.disks().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("delete the bitmaps", () -> {
            var checkpoint = backups.checkpoint(request.checkpoint());
            var there = checkpoint.disks().stream()
                    .map(id -> disks.model().find(id))
                    .flatMap(Optional::stream)
                    .filter(disk -> disk.domainId().isPresent())
                    .toList();
            if (there.isEmpty()) {
                return;
            }
            var running = vms.get(request.vm()).hostId();
            var wish = RemoveCheckpointRequest.newBuilder()
                    .setMachineId(request.vm().toString())
                    .setRunning(running.isPresent())
                    .setCheckpoint(BackUpVm.document(checkpoint));
            there.forEach(disk -> wish.addDisks(BackupDisk.newBuilder()
                    .setDiskId(disk.id().toString())
                    .setConnection(
                            Volumes.connection(domains.get(disk.domainId().orElseThrow())))
                    .setVolume(Volumes.reference(disk))
                    .setNoted(true)));
            var host = running.orElseGet(
                    () -> volumes.hostFor(there.toArray(Disk[]::new)).id());
            agents.of(host.value(), HOST_PATIENCE).ask(CALL_LIMIT, stub -> stub.removeCheckpoint(wish.build()));
        });
        journal.commit(
                "forget it",
                tx -> backups.findCheckpoint(request.checkpoint().value())
                        .ifPresent(checkpoint -> backups.delete(tx, checkpoint)));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_CHECKPOINT_DELETED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The checkpoint " + request.checkpoint() + " of VM " + request.name() + " was removed.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_CHECKPOINT_FAILED_TO_DELETE,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The checkpoint " + request.checkpoint() + " of VM " + request.name() + " could not be removed: "
                        + failure.detail());
    }
}
