package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A volume that is filled from outside. It is illegal from {@link #begin} to {@link #complete}; one that is cut leaves it
 * so, and may be taken up again.
 */
public final class VolumeUpload {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeUpload.class);

    private final VolumeFiles files;
    private final CopyImage.Side side;
    private final VolumePlace volume;
    private final VolumeMetadata metadata;
    private final boolean rawView;
    /** Bytes of the logical volume; of a file, which grows, none to speak of. */
    private final long room;

    private VolumeUpload(
            VolumeFiles files,
            CopyImage.Side side,
            VolumePlace volume,
            VolumeMetadata metadata,
            boolean rawView,
            long room) {
        this.files = files;
        this.side = side;
        this.volume = volume;
        this.metadata = metadata;
        this.rawView = rawView;
        this.room = room;
    }

    /**
     * Marks the volume illegal.
     *
     * @param rawView what comes is what a guest sees, not the file
     * @param resumed what came before is kept
     */
    static VolumeUpload begin(
            VolumeFiles files, CopyImage.Side side, VolumePlace volume, boolean rawView, boolean resumed) {
        return side.change("begin writing volume " + volume.id(), () -> {
            VolumeMetadata metadata = files.require(volume);
            if (metadata.role() != VolumeMetadata.Role.LEAF) {
                throw Refusal.wrongState("Volume " + volume.id() + " is not written: others stand on it");
            }
            files.write(volume, metadata.withLegality(VolumeMetadata.Legality.ILLEGAL));
            files.activate(volume);
            ChainCheck.requirePlain(volume);
            if (rawView && metadata.format() == VolumeMetadata.Format.COW) {
                new ChainCheck(files).require(volume); // QEMU opens what is there
            }
            if (metadata.format() == VolumeMetadata.Format.COW && !rawView && !resumed && !volume.block()) {
                try (FileChannel channel = FileChannel.open(volume.data(), StandardOpenOption.WRITE)) {
                    channel.truncate(0);
                }
            }
            long room = volume.block() ? files.length(volume) : Long.MAX_VALUE;
            return new VolumeUpload(files, side, volume, metadata, rawView, room);
        });
    }

    public Path file() {
        return volume.data();
    }

    public boolean qcow2() {
        return metadata.format() == VolumeMetadata.Format.COW;
    }

    /** Holes may be made in it. */
    public boolean sparse() {
        return metadata.allocation() == VolumeMetadata.Allocation.SPARSE;
    }

    /** The file system takes I/O past the page cache. */
    public boolean direct() {
        return side.direct();
    }

    /** A raw volume never grows by a transfer; a qcow2 file may be larger than its capacity by its tables. */
    public long most() {
        long capacity = metadata.capacity();
        long most = qcow2() && !rawView ? capacity + capacity / 64 + (64L << 20) : capacity;
        return qcow2() && rawView ? most : Math.min(most, room);
    }

    /**
     * The last word, when all bytes are in the file and safe: it is what its metadata says, else it stays illegal.
     *
     * @throws Refusal BROKEN when what was sent is not what the volume is
     */
    public void complete() throws IOException {
        if (qcow2() && !rawView) {
            UntrustedImage.requireHarmless(
                    volume.data(), metadata.hasParent() ? metadata.parent() : "", metadata.capacity());
            requireOwnChain();
        }
        side.change("complete writing volume " + volume.id(), () -> {
            files.write(volume, metadata.completed());
            return Boolean.TRUE;
        });
        LOG.info("volume {} was filled", volume.id());
    }

    private void requireOwnChain() throws IOException {
        try {
            new ChainCheck(files).require(volume);
        } catch (Refusal astray) {
            throw astray.undone("The volume stays illegal")
                    .next("Send an image that names its parent by its id alone and says its parent's format, as"
                            + " qemu-img create -b PARENT -F FORMAT makes it.");
        }
    }
}
