package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Undo;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.CreateVolumeRequest;
import org.bellwether.protocol.ImportImageRequest;

/** Makes a volume of a disk in an archive. It is illegal until all of it is there; one that fails is removed. */
final class ImportImage {
    /** Room is taken for all of a preallocated volume. */
    private static final Duration LONG = Duration.ofMinutes(30);

    private final VolumeFiles files;
    private final Volumes volumes;
    private final Images images;

    ImportImage(VolumeFiles files, Volumes volumes, Images images) {
        this.files = files;
        this.volumes = volumes;
        this.images = images;
    }

    void run(ImportImageRequest request, Path file, String words, CopyImage.Side target, ChildWork work)
            throws IOException, InterruptedException {
        ForeignImage image;
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            OvaArchive archive = OvaArchive.read(channel, words);
            OvaArchive.Entry entry = archive.require(request.getFile());
            OvaDigests.of(archive, channel).require(channel, entry, work::cancelled);
            image = ForeignImage.look(file, channel, entry.offset(), entry.size(), entry.name());
        }
        long capacity = image.format().equals("raw") ? image.size() : QemuImg.virtualSize(image, request.getFile());
        if (Volumes.rounded(capacity) != Volumes.rounded(request.getCapacityBytes())) {
            throw Refusal.wrongState("The disk " + request.getFile() + " has " + capacity + " bytes, not the "
                            + request.getCapacityBytes() + " it had before")
                    .next("Begin again: the archive was changed meanwhile.");
        }
        VolumePlace to = target.domain().volume(request.getDestination());
        VolumeMetadata wanted = begin(request, capacity, to, target);
        make(to, wanted, target);
        work.run(
                Confined.copying(file, to.data(), "qemu-img", arguments(image, to, wanted)),
                "qemu-img could not read the disk " + request.getFile(),
                0,
                1);
        if (wanted.format() == VolumeMetadata.Format.COW) {
            // Whoever took over the process that read it can have written anything there.
            UntrustedImage.requireHarmless(to.data(), "", wanted.capacity());
        }
        complete(request, to, wanted, target);
    }

    /** A disk of a machine that a libvirt has. */
    void fetch(ImportImageRequest request, CopyImage.Side target, ChildWork work)
            throws IOException, InterruptedException {
        VolumePlace to = target.domain().volume(request.getDestination());
        VolumeMetadata wanted = begin(request, request.getCapacityBytes(), to, target);
        ForeignMachines.fetch(
                request.getArchive().getMachine(),
                request.getFile(),
                to.data(),
                wanted.format(),
                wanted.capacity(),
                work);
        long capacity = QemuImg.virtualSize(to.data(), wanted.format());
        if (Volumes.rounded(capacity) != wanted.capacity()) {
            throw Refusal.wrongState("The disk " + request.getFile() + " has " + capacity + " bytes, not the "
                            + request.getCapacityBytes() + " it had before")
                    .next("Begin again: it was changed meanwhile.");
        }
        complete(request, to, wanted, target);
    }

    private VolumeMetadata begin(ImportImageRequest request, long capacity, VolumePlace to, CopyImage.Side target) {
        VolumeMetadata wanted = volumes.wanted(
                target.domain(),
                CreateVolumeRequest.newBuilder()
                        .setVolume(request.getDestination())
                        .setFormat(request.getFormat())
                        .setPreallocated(request.getPreallocated())
                        .setCapacityBytes(capacity)
                        .setDescription(request.getDescription())
                        .build());
        target.change("begin the import " + to.id(), () -> {
            if (files.find(to).filter(VolumeMetadata::legal).isPresent()) {
                throw Refusal.wrongState("Image " + to.imageId() + " is already there")
                        .next("Use another id.");
            }
            try (Undo undo = new Undo()) {
                // How much of it is data is not known before it was read.
                volumes.begin(target.domain(), to, wanted, Volumes.room(wanted, wanted.capacity()), undo);
                undo.keep();
            }
            return Boolean.TRUE;
        });
        return wanted;
    }

    private void complete(ImportImageRequest request, VolumePlace to, VolumeMetadata wanted, CopyImage.Side target) {
        target.change("complete the import " + to.id(), () -> {
            // A format that knows only whole clusters or cylinders may have left it shorter than volumes are.
            if (QemuImg.virtualSize(to.data(), wanted.format()) < wanted.capacity()) {
                QemuImg.resize(to.image(), to.id(), wanted.format(), request.getPreallocated(), wanted.capacity());
            }
            try (Undo undo = new Undo()) {
                volumes.complete(target.domain(), to, wanted, undo);
            }
            return Boolean.TRUE;
        });
    }

    /** The empty volume, which the process that fills it can neither make nor give to anybody. */
    private void make(VolumePlace to, VolumeMetadata wanted, CopyImage.Side target) {
        boolean preallocated = wanted.allocation() == VolumeMetadata.Allocation.PREALLOCATED && !to.block();
        target.call("make the volume " + to.id(), LONG, () -> {
            QemuImg.create(to.image(), to.id(), wanted.format(), preallocated, wanted.capacity(), null, null);
            volumes.own(to);
            return Boolean.TRUE;
        });
    }

    private static List<String> arguments(ForeignImage image, VolumePlace to, VolumeMetadata wanted) {
        List<String> arguments = new ArrayList<>(List.of("convert", "-p", "-n", "-O", QemuImg.name(wanted.format())));
        if (wanted.format() == VolumeMetadata.Format.COW || !to.block()) {
            // What a raw logical volume held before is still there, and must be written over.
            arguments.add("--target-is-zero");
        }
        arguments.addAll(List.of(image.forQemu(), Confined.TARGET));
        return arguments;
    }

    /** Takes away what a failed import left; one that was complete, or was not its own, stays. */
    String remove(CopyImage.Side target, ImportImageRequest request) {
        return target.change("remove a half-made image", () -> {
            VolumePlace volume = target.domain().volume(request.getDestination());
            if (files.find(volume).filter(VolumeMetadata::legal).isEmpty()) {
                images.delete(target.domain(), request.getDestination().getImageId());
            }
            return "What was imported already was removed.";
        });
    }
}
