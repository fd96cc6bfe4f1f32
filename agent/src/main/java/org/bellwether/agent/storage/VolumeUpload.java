package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.VolumeData;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bytes of a volume's data file coming in. The volume is illegal from the first to the last; a transfer that is cut
 * leaves it so, and the next one begins anew.
 */
final class VolumeUpload implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(VolumeUpload.class);
    private static final Duration SHORT = Duration.ofSeconds(60);
    private static final int ZEROES = 256 * 1024;

    private final VolumeFiles files;
    private final Lane lane;
    private final VolumePlace volume;
    private final VolumeMetadata metadata;
    private final FileChannel channel;

    private VolumeUpload(
            VolumeFiles files, Lane lane, VolumePlace volume, VolumeMetadata metadata, FileChannel channel) {
        this.files = files;
        this.lane = lane;
        this.volume = volume;
        this.metadata = metadata;
        this.channel = channel;
    }

    /** Marks the volume illegal and opens it. */
    static VolumeUpload begin(VolumeFiles files, Lane lane, VolumePlace volume) {
        return lane.call("begin writing volume " + volume.id(), SHORT, () -> {
            VolumeMetadata metadata = files.require(volume);
            if (metadata.role() != VolumeMetadata.Role.LEAF) {
                throw Refusal.wrongState("Volume " + volume.id() + " is not written: others stand on it");
            }
            files.write(volume, metadata.withLegality(VolumeMetadata.Legality.ILLEGAL));
            files.activate(volume);
            FileChannel channel = FileChannel.open(volume.data(), StandardOpenOption.WRITE);
            if (metadata.format() == VolumeMetadata.Format.COW && !volume.block()) {
                channel.truncate(0);
            }
            return new VolumeUpload(files, lane, volume, metadata, channel);
        });
    }

    void write(VolumeData data) throws IOException {
        long length =
                data.getData().isEmpty() ? data.getZeroes() : data.getData().size();
        long end = data.getOffset() + length;
        // A raw volume never grows by a transfer; a qcow2 file may be larger than its capacity by its tables.
        long most = metadata.format() == VolumeMetadata.Format.RAW
                ? metadata.capacity()
                : metadata.capacity() + metadata.capacity() / 64 + (64L << 20);
        if (data.getOffset() < 0 || length < 0 || end < 0 || end > most) {
            throw Refusal.badRequest("Bytes up to " + Long.toUnsignedString(end) + " do not fit into volume "
                    + volume.id() + ", which has " + metadata.capacity());
        }
        if (data.getData().isEmpty()) {
            zero(data.getOffset(), length);
        } else {
            put(data.getData().asReadOnlyByteBuffer(), data.getOffset());
        }
    }

    /**
     * The last word: the file has this size and is what its metadata says, else it stays illegal.
     *
     * @throws Refusal BROKEN when what was sent is not what the volume is
     */
    void end(long size) throws IOException {
        if (volume.block()) {
            requireRoom(size);
        } else if (metadata.format() == VolumeMetadata.Format.COW) {
            channel.truncate(size);
        } else if (size > metadata.capacity()) {
            throw Refusal.badRequest(
                    size + " bytes do not fit into volume " + volume.id() + ", which has " + metadata.capacity());
        }
        channel.force(true);
        channel.close();
        VolumeMetadata whole = metadata.format() == VolumeMetadata.Format.COW ? checked() : metadata;
        lane.call("complete writing volume " + volume.id(), SHORT, () -> {
            files.write(volume, whole.completed());
            return Boolean.TRUE;
        });
        LOG.info("wrote {} bytes into volume {}", size, volume.id());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("closing volume {}: {}", volume.id(), e.toString());
        }
    }

    private void requireRoom(long size) throws IOException {
        if (size > files.length(volume)) {
            throw Refusal.badRequest(
                    size + " bytes do not fit into volume " + volume.id() + ", which has " + files.length(volume));
        }
    }

    /** What a person sent must not be able to name other files of the host as its parent or its data. */
    private VolumeMetadata checked() throws IOException {
        Qcow2Header header = Qcow2Header.read(volume.data())
                .orElseThrow(() -> Refusal.broken("What was sent into volume " + volume.id() + " is no qcow2")
                        .undone("The volume stays illegal")
                        .next("Send a qcow2 file, or make the disk raw."));
        String parent = metadata.hasParent() ? metadata.parent() : "";
        if (header.externalData() || !header.backing().equals(parent)) {
            throw Refusal.broken("The qcow2 sent into volume " + volume.id() + " stands on another file (\""
                            + header.backing() + "\")")
                    .undone("The volume stays illegal")
                    .next("Flatten it first: qemu-img convert -O qcow2.");
        }
        if (header.size() > metadata.capacity()) {
            throw Refusal.broken("The qcow2 sent into volume " + volume.id() + " has " + header.size()
                            + " bytes where the disk has " + metadata.capacity())
                    .undone("The volume stays illegal")
                    .next("Make the disk at least as large as the image.");
        }
        return metadata;
    }

    private void zero(long offset, long length) throws IOException {
        long at = offset;
        long left = length;
        if (at >= channel.size() && !volume.block()) {
            left = 0; // beyond the end a file is zero already
        }
        ByteBuffer zeroes = ByteBuffer.allocate(ZEROES);
        while (left > 0) {
            int part = (int) Math.min(left, ZEROES);
            put(zeroes.slice(0, part), at);
            at += part;
            left -= part;
        }
    }

    private void put(ByteBuffer bytes, long offset) throws IOException {
        long at = offset;
        while (bytes.hasRemaining()) {
            at += channel.write(bytes, at);
        }
    }
}
