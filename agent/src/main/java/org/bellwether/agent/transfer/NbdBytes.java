package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ConcurrentLinkedDeque;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an NBD server on this host exports: all that a guest sees of a disk, whatever its format and its chain. Each
 * thread takes a connection of its own and gives it back.
 */
final class NbdBytes implements ImageBytes {
    private static final Logger LOG = LoggerFactory.getLogger(NbdBytes.class);
    private static final long MOST_ASKED = 1L << 30;

    private final Path socket;
    private final String export;
    private final Optional<String> bitmap;
    private final Runnable afterwards;
    private final ConcurrentLinkedDeque<NbdConnection> idle = new ConcurrentLinkedDeque<>();
    /** As long as it is there, a server that ends with its last client does not. */
    private final NbdConnection first;

    private volatile boolean closed;

    /**
     * Connects.
     *
     * @param bitmap the server's dirty bitmap of this export
     * @param afterwards what is to be done when all connections are closed
     */
    NbdBytes(Path socket, String export, Optional<String> bitmap, Runnable afterwards) throws IOException {
        this.socket = socket;
        this.export = export;
        this.bitmap = bitmap;
        this.afterwards = afterwards;
        this.first = connect(NbdConnection.ALLOCATION);
        if (bitmap.isPresent()) {
            connect(NbdConnection.DIRTY_BITMAP + bitmap.get()).close();
        }
    }

    private NbdConnection connect(String context) throws IOException {
        return NbdConnection.open(socket, export, context);
    }

    private interface Work {
        void with(NbdConnection connection) throws IOException;
    }

    private void lend(Work work) throws IOException {
        if (closed) {
            throw new IOException("the transfer is over");
        }
        NbdConnection connection = idle.poll();
        if (connection == null) {
            connection = connect(NbdConnection.ALLOCATION);
        }
        boolean whole = false;
        try {
            work.with(connection);
            whole = true;
        } finally {
            if (whole && !closed) {
                idle.push(connection);
            } else {
                connection.close(); // an answer that was not read to its end must not meet the next question
            }
        }
    }

    @Override
    public long size() {
        return first.size();
    }

    @Override
    public long most() {
        return first.size();
    }

    @Override
    public void read(ByteBuffer into, long offset) throws IOException {
        lend(connection -> connection.read(into, offset));
    }

    @Override
    public void write(ByteBuffer from, long offset) throws IOException {
        lend(connection -> connection.write(from, offset));
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        lend(connection -> {
            for (long at = offset; at < offset + length; at += MOST_ASKED) {
                connection.zero(at, (int) Math.min(MOST_ASKED, offset + length - at));
            }
        });
    }

    @Override
    public void flush() throws IOException {
        lend(NbdConnection::flush);
    }

    @Override
    public boolean tells(Run.Context context) {
        return context == Run.Context.ZERO || bitmap.isPresent();
    }

    @Override
    public List<Run> runs(Run.Context context) throws IOException {
        List<Run> zeroes = new ArrayList<>();
        lend(connection -> collect(
                connection,
                (at, run) -> zeroes.add(new Run(at, run.length(), (run.flags() & NbdConnection.ZERO) != 0, true))));
        if (context == Run.Context.ZERO) {
            return Run.joined(zeroes);
        }
        List<Run> dirt = new ArrayList<>();
        try (NbdConnection connection = connect(NbdConnection.DIRTY_BITMAP + bitmap.orElseThrow())) {
            collect(
                    connection,
                    (at, run) -> dirt.add(new Run(at, run.length(), false, (run.flags() & NbdConnection.DIRTY) != 0)));
        }
        return Run.overlaid(Run.joined(zeroes), Run.joined(dirt));
    }

    private interface Collecting {
        void take(long at, NbdConnection.Status run);
    }

    private void collect(NbdConnection connection, Collecting collecting) throws IOException {
        long at = 0;
        while (at < size()) {
            for (NbdConnection.Status run : connection.status(at, Math.min(MOST_ASKED, size() - at))) {
                long length = Math.min(run.length(), size() - at);
                if (length > 0) {
                    collecting.take(at, new NbdConnection.Status(length, run.flags()));
                    at += length;
                }
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        for (NbdConnection connection = idle.poll(); connection != null; connection = idle.poll()) {
            close(connection);
        }
        close(first);
        afterwards.run();
    }

    private void close(NbdConnection connection) {
        try {
            connection.close();
        } catch (IOException e) {
            LOG.debug("the NBD server at {} has ended before: {}", socket, e.toString());
        }
    }
}
