package org.bellwether.engine.backup;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
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
import org.bellwether.protocol.BackupRequest;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.EndBackupRequest;
import org.bellwether.protocol.RemoveCheckpointRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps an instant of a machine's disks to be fetched, from the wish to its end. The host does it; this engine may die
 * meanwhile and finds it again. A disk whose bitmap is missing or broken is taken whole, and that is told.
 */
final class BackUpVm implements Operation<BackUpVm.Request> {

    static final String KIND = "back-up-vm";

    private static final Logger log = LoggerFactory.getLogger(BackUpVm.class);
    private static final String CHOOSE = "choose a host";
    private static final String BEGIN = "begin on the host";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(30);
    private static final Duration LOOK_PATIENCE = Duration.ofSeconds(2);
    private static final Duration CALL_LIMIT = Duration.ofMinutes(3);
    /** A host that is not heard for so long will not bring the backup back. */
    private static final Duration UNHEARD = Duration.ofMinutes(5);

    private static final long LOOK_MILLIS = 500;

    private final Backups backups;
    private final Vms vms;
    private final Disks disks;
    private final StorageDomains domains;
    private final Volumes volumes;
    private final Agents agents;
    private final Events events;
    private final Clock clock;

    BackUpVm(
            Backups backups,
            Vms vms,
            Disks disks,
            StorageDomains domains,
            Volumes volumes,
            Agents agents,
            Events events,
            Clock clock) {
        this.backups = backups;
        this.vms = vms;
        this.disks = disks;
        this.domains = domains;
        this.volumes = volumes;
        this.agents = agents;
        this.events = events;
        this.clock = clock;
    }

    /** @param running the machine runs; else its disks are locked until the end */
    record Request(Id<Backup> backup, Id<Vm> vm, String name, List<Id<Disk>> disks, boolean running, Asker asker) {}

    record Chosen(Id<Host> host) {}

    record Begun(List<Seen> disks) {}

    record Seen(Id<Disk> disk, boolean incremental, String whyFull) {}

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
        return "Backing up VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>();
        locks.add(request.backup().value());
        request.disks().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        var chosen = journal.step(CHOOSE, Chosen.class, () -> choose(request));
        var begun = journal.step(BEGIN, Begun.class, () -> begin(request, chosen.host()));
        journal.commit("let it be fetched", tx -> ready(tx, request, chosen.host(), begun));
        journal.step("wait until it was fetched", () -> awaitEnd(request, chosen.host()));
        journal.step("end it on the host", () -> end(request, chosen.host(), false));
    }

    private Chosen choose(Request request) {
        if (!request.running()) {
            var first = volumes.hostFor(request.disks().stream().map(disks::get).toArray(Disk[]::new));
            return new Chosen(first.id());
        }
        return new Chosen(vms.get(request.vm())
                .hostId()
                .orElseThrow(() -> Failure.conflict("VM " + request.name() + " is not running any more")));
    }

    private Begun begin(Request request, Id<Host> host) {
        var backup = backups.get(request.backup());
        var wish = BeginBackupRequest.newBuilder()
                .setBackupId(backup.id().toString())
                .setMachineId(request.vm().toString())
                .setRunning(request.running())
                .setCreatedS(backup.created().getEpochSecond())
                .setCheckpointId(backup.checkpoint().map(UUID::toString).orElse(""));
        for (var checkpoint : backups.checkpointsOf(request.vm())) {
            wish.addCheckpoints(document(checkpoint));
        }
        var since = backup.since().flatMap(backups::findCheckpoint);
        for (var part : backup.disks()) {
            var known = since.filter(checkpoint -> checkpoint.disks().contains(part.disk()));
            wish.addDisks(disk(part.disk(), part.noted(), known));
        }
        var state = agents.of(host.value(), HOST_PATIENCE).ask(CALL_LIMIT, stub -> stub.beginBackup(wish.build()));
        return new Begun(state.getDisksList().stream()
                .map(each -> new Seen(Id.of(each.getDiskId()), each.getIncremental(), each.getWhyFull()))
                .toList());
    }

    static org.bellwether.protocol.Checkpoint document(Checkpoint checkpoint) {
        return org.bellwether.protocol.Checkpoint.newBuilder()
                .setCheckpointId(checkpoint.id().toString())
                .setCreatedS(checkpoint.created().getEpochSecond())
                .addAllDiskIds(checkpoint.disks().stream().map(Id::toString).toList())
                .build();
    }

    private BackupDisk disk(Id<Disk> id, boolean noted, Optional<Checkpoint> since) {
        var disk = disks.get(id);
        return BackupDisk.newBuilder()
                .setDiskId(id.toString())
                .setConnection(Volumes.connection(domains.get(disk.domainId().orElseThrow())))
                .setVolume(Volumes.reference(disk))
                .setNoted(noted)
                .setSince(since.map(checkpoint -> checkpoint.id().toString()).orElse(""))
                .build();
    }

    private void ready(Transaction tx, Request request, Id<Host> host, Begun begun) {
        var backup = backups.get(request.backup());
        var parts = backup.disks().stream()
                .map(part -> new Backup.Part(
                        part.disk(),
                        begun.disks().stream().anyMatch(seen -> seen.disk().equals(part.disk()) && seen.incremental()),
                        part.noted()))
                .toList();
        backups.update(tx, backup.id(), now -> now.ready(host, parts, clock.instant()));
        backup.checkpoint().ifPresent(id -> {
            var before = backups.checkpointsOf(backup.vm());
            backups.insert(
                    tx,
                    new Checkpoint(
                            Id.of(id),
                            id.toString(),
                            backup.vm(),
                            before.isEmpty() ? null : before.getLast().id(),
                            parts.stream()
                                    .filter(Backup.Part::noted)
                                    .map(Backup.Part::disk)
                                    .toList(),
                            backup.created(),
                            backup.description()));
        });
        for (var seen : begun.disks()) {
            if (!seen.whyFull().isEmpty()) {
                events.add(
                        tx,
                        EventCode.VM_INCREMENTAL_BACKUP_NEEDS_FULL,
                        request.asker(),
                        Concerns.NOTHING.withVm(request.vm()).withHost(host),
                        "The disk " + disks.get(seen.disk()).name() + " of VM " + request.name()
                                + " is backed up in full, not by what changed: " + seen.whyFull() + ".");
            }
        }
    }

    private void awaitEnd(Request request, Id<Host> host) {
        long heard = System.nanoTime();
        while (backups.get(request.backup()).phase() == Backup.Phase.READY) {
            try {
                agents.of(host.value(), LOOK_PATIENCE)
                        .ask(
                                CALL_LIMIT,
                                stub -> stub.inspectBackup(BackupRequest.newBuilder()
                                        .setBackupId(request.backup().toString())
                                        .build()));
                heard = System.nanoTime();
            } catch (Failure failure) {
                if (failure.kind() == Failure.Kind.NOT_FOUND) {
                    throw Failure.conflict("The backup of VM " + request.name() + " broke off")
                            .because(failure.detail())
                            .next("Begin it again");
                }
                if (System.nanoTime() - heard > UNHEARD.toNanos()) {
                    throw failure;
                }
            }
            pause();
        }
    }

    private static void pause() {
        try {
            Thread.sleep(LOOK_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while a backup was being fetched");
        }
    }

    private void end(Request request, Id<Host> host, boolean failed) {
        agents.of(host.value(), HOST_PATIENCE)
                .ask(
                        CALL_LIMIT,
                        stub -> stub.endBackup(EndBackupRequest.newBuilder()
                                .setBackupId(request.backup().toString())
                                .setFailed(failed)
                                .build()));
    }

    @Override
    public void undo(Request request, Journal journal) {
        var chosen = journal.outcome(CHOOSE, Chosen.class);
        if (chosen.isEmpty() || !journal.begun(BEGIN)) {
            return;
        }
        end(request, chosen.get().host(), true);
        // The machine has gone off meanwhile, and its volumes keep the bitmap of a checkpoint that nobody will use.
        if (request.running() && vms.get(request.vm()).host() == null) {
            try {
                takeBack(request);
            } catch (Failure left) {
                log.warn("A bitmap of the failed backup of VM {} is left: {}", request.name(), left.detail());
            }
        }
    }

    private void takeBack(Request request) {
        var backup = backups.get(request.backup());
        if (backup.to() == null) {
            return;
        }
        var noted = backup.disks().stream().filter(Backup.Part::noted).toList();
        var wish = RemoveCheckpointRequest.newBuilder()
                .setMachineId(request.vm().toString())
                .setCheckpoint(org.bellwether.protocol.Checkpoint.newBuilder()
                        .setCheckpointId(backup.to().toString()));
        noted.forEach(part -> wish.addDisks(disk(part.disk(), true, Optional.empty())));
        var host = volumes.hostFor(
                noted.stream().map(part -> disks.get(part.disk())).toArray(Disk[]::new));
        agents.of(host.id().value(), HOST_PATIENCE).ask(CALL_LIMIT, stub -> stub.removeCheckpoint(wish.build()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        backups.enter(tx, request.backup(), Backup.Phase.SUCCEEDED);
        unlock(request, tx);
        events.add(
                tx,
                EventCode.VM_BACKUP_FINALIZED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The backup of VM " + request.name() + " was fetched and has ended.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        var backup = backups.get(request.backup());
        backup.checkpoint().flatMap(backups::findCheckpoint).ifPresent(checkpoint -> backups.delete(tx, checkpoint));
        backups.enter(tx, request.backup(), Backup.Phase.FAILED);
        unlock(request, tx);
        events.add(
                tx,
                EventCode.VM_BACKUP_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The backup of VM " + request.name() + " has failed: " + failure.detail());
    }

    private void unlock(Request request, Transaction tx) {
        if (!request.running()) {
            request.disks()
                    .forEach(id -> disks.model()
                            .find(id)
                            .ifPresent(disk -> disks.update(tx, id, now -> now.in(Disk.State.OK))));
        }
    }
}
