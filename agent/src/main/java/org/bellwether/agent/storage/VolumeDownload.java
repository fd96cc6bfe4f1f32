package org.bellwether.agent.storage;

import com.google.protobuf.UnsafeByteOperations;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.VolumeData;

/** Bytes of a volume's data file going out, piece by piece; pieces of zeroes are told and not sent. */
final class VolumeDownload implements AutoCloseable {
    private static final int PIECE = 256 * 1024;

    private final FileChannel channel;
    private final long end;
    private long at;

    private VolumeDownload(FileChannel channel, long at, long end) {
        this.channel = channel;
        this.at = at;
        this.end = end;
    }

    static VolumeDownload begin(VolumePlace volume, long offset, long length) throws IOException {
        FileChannel channel = FileChannel.open(volume.data(), StandardOpenOption.READ);
        long size = channel.size();
        long end = length == 0 ? size : offset + length;
        if (offset < 0 || length < 0 || offset > size || end > size) {
            channel.close();
            throw Refusal.badRequest("Volume " + volume.id() + " has " + size + " bytes: no "
                    + Long.toUnsignedString(length) + " at " + Long.toUnsignedString(offset));
        }
        return new VolumeDownload(channel, offset, end);
    }

    /** The next piece; nothing at the end. */
    Optional<VolumeData> next() throws IOException {
        if (at >= end) {
            return Optional.empty();
        }
        int length = (int) Math.min(PIECE, end - at);
        ByteBuffer piece = ByteBuffer.allocate(length);
        while (piece.hasRemaining()) {
            if (channel.read(piece, at + piece.position()) < 0) {
                throw new IOException("the volume became shorter while it was read");
            }
        }
        byte[] bytes = piece.array();
        VolumeData.Builder data = VolumeData.newBuilder().setOffset(at);
        at += length;
        return Optional.of(
                (zero(bytes) ? data.setZeroes(length) : data.setData(UnsafeByteOperations.unsafeWrap(bytes))).build());
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static boolean zero(byte[] bytes) {
        for (byte b : bytes) {
            if (b != 0) {
                return false;
            }
        }
        return true;
    }
}
