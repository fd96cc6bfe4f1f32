package org.bellwether.engine.backup;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.BackupBytes;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.vm.Vm;

/** All backups, those that ended lately too, and all checkpoints. */
public final class Backups implements BackupBytes {

    private static final Duration REMEMBERED = Duration.ofDays(15);

    private final Database database;
    private final Clock clock;
    private final ObjectTable<Backup> backups = new ObjectTable<>(
            "vm_backups",
            "backup",
            Backup.class,
            backup -> Map.of("vm_id", backup.vm().value()));
    private final ObjectTable<Checkpoint> checkpoints = new ObjectTable<>(
            "vm_checkpoints",
            "checkpoint",
            Checkpoint.class,
            checkpoint -> Map.of("vm_id", checkpoint.vm().value()));
    private final Lookup<Id<Vm>, Backup> backupsOf = backups.model().indexedBy(backup -> Optional.of(backup.vm()));
    private final Lookup<Id<Vm>, Checkpoint> checkpointsOf =
            checkpoints.model().indexedBy(checkpoint -> Optional.of(checkpoint.vm()));

    public Backups(Database database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    public void load() {
        backups.load(database);
        checkpoints.load(database);
    }

    List<Backup> of(Id<Vm> vm) {
        return backupsOf.of(vm).stream()
                .sorted(Comparator.comparing(Backup::created))
                .toList();
    }

    Backup get(Id<Backup> id) {
        return backups.get(id);
    }

    /** Oldest first. */
    List<Checkpoint> checkpointsOf(Id<Vm> vm) {
        return checkpointsOf.of(vm).stream()
                .sorted(Comparator.comparing(Checkpoint::created))
                .toList();
    }

    Checkpoint checkpoint(Id<Checkpoint> id) {
        return checkpoints.get(id);
    }

    /** Writes a new one down, and forgets those of its machine that ended long ago. */
    void insert(Transaction tx, Backup backup) {
        var limit = clock.instant().minus(REMEMBERED);
        of(backup.vm()).stream()
                .filter(each -> each.over() && each.modified().isBefore(limit))
                .forEach(old -> backups.delete(tx, old.id()));
        backups.insert(tx, backup);
    }

    void update(Transaction tx, Id<Backup> id, UnaryOperator<Backup> change) {
        backups.update(tx, id, change);
    }

    void enter(Transaction tx, Id<Backup> id, Backup.Phase phase) {
        backups.update(tx, id, backup -> backup.in(phase, clock.instant()));
    }

    void insert(Transaction tx, Checkpoint checkpoint) {
        checkpoints.insert(tx, checkpoint);
    }

    /** Those that came after it come after the one before it. */
    void delete(Transaction tx, Checkpoint checkpoint) {
        checkpointsOf(checkpoint.vm()).stream()
                .filter(each -> checkpoint.id().equals(each.parent()))
                .forEach(child -> checkpoints.update(tx, child.id(), each -> each.under(checkpoint.parent())));
        checkpoints.delete(tx, checkpoint.id());
    }

    Optional<Checkpoint> findCheckpoint(UUID id) {
        return checkpoints.model().find(Id.of(id));
    }

    @Override
    public Id<Host> host(UUID backup) {
        return get(Id.of(backup))
                .hostId()
                .orElseThrow(() -> Failure.conflict("The backup " + backup + " is not ready yet"));
    }

    @Override
    public void requireReady(UUID backup, Id<Disk> disk) {
        var found = get(Id.of(backup));
        if (found.disks().stream().noneMatch(part -> part.disk().equals(disk))) {
            throw Failure.notFound("The disk " + disk + " is not one of the backup " + backup);
        }
        if (found.phase() != Backup.Phase.READY) {
            throw Failure.conflict("The backup " + backup + " cannot be fetched now")
                    .because("it is " + found.phase().name().toLowerCase(java.util.Locale.ROOT));
        }
    }
}
