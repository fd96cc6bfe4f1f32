package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.bellwether.agent.storage.FileHoles;
import org.bellwether.agent.storage.QemuImg;
import org.bellwether.agent.storage.VolumeUpload;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A volume's file as it is. */
final class FileBytes implements ImageBytes {
    private static final Logger LOG = LoggerFactory.getLogger(FileBytes.class);
    private static final int ZEROES = 256 * 1024;

    private final Path file;
    private final FileChannel channel;
    private final long most;
    private final boolean sparse;

    private FileBytes(Path file, FileChannel channel, long most, boolean sparse) {
        this.file = file;
        this.channel = channel;
        this.most = most;
        this.sparse = sparse;
    }

    static FileBytes readable(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ);
        return new FileBytes(file, channel, channel.size(), true);
    }

    static FileBytes writable(VolumeUpload upload) throws IOException {
        FileChannel channel = FileChannel.open(upload.file(), StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new FileBytes(upload.file(), channel, upload.most(), upload.sparse());
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    @Override
    public long most() {
        return most;
    }

    @Override
    public void read(ByteBuffer into, long offset) throws IOException {
        long at = offset;
        while (into.hasRemaining()) {
            int count = channel.read(into, at);
            if (count < 0) {
                throw new IOException("the file ended at " + at);
            }
            at += count;
        }
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
        long at = offset;
        while (from.hasRemaining()) {
            at += channel.write(from, at);
        }
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        long size = channel.size();
        long end = offset + length;
        if (offset < size) {
            long inside = Math.min(end, size) - offset;
            if (!FileHoles.zero(file, offset, inside, sparse)) {
                writeZeroes(offset, inside);
            }
        }
        if (end > size) {
            // Beyond its end a file is zero; one byte gives it its length.
            write(ByteBuffer.allocate(1), end - 1);
        }
    }

    private void writeZeroes(long offset, long length) throws IOException {
        ByteBuffer zeroes = ByteBuffer.allocateDirect(ZEROES);
        for (long at = offset; at < offset + length; at += ZEROES) {
            write(zeroes.slice(0, (int) Math.min(ZEROES, offset + length - at)), at);
        }
    }

    @Override
    public void flush() throws IOException {
        channel.force(true);
    }

    @Override
    public boolean tells(Run.Context context) {
        return context == Run.Context.ZERO;
    }

    @Override
    public List<Run> runs(Run.Context context) throws IOException {
        return Run.joined(QemuImg.map(file, channel.size()).stream()
                .map(run -> new Run(run.start(), run.length(), run.zero(), true))
                .toList());
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            LOG.warn("closing {}: {}", file, e.toString());
        }
    }
}
