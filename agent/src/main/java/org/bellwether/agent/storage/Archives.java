package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.ArchiveDescription;
import org.bellwether.protocol.ArchivePlace;
import org.bellwether.protocol.ArchivedFile;
import org.bellwether.protocol.ExportArchiveRequest;
import org.bellwether.protocol.ExportedDisk;
import org.bellwether.protocol.ImportImageRequest;
import org.bellwether.protocol.MeasuredImage;
import org.bellwether.protocol.SealImagesRequest;
import org.bellwether.protocol.TaskNote;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Archives of machines (OVA): what is in one, disks taken out of one, and one made of disks. */
public final class Archives {
    private static final Logger LOG = LoggerFactory.getLogger(Archives.class);
    private static final Duration LOOKING = Duration.ofMinutes(2);
    private static final int MOST_OVF = 8 * 1024 * 1024;

    private final ConnectedDomains connected;
    private final VolumeFiles files;
    private final Tasks tasks;
    private final Exchange exchange;
    private final ImportImage imports;
    private final ExportArchive exports;
    private final boolean kvm;
    private final Lanes lanes;
    private final ConcurrentMap<String, ChildWork> running = new ConcurrentHashMap<>();

    Archives(
            ConnectedDomains connected,
            VolumeFiles files,
            Volumes volumes,
            Images images,
            Tasks tasks,
            Exchange exchange,
            boolean kvm,
            Lanes lanes) {
        this.connected = connected;
        this.files = files;
        this.tasks = tasks;
        this.exchange = exchange;
        this.imports = new ImportImage(files, volumes, images);
        this.exports = new ExportArchive();
        this.kvm = kvm;
        this.lanes = lanes;
    }

    public ArchiveDescription inspect(ArchivePlace place) {
        if (place.hasMachine()) {
            return lanes.alone("machine elsewhere")
                    .call("look at a machine elsewhere", LOOKING, () -> ForeignMachines.inspect(place.getMachine()));
        }
        return lanes.alone("archive").call("look into an archive", LOOKING, () -> {
            Path file = existing(place);
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
                OvaArchive archive = OvaArchive.read(channel, words(place));
                OvaArchive.Entry description = archive.description();
                OvaDigests.of(archive, channel).require(channel, description, () -> false);
                var described = ArchiveDescription.newBuilder()
                        .setOvf(new String(OvaArchive.bytes(channel, description, MOST_OVF), StandardCharsets.UTF_8));
                for (OvaArchive.Entry entry : archive.entries()) {
                    if (!entry.equals(description)) {
                        described.addFiles(look(file, channel, entry));
                    }
                }
                return described.build();
            }
        });
    }

    private static ArchivedFile look(Path file, FileChannel channel, OvaArchive.Entry entry) throws IOException {
        var look = ArchivedFile.newBuilder().setName(entry.name()).setBytes(entry.size());
        try {
            ForeignImage image = ForeignImage.look(file, channel, entry.offset(), entry.size(), entry.name());
            if (image.format().equals("raw")) {
                return look.setFormat("raw").setCapacityBytes(entry.size()).build();
            }
            return look.setFormat(image.format())
                    .setCapacityBytes(QemuImg.virtualSize(image, entry.name()))
                    .build();
        } catch (Refusal refused) {
            return look.setTrouble(String.valueOf(refused.getMessage())).build();
        }
    }

    /** Begins and answers at once; asked again for the same task, answers how it is. */
    public TaskState importImage(ImportImageRequest request) {
        Ids.checked(request.getDestination());
        CopyImage.Side target = connected.ourSide(
                request.getDestinationConnection(),
                request.getDestination().getDomainId(),
                "look at the target of the import");
        TaskNote note = TaskNote.newBuilder().setImported(request).build();
        return begin(
                request.getTaskId(),
                note,
                "The disk " + request.getFile() + " was not imported",
                work -> {
                    if (request.getArchive().hasMachine()) {
                        imports.fetch(request, target, work);
                    } else {
                        imports.run(request, existing(request.getArchive()), words(request.getArchive()), target, work);
                    }
                },
                () -> imports.remove(target, request));
    }

    /** What all that is seen of a disk takes at the most as one qcow2 file. */
    public MeasuredImage measure(VolumeRequest request) {
        VolumePlace volume = readable(request);
        return lanes.alone("measure").call("measure a disk", LOOKING, () -> {
            VolumeMetadata text = files.require(volume);
            return MeasuredImage.newBuilder()
                    .setQcow2Bytes(QemuImg.measure(volume.data(), text.format()))
                    .setCapacityBytes(text.capacity())
                    .build();
        });
    }

    /** As {@link #importImage}. */
    public TaskState export(ExportArchiveRequest request) {
        // Looked at now, so that whoever asked for what cannot be hears it at once.
        request.getDisksList().forEach(disk -> readable(disk.getSource()));
        TaskNote note = TaskNote.newBuilder().setExported(request).build();
        return begin(
                request.getTaskId(),
                note,
                "The archive was not written",
                work -> {
                    List<ExportArchive.Source> disks = new ArrayList<>();
                    for (ExportedDisk disk : request.getDisksList()) {
                        VolumePlace volume = readable(disk.getSource());
                        disks.add(new ExportArchive.Source(
                                volume,
                                disk.getFile(),
                                disk.getQcow2Bytes(),
                                files.require(volume).format()));
                    }
                    if (request.getArchive().hasVolume()) {
                        exports.into(existing(request.getArchive()), request.getOvf(), disks, work);
                    } else {
                        exports.anew(exchange.fresh(request.getArchive().getFile()), request.getOvf(), disks, work);
                    }
                },
                () -> request.getArchive().hasVolume()
                        ? "The volume holds a part of it."
                        : "What was written of it was removed.");
    }

    /** As {@link #importImage}. What a failed seal leaves is for whoever made the disks to delete. */
    public TaskState seal(SealImagesRequest request) {
        var disks = request.getDisksList().stream().map(this::readable).toList();
        TaskNote note = TaskNote.newBuilder().setSealed(request).build();
        return begin(
                request.getTaskId(),
                note,
                "The template was not sealed",
                work -> {
                    SealImages.requireProgram();
                    List<String> arguments = new ArrayList<>();
                    boolean squashed = false;
                    for (VolumePlace disk : disks) {
                        squashed |= Files.getFileStore(disk.data()).type().startsWith("nfs");
                        arguments.addAll(List.of(
                                "--format",
                                QemuImg.name(files.require(disk).format()),
                                "-a",
                                disk.data().toString()));
                    }
                    work.run(SealImages.command(kvm, squashed, arguments), "virt-sysprep failed", 0, 1);
                },
                () -> "Its disks are not to be used.");
    }

    private String leftOver(ExportArchiveRequest request) throws IOException {
        if (request.getArchive().hasVolume()) {
            return "The volume holds a part of it.";
        }
        Files.deleteIfExists(
                ExportArchive.part(exchange.fresh(request.getArchive().getFile())));
        return "What was written of it was removed.";
    }

    private interface Work {
        void run(ChildWork work) throws Exception;
    }

    private interface TakeBack {
        String run() throws IOException;
    }

    private TaskState begin(String given, TaskNote what, String failed, Work work, TakeBack back) {
        String id = Ids.checked("task", given);
        TaskState state = TaskState.newBuilder()
                .setTaskId(id)
                .setPhase(TaskState.Phase.RUNNING_TASK)
                .build();
        ChildWork child = new ChildWork(id, tasks);
        if (tasks.putNew(what.toBuilder().setState(state).build())) {
            running.put(id, child);
            lanes.threads().execute(() -> {
                try {
                    work.run(child);
                    child.finish(TaskState.Phase.DONE_TASK, "");
                } catch (Exception e) { // the task must end in words whatever failed
                    LOG.warn("{}: {}", failed, e.toString());
                    end(child, failed, e, back);
                } finally {
                    running.remove(id);
                }
            });
        }
        return tasks.require(id);
    }

    private static void end(ChildWork child, String failed, Exception why, TakeBack back) {
        String left;
        try {
            left = back.run();
        } catch (IOException | RuntimeException e) { // that nothing could be taken back is told with the rest
            left = "What is left of it could not be removed: " + e.getMessage();
        }
        String words = child.cancelled()
                ? "it was cancelled"
                : String.valueOf(Refusal.from(why, failed).getMessage());
        child.finish(
                child.cancelled() ? TaskState.Phase.CANCELLED_TASK : TaskState.Phase.FAILED_TASK,
                failed + ": " + words + ". " + left);
    }

    /** Asks one of its tasks to end; others are not its concern. */
    public void cancel(String id) {
        ChildWork work = running.get(id);
        if (work != null) {
            work.cancel();
        }
    }

    /** After a restart of the agent: what ran then is ended and taken back. */
    void recover(TaskNote note) {
        String id = note.getState().getTaskId();
        CopyImage.endOrphan(note);
        ChildWork child = new ChildWork(id, tasks);
        String failed = "The agent on the host was restarted meanwhile";
        end(child, failed, Refusal.wrongState("it must be begun again"), () -> {
            if (note.hasExported()) {
                return leftOver(note.getExported());
            }
            if (note.hasSealed()) {
                return "Its disks are not to be used.";
            }
            ImportImageRequest request = note.getImported();
            Mount mount = connected.mount(request.getDestinationConnection());
            DomainPlace place = mount.domain(request.getDestination().getDomainId());
            return imports.remove(
                    new CopyImage.Side(
                            place,
                            connected.lane(mount.point()),
                            false,
                            connected.leases().domain()),
                    request);
        });
    }

    private VolumePlace readable(VolumeRequest request) {
        VolumeReference reference = Ids.checked(request.getVolume());
        CopyImage.Side side = connected.side(request.getConnection(), reference.getDomainId());
        VolumePlace volume = side.domain().volume(reference);
        side.call("look at volume " + volume.id(), ConnectedDomains.SHORT, () -> {
            VolumeMetadata text = files.require(volume);
            files.activate(volume);
            new ChainCheck(files).require(volume);
            return text;
        });
        return volume;
    }

    private Path existing(ArchivePlace place) throws IOException {
        return switch (place.getWhereCase()) {
            case FILE -> exchange.existing(place.getFile());
            case VOLUME -> readable(place.getVolume()).data();
            case MACHINE, WHERE_NOT_SET -> throw Refusal.badRequest("Where the archive lies is not said");
        };
    }

    private static String words(ArchivePlace place) {
        return place.hasVolume()
                ? "on the disk " + place.getVolume().getVolume().getImageId()
                : place.getFile();
    }
}
