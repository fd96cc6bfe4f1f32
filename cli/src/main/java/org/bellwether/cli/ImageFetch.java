package org.bellwether.cli;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Brings the bytes of a transfer into a file, which has holes where there are zeroes or where nothing was wanted. */
final class ImageFetch {

    private static final int PIECE = 64 * 1024;
    private static final byte[] ZEROES = new byte[PIECE];

    private ImageFetch() {}

    /** A run that was fetched; one that is zero left a hole. */
    record Run(long start, long length, boolean zero) {}

    /**
     * All of it, or only what changed.
     *
     * @return the runs that were wanted, in order; empty when it was not told what there is, and all was fetched
     */
    static List<Run> into(ImageWork work, Path part, boolean changedOnly) throws IOException {
        work.connect(false);
        var map = work.extents(changedOnly ? "?context=dirty" : "");
        if (changedOnly && map.isEmpty()) {
            throw CommandFailure.refused(0, "The host does not tell what changed. Take a full backup with --full.");
        }
        var runs = new ArrayList<Run>();
        try (var out = FileChannel.open(
                part, StandardOpenOption.CREATE, StandardOpenOption.TRUNCATE_EXISTING, StandardOpenOption.WRITE)) {
            long[] end = {0};
            long wanted = 0;
            var parts = new ArrayList<ImageWork.Part>();
            if (map.isEmpty()) {
                parts.add(connection -> connection.get(0, -1, bytes -> end[0] = write(work, bytes, out, 0)));
            } else {
                for (var extent : map.get()) {
                    long start = extent.path("start").asLong();
                    long length = extent.path("length").asLong();
                    boolean zero = extent.path("zero").asBoolean();
                    end[0] = start + length;
                    if (changedOnly && !extent.path("dirty").asBoolean()) {
                        continue;
                    }
                    runs.add(new Run(start, length, zero));
                    if (!zero) {
                        wanted += length;
                        ImageWork.pieces(
                                start,
                                length,
                                piece -> parts.add(connection -> connection.get(
                                        piece[0], piece[1], bytes -> write(work, bytes, out, piece[0]))));
                    }
                }
            }
            work.all(wanted, parts);
            if (end[0] > out.size()) {
                // What ends with a hole still has its length: one byte at its end makes it so.
                out.write(ByteBuffer.allocate(1), end[0] - 1);
            }
            out.force(true);
        }
        return runs;
    }

    /** @return where it ended */
    private static long write(ImageWork work, InputStream bytes, FileChannel out, long from) throws IOException {
        long at = from;
        var piece = new byte[PIECE];
        for (int count = bytes.readNBytes(piece, 0, PIECE); count > 0; count = bytes.readNBytes(piece, 0, PIECE)) {
            if (count < PIECE || Arrays.mismatch(piece, ZEROES) >= 0) {
                write(out, ByteBuffer.wrap(piece, 0, count), at);
            }
            at += count;
            work.moved(count, "fetched");
        }
        return at;
    }

    static void write(FileChannel out, ByteBuffer bytes, long offset) throws IOException {
        long to = offset;
        while (bytes.hasRemaining()) {
            to += out.write(bytes, to);
        }
    }
}
