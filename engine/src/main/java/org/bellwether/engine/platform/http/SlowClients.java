package org.bellwether.engine.platform.http;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.server.NegotiatingServerConnection;
import org.eclipse.jetty.server.internal.HttpConnection;
import org.eclipse.jetty.util.component.AbstractLifeCycle;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * Closes connections on which a request's head trickles in. Jetty's own limits watch idle connections and slow bodies; a
 * client that sends one byte of a header every few seconds is neither, and enough of them would take every connection.
 */
final class SlowClients extends AbstractLifeCycle implements Connection.Listener {
    /** How a connection stood when it last finished a request, or opened. */
    private record Mark(long messages, long bytes, long nanos) {}

    private final Map<Connection, Mark> marks = new ConcurrentHashMap<>();
    private final Scheduler scheduler;
    private final Duration patience;

    SlowClients(Scheduler scheduler, Duration patience) {
        this.scheduler = scheduler;
        this.patience = patience;
    }

    @Override
    public void onOpened(Connection connection) {
        // Only these know what a request is; the TLS layer below would look as if it never finished one.
        if (connection instanceof HttpConnection || connection instanceof NegotiatingServerConnection) {
            marks.put(connection, mark(connection));
        }
    }

    @Override
    public void onClosed(Connection connection) {
        marks.remove(connection);
    }

    @Override
    protected void doStart() {
        later();
    }

    private void later() {
        scheduler.schedule(
                this::sweep, Math.max(1, patience.toMillis() / 4), java.util.concurrent.TimeUnit.MILLISECONDS);
    }

    private void sweep() {
        if (!isStarted() && !isStarting()) {
            return;
        }
        try {
            marks.forEach(this::look);
        } finally {
            later();
        }
    }

    private void look(Connection connection, Mark mark) {
        if (!connection.equals(connection.getEndPoint().getConnection())) {
            // It has become another one, for instance of HTTP/2 after the handshake, without being closed.
            marks.remove(connection);
            return;
        }
        long messages = connection.getMessagesIn();
        boolean busy = messages != connection.getMessagesOut();
        boolean shaking = connection instanceof NegotiatingServerConnection;
        boolean silent = !shaking && connection.getBytesIn() == mark.bytes();
        if (busy || messages != mark.messages() || silent) {
            // Silence is the idle timeout's business, a request in work the handler's.
            marks.replace(connection, mark, mark(connection));
        } else if (System.nanoTime() - mark.nanos() > patience.toNanos()) {
            connection.getEndPoint().close();
        }
    }

    private static Mark mark(Connection connection) {
        return new Mark(connection.getMessagesIn(), connection.getBytesIn(), System.nanoTime());
    }
}
