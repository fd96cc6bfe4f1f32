package org.bellwether.agent.backup;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bellwether.agent.platform.FileIdentity;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Bitmaps;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.BackupDisk;
import org.bellwether.protocol.BackupDiskState;
import org.bellwether.protocol.BackupNote;
import org.bellwether.protocol.BackupRequest;
import org.bellwether.protocol.BackupState;
import org.bellwether.protocol.BeginBackupRequest;
import org.bellwether.protocol.Checkpoint;
import org.bellwether.protocol.EndBackupRequest;
import org.bellwether.protocol.RemoveCheckpointRequest;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The backups that this host has begun. A running machine's is QEMU's work and outlives this agent; of one that is off,
 * the volumes themselves are the instant, because nobody changes them until its end. What is begun is written down before
 * it is done, so that an agent that died meanwhile finds and clears what it left.
 */
public final class Backups {
    private static final Logger LOG = LoggerFactory.getLogger(Backups.class);
    private static final Duration BEGINNING = Duration.ofMinutes(2);
    private static final Duration SWEEPING = Duration.ofSeconds(5);
    private static final Pattern ID = Pattern.compile("[0-9a-f-]{36}");
    private static final String SOCKET = "nbd.sock";
    private static final int QEMU_GROUP = FileIdentity.ID;

    private final VirtualMachines machines;
    private final Function<VolumeReference, PreparedVolume> storage;
    private final Lanes lanes;
    private final Notes<BackupNote> notes;
    private final Path sockets;
    private final Path scratch;
    private long swept = System.nanoTime();
    private final Map<String, BackupNote> begun = new ConcurrentHashMap<>();

    /**
     * Where a backed up disk's bytes are.
     *
     * @param socket of QEMU; absent: the volume itself is to be served
     * @param bitmap which tells what changed; absent: all is wanted
     */
    public record Source(
            Optional<Path> socket, String export, Optional<PreparedVolume> volume, Optional<String> bitmap) {}

    /**
     * What was begun before this agent started is known again.
     *
     * @param sockets a directory for sockets, which QEMU may enter
     * @param scratch a directory for what guests overwrite meanwhile; it may become as large as their disks
     */
    public Backups(
            VirtualMachines machines,
            Function<VolumeReference, PreparedVolume> storage,
            Lanes lanes,
            Path stateDirectory,
            Path sockets,
            Path scratch)
            throws IOException {
        this.machines = machines;
        this.storage = storage;
        this.lanes = lanes;
        this.notes = new Notes<>(stateDirectory.resolve("backups"), BackupNote.getDefaultInstance());
        this.sockets = sockets;
        this.scratch = scratch;
        begun.putAll(notes.all());
        sweep();
    }

    /**
     * Clears what is left of backups whose machine has stopped or gone away, also when nobody asks after them any more.
     * Does not wait.
     */
    public void sweepOver() {
        long now = System.nanoTime();
        if (now - swept < SWEEPING.toNanos()) {
            return;
        }
        swept = now;
        for (BackupNote note : begun.values()) {
            String id = note.getRequest().getBackupId();
            if (note.hasState()
                    && note.getRequest().getRunning()
                    && !lanes.of("backup " + id).busy()) {
                lanes.of("backup " + id).run("look at backup " + id, () -> {
                    try {
                        if (begun.containsKey(id) && machines.read() && !goesOn(note)) {
                            LOG.info("backup {} is over: its machine has stopped or was moved", id);
                            forget(id);
                        }
                    } catch (IOException e) {
                        LOG.warn("what backup {} has put aside stays: {}", id, e.toString());
                    }
                });
            }
        }
    }

    /** Directories of backups of which nothing is written down: a host that lost its power, or an agent its state. */
    private void sweep() throws IOException {
        for (Path root : List.of(sockets, scratch)) {
            if (Files.isDirectory(root)) {
                try (Stream<Path> left = Files.list(root)) {
                    for (Path each : left.filter(Files::isDirectory).toList()) {
                        String id = each.getFileName().toString();
                        if (ID.matcher(id).matches() && !begun.containsKey(id)) {
                            clear(each);
                        }
                    }
                }
            }
        }
    }

    public BackupState begin(BeginBackupRequest request) {
        String id = checked(request.getBackupId());
        return lanes.of("backup " + id).call("begin backup " + id, BEGINNING, () -> {
            BackupNote before = begun.get(id);
            if (before != null && before.hasState() && goesOn(before)) {
                return before.getState();
            }
            BackupNote note = BackupNote.newBuilder().setRequest(request).build();
            write(note);
            try {
                BackupState state = request.getRunning() ? live(request) : cold(request);
                write(note.toBuilder().setState(state).build());
                return state;
            } catch (RuntimeException | IOException e) {
                forget(id);
                throw e;
            }
        });
    }

    private BackupState live(BeginBackupRequest request) throws IOException {
        String id = request.getBackupId();
        Files.deleteIfExists(socket(id));
        make(sockets.resolve(id));
        clear(scratch.resolve(id));
        make(scratch.resolve(id));
        return machines.beginBackup(request, socket(id), scratch.resolve(id));
    }

    /** Only QEMU, whoever it runs as, is to reach what is in there. */
    private static void make(Path directory) throws IOException {
        Files.createDirectories(directory);
        Files.setAttribute(directory, "unix:gid", QEMU_GROUP);
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwx--x"));
    }

    private BackupState cold(BeginBackupRequest request) throws IOException {
        BackupState.Builder state = BackupState.newBuilder().setBackupId(request.getBackupId());
        for (BackupDisk disk : request.getDisksList()) {
            PreparedVolume volume = storage.apply(disk.getVolume());
            String why = "";
            if (!disk.getSince().isEmpty()) {
                why = volume.qcow2() ? Bitmaps.trouble(volume.path(), disk.getSince()) : "the disk is raw";
            }
            if (disk.getNoted() && !request.getCheckpointId().isEmpty()) {
                Bitmaps.add(volume.path(), request.getCheckpointId());
            }
            state.addDisks(BackupDiskState.newBuilder()
                    .setDiskId(disk.getDiskId())
                    .setIncremental(!disk.getSince().isEmpty() && why.isEmpty())
                    .setWhyFull(why));
        }
        return state.build();
    }

    public BackupState inspect(BackupRequest request) {
        String id = checked(request.getBackupId());
        BackupNote note = begun.get(id);
        if (note == null || !note.hasState()) {
            throw over(id);
        }
        if (!goesOn(note)) {
            throw over(id);
        }
        return note.getState();
    }

    private static Refusal over(String id) {
        return Refusal.notFound("Backup " + id
                + " is over on this host: its machine has stopped or was moved, or the host" + " was started anew");
    }

    private boolean goesOn(BackupNote note) {
        BeginBackupRequest request = note.getRequest();
        return !request.getRunning() || machines.backupGoesOn(request.getMachineId(), socket(request.getBackupId()));
    }

    /** Ends it, whatever became of it. */
    public void end(EndBackupRequest request) {
        String id = checked(request.getBackupId());
        lanes.of("backup " + id).call("end backup " + id, BEGINNING, () -> {
            BackupNote note = begun.get(id);
            if (note != null) {
                BeginBackupRequest begin = note.getRequest();
                if (begin.getRunning()) {
                    endLive(begin, request.getFailed());
                } else if (request.getFailed()) {
                    takeBack(begin);
                }
                forget(id);
                LOG.info("backup {} has ended", id);
            }
            return Boolean.TRUE;
        });
        lanes.forget("backup " + id);
    }

    private void endLive(BeginBackupRequest begin, boolean failed) {
        Optional<Checkpoint> taken =
                failed && !begin.getCheckpointId().isEmpty() ? Optional.of(checkpoint(begin)) : Optional.empty();
        try {
            machines.endBackup(begin.getMachineId(), socket(begin.getBackupId()), taken);
        } catch (Refusal e) {
            if (e.error().getCode() != org.bellwether.protocol.Error.Code.NOT_FOUND) {
                throw e;
            }
            LOG.info("machine {} is not here any more, and its backup is over", begin.getMachineId());
        }
    }

    private static Checkpoint checkpoint(BeginBackupRequest begin) {
        Checkpoint.Builder checkpoint =
                Checkpoint.newBuilder().setCheckpointId(begin.getCheckpointId()).setCreatedS(begin.getCreatedS());
        begin.getDisksList().stream()
                .filter(BackupDisk::getNoted)
                .forEach(disk -> checkpoint.addDiskIds(disk.getDiskId()));
        return checkpoint.build();
    }

    private void takeBack(BeginBackupRequest begin) throws IOException {
        if (!begin.getCheckpointId().isEmpty()) {
            removeCold(begin.getCheckpointId(), begin.getDisksList());
        }
    }

    private void removeCold(String checkpoint, List<BackupDisk> disks) throws IOException {
        for (BackupDisk disk : disks) {
            PreparedVolume volume = storage.apply(disk.getVolume());
            if (disk.getNoted() && volume.qcow2()) {
                Bitmaps.remove(volume.path(), checkpoint);
            }
        }
    }

    /** Deletes a checkpoint's bitmaps; those that are gone stay gone. */
    public void removeCheckpoint(RemoveCheckpointRequest request) {
        String id = checked(request.getCheckpoint().getCheckpointId());
        lanes.of("checkpoint " + id).call("remove checkpoint " + id, BEGINNING, () -> {
            if (request.getRunning()) {
                machines.removeCheckpoint(request.getMachineId(), request.getCheckpoint());
            } else {
                removeCold(id, request.getDisksList());
            }
            return Boolean.TRUE;
        });
        lanes.forget("checkpoint " + id);
    }

    /** Where the bytes of a disk of a backup are. */
    public Source source(String backupId, String diskId) {
        BackupNote note = begun.get(checked(backupId));
        if (note == null || !note.hasState()) {
            throw over(backupId);
        }
        BackupDisk disk = note.getRequest().getDisksList().stream()
                .filter(each -> each.getDiskId().equals(diskId))
                .findFirst()
                .orElseThrow(() -> Refusal.notFound("Disk " + diskId + " is not one of backup " + backupId));
        boolean incremental = note.getState().getDisksList().stream()
                .anyMatch(state -> state.getDiskId().equals(diskId) && state.getIncremental());
        if (note.getRequest().getRunning()) {
            // libvirt calls the exported bitmap as it was told to, which is as the disk.
            Optional<String> bitmap = incremental ? Optional.of(diskId) : Optional.empty();
            return new Source(Optional.of(socket(backupId)), diskId, Optional.empty(), bitmap);
        }
        Optional<String> bitmap = incremental ? Optional.of(disk.getSince()) : Optional.empty();
        return new Source(Optional.empty(), "", Optional.of(storage.apply(disk.getVolume())), bitmap);
    }

    private Path socket(String id) {
        return sockets.resolve(id).resolve(SOCKET);
    }

    private void write(BackupNote note) {
        String id = note.getRequest().getBackupId();
        begun.put(id, note);
        notes.write(id, note);
    }

    private void forget(String id) throws IOException {
        clear(sockets.resolve(id));
        clear(scratch.resolve(id));
        begun.remove(id);
        notes.remove(id);
    }

    private static void clear(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(directory);
    }

    private static String checked(String id) {
        if (!ID.matcher(id).matches()) {
            throw Refusal.badRequest("'" + id + "' is no id of a backup or checkpoint");
        }
        return id;
    }
}
