package org.bellwether.engine.backup;

import static org.bellwether.engine.platform.Permit.BACKUP_DISK;

import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.bellwether.api.types.BackupPhase;
import org.bellwether.api.types.CheckpointState;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.api.types.DiskBackupMode;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskDocuments;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.VmStatus;
import org.bellwether.engine.vm.Vms;
import org.jspecify.annotations.Nullable;

/** Backups and checkpoints of machines on the wire. The bytes come by image transfers that name the backup. */
final class BackupsApi {

    private final Database database;
    private final Backups backups;
    private final Vms vms;
    private final Disks disks;
    private final Predicate<UUID> beingFetched;
    private final Operations operations;
    private final BackUpVm taking;
    private final RemoveCheckpoint removeCheckpoint;
    private final Events events;
    private final Clock clock;

    /** @param beingFetched whether a transfer of the backup is open */
    BackupsApi(
            Database database,
            Backups backups,
            Vms vms,
            Disks disks,
            Predicate<UUID> beingFetched,
            Operations operations,
            BackUpVm taking,
            RemoveCheckpoint removeCheckpoint,
            Events events,
            Clock clock) {
        this.database = database;
        this.backups = backups;
        this.vms = vms;
        this.disks = disks;
        this.beingFetched = beingFetched;
        this.operations = operations;
        this.taking = taking;
        this.removeCheckpoint = removeCheckpoint;
        this.events = events;
        this.clock = clock;
    }

    void serve(ApiRoutes routes) {
        routes.read(
                "vm_backups",
                "list",
                request -> Reply.list(backups.of(vm(request, 0).id()).stream().map(this::document)));
        routes.on("vm_backups", "add", BACKUP_DISK, this::add);
        routes.read("vm_backup", "get", request -> Reply.of(document(backup(request, 1))));
        routes.on("vm_backup", "finalize", BACKUP_DISK, this::finish);
        routes.read(
                "vm_backup_disks",
                "list",
                request -> Reply.list(
                        backup(request, 1).disks().stream().map(this::document).flatMap(Optional::stream)));
        routes.read("vm_backup_disk", "get", request -> {
            var disk = request.<Disk>id(2);
            return Reply.of(backup(request, 1).disks().stream()
                    .filter(part -> part.disk().equals(disk))
                    .findFirst()
                    .flatMap(this::document)
                    .orElseThrow(() -> Failure.notFound("The backup has no disk " + disk)));
        });
        routes.read(
                "vm_checkpoints",
                "list",
                request -> Reply.list(
                        backups.checkpointsOf(vm(request, 0).id()).stream().map(this::document)));
        routes.read("vm_checkpoint", "get", request -> Reply.of(document(checkpoint(request, 1))));
        routes.on("vm_checkpoint", "remove", BACKUP_DISK, this::remove);
        routes.read(
                "vm_checkpoint_disks",
                "list",
                request -> Reply.list(checkpoint(request, 1).disks().stream()
                        .map(disk -> disks.model().find(disk))
                        .flatMap(Optional::stream)
                        .map(DiskDocuments::of)));
        routes.read("vm_checkpoint_disk", "get", request -> {
            var disk = request.<Disk>id(2);
            if (!checkpoint(request, 1).disks().contains(disk)) {
                throw Failure.notFound("The checkpoint has no disk " + disk);
            }
            return Reply.of(DiskDocuments.of(disks.get(disk)));
        });
    }

    private Vm vm(ApiRequest request, int position) {
        return vms.get(request.<Vm>id(position));
    }

    private Backup backup(ApiRequest request, int position) {
        var found = backups.get(request.<Backup>id(position));
        if (!found.vm().equals(request.<Vm>id(0))) {
            throw Failure.notFound("The machine has no backup " + found.id());
        }
        return found;
    }

    private Checkpoint checkpoint(ApiRequest request, int position) {
        var found = backups.checkpoint(request.<Checkpoint>id(position));
        if (!found.vm().equals(request.<Vm>id(0))) {
            throw Failure.notFound("The machine has no checkpoint " + found.id());
        }
        return found;
    }

    private Reply add(ApiRequest request) {
        var body = request.body(org.bellwether.api.types.Backup.class);
        var vm = vm(request, 0);
        var status = vms.status(vm);
        boolean running = status == VmStatus.UP || status == VmStatus.PAUSED || status == VmStatus.POWERING_UP;
        if (!running && status != VmStatus.DOWN) {
            throw Failure.conflict("VM " + vm.name() + " cannot be backed up now")
                    .because("it is "
                            + status.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '))
                    .next("Wait until it is up or down");
        }
        var from = from(vm, body.fromCheckpointId());
        var chosen = disks(vm, body.disks(), running);
        var parts = chosen.stream()
                .map(disk -> new Backup.Part(disk.id(), false, notes(disk)))
                .toList();
        boolean noted = parts.stream().anyMatch(Backup.Part::noted);
        var now = clock.instant();
        Id<Backup> id = body.id() == null ? Id.random() : id(body.id());
        var made = new Backup(
                id,
                id.toString(),
                vm.id(),
                null,
                running,
                Backup.Phase.STARTING,
                from.map(checkpoint -> checkpoint.id().value()).orElse(null),
                noted ? UUID.randomUUID() : null,
                parts,
                now,
                now,
                body.description());
        var asker = Asker.of(request);
        var wish = new BackUpVm.Request(
                made.id(), vm.id(), vm.name(), chosen.stream().map(Disk::id).toList(), running, asker);
        operations.begin(taking, wish, asker, tx -> {
            if (!running) {
                chosen.forEach(disk -> disks.update(tx, disk.id(), each -> {
                    requireWell(each);
                    return each.in(Disk.State.LOCKED);
                }));
            }
            backups.insert(tx, made);
            events.add(
                    tx,
                    EventCode.VM_BACKUP_STARTED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    (from.isPresent() ? "An incremental backup" : "A full backup") + " of VM " + vm.name()
                            + " was begun by " + asker.name() + ".");
        });
        return Reply.accepted(document(backups.get(made.id())));
    }

    private Optional<Checkpoint> from(Vm vm, @Nullable String wished) {
        if (wished == null || wished.isBlank()) {
            return Optional.empty();
        }
        var found = backups.checkpoint(id(wished));
        if (!found.vm().equals(vm.id())) {
            throw Failure.notFound("VM " + vm.name() + " has no checkpoint " + wished)
                    .next("Take a full backup first");
        }
        return Optional.of(found);
    }

    private static <T> Id<T> id(String text) {
        try {
            return Id.of(text);
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest("'" + text + "' is no id").next("Give a UUID");
        }
    }

    private List<Disk> disks(Vm vm, @Nullable List<org.bellwether.api.types.Disk> wished, boolean running) {
        var attached = disks.ofVm(vm.id()).stream()
                .filter(attachment -> !running || attachment.active())
                .map(attachment -> disks.get(attachment.disk()))
                .filter(disk -> disk.lun().isEmpty())
                .toList();
        var chosen = new ArrayList<Disk>();
        for (var each : Objects.requireNonNullElse(wished, List.<org.bellwether.api.types.Disk>of())) {
            var disk = References.find(disks.model(), each, "disk");
            if (!attached.contains(disk)) {
                throw Failure.conflict("The disk " + disk.name() + " cannot be backed up with VM " + vm.name())
                        .because("it is not attached to it, not plugged in, or a LUN");
            }
            chosen.add(disk);
        }
        var all = chosen.isEmpty() ? attached : chosen;
        if (all.isEmpty()) {
            throw Failure.conflict("VM " + vm.name() + " has no disk to back up");
        }
        all.forEach(BackupsApi::requireWell);
        return all.stream().distinct().toList();
    }

    private static void requireWell(Disk disk) {
        if (disk.state() != Disk.State.OK) {
            throw Failure.conflict("The disk " + disk.name() + " cannot be backed up now")
                    .because("it is " + disk.state().name().toLowerCase(java.util.Locale.ROOT));
        }
    }

    private static boolean notes(Disk disk) {
        return disk.format() == Disk.Format.COW && disk.spec().backup() == DiskBackup.INCREMENTAL;
    }

    /** Written down here, done by whoever looks after the backup; also when that is an engine started anew. */
    private Reply finish(ApiRequest request) {
        var backup = backup(request, 1);
        if (backup.over() || backup.phase() == Backup.Phase.FINALIZING) {
            return Reply.done();
        }
        if (backup.phase() != Backup.Phase.READY) {
            throw Failure.conflict("The backup is not ready yet, and cannot be ended")
                    .next("Wait until it is ready");
        }
        if (beingFetched.test(backup.id().value())) {
            throw Failure.conflict("The backup cannot be ended now")
                    .because("a transfer of one of its disks is open")
                    .next("Finalize or cancel the transfer first");
        }
        database.change(tx -> backups.enter(tx, backup.id(), Backup.Phase.FINALIZING));
        return Reply.done();
    }

    private Reply remove(ApiRequest request) {
        var vm = vm(request, 0);
        var checkpoint = checkpoint(request, 1);
        var asker = Asker.of(request);
        var job = operations.begin(
                removeCheckpoint,
                new RemoveCheckpoint.Request(checkpoint.id(), vm.id(), vm.name(), checkpoint.disks(), asker),
                asker);
        return Reply.started(job.id().toString());
    }

    private Optional<org.bellwether.api.types.Disk> document(Backup.Part part) {
        return disks.model()
                .find(part.disk())
                .map(disk -> DiskDocuments.of(disk).toBuilder()
                        .backupMode(part.incremental() ? DiskBackupMode.INCREMENTAL : DiskBackupMode.FULL)
                        .build());
    }

    private org.bellwether.api.types.Backup document(Backup backup) {
        return org.bellwether.api.types.Backup.builder()
                .id(backup.id().toString())
                .name(backup.name())
                .description(backup.description())
                .creationDate(backup.created())
                .modificationDate(backup.modified())
                .fromCheckpointId(backup.since().map(UUID::toString).orElse(null))
                .toCheckpointId(backup.checkpoint().map(UUID::toString).orElse(null))
                .phase(phase(backup))
                .vm(org.bellwether.api.types.Vm.builder()
                        .id(backup.vm().toString())
                        .build())
                .host(backup.hostId()
                        .map(host -> org.bellwether.api.types.Host.builder()
                                .id(host.toString())
                                .build())
                        .orElse(null))
                .build();
    }

    private static BackupPhase phase(Backup backup) {
        return switch (backup.phase()) {
            case INITIALIZING -> BackupPhase.INITIALIZING;
            case STARTING -> BackupPhase.STARTING;
            case READY -> BackupPhase.READY;
            case FINALIZING -> BackupPhase.FINALIZING;
            case SUCCEEDED -> BackupPhase.SUCCEEDED;
            case FAILED -> BackupPhase.FAILED;
        };
    }

    private org.bellwether.api.types.Checkpoint document(Checkpoint checkpoint) {
        Instant created = checkpoint.created();
        return org.bellwether.api.types.Checkpoint.builder()
                .id(checkpoint.id().toString())
                .name(checkpoint.name())
                .description(checkpoint.description())
                .creationDate(created)
                .parentId(
                        checkpoint.parent() == null ? null : checkpoint.parent().toString())
                .state(CheckpointState.CREATED)
                .vm(org.bellwether.api.types.Vm.builder()
                        .id(checkpoint.vm().toString())
                        .build())
                .build();
    }
}
