package org.bellwether.agent.vm;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Libvirt;
import org.bellwether.libvirt.LibvirtException;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The connection to this host's libvirt, made again whenever it is lost, with growing pauses. Machines run on without
 * it; calls are refused in words until it is back.
 */
public final class LibvirtLink implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(LibvirtLink.class);
    private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
    private static final Duration KEEP_ALIVE = Duration.ofSeconds(5);
    private static final int KEEP_ALIVE_COUNT = 4;

    private final String uri;
    private final AtomicBoolean closed = new AtomicBoolean();
    private final Object lock = new Object();
    private @Nullable Connection connection;
    private String trouble = "the agent has not connected yet";

    /** Who must know when libvirt comes and goes. Called on the link's thread, one at a time. */
    public interface Watcher {
        /** libvirt answers: read everything anew. When this throws, the connection is made again. */
        void connected(Connection connection);

        /** libvirt does not answer. */
        void lost(String why);
    }

    public LibvirtLink(String uri) {
        this.uri = uri;
    }

    /** Begins to connect; does not wait. */
    public void start(Watcher watcher) {
        Thread.ofPlatform().daemon().name("libvirt-link").start(() -> run(watcher));
    }

    /**
     * The connection.
     *
     * @throws Refusal UNREACHABLE while libvirt does not answer
     */
    public Connection connection() {
        synchronized (lock) {
            Connection now = connection;
            if (now == null) {
                throw Refusal.of(Error.Code.UNREACHABLE, "libvirt on this host does not answer")
                        .because(trouble)
                        .next(
                                "Its machines run on. The agent keeps trying; look at libvirtd on the host if this lasts.");
            }
            return now;
        }
    }

    /** Runs the action when there is a connection, on the caller's thread; says whether there was one. */
    public boolean ifConnected(Consumer<Connection> action) {
        Connection now;
        synchronized (lock) {
            now = connection;
        }
        if (now == null) {
            return false;
        }
        action.accept(now);
        return true;
    }

    @Override
    public void close() {
        closed.set(true);
        Connection last;
        synchronized (lock) {
            last = connection;
            connection = null;
            lock.notifyAll();
        }
        if (last != null) {
            last.close();
        }
    }

    private void run(Watcher watcher) {
        Duration pause = FIRST_PAUSE;
        while (!closed.get()) {
            try {
                Connection fresh = Libvirt.open(uri);
                AtomicBoolean lost = new AtomicBoolean();
                try {
                    serve(fresh, lost, watcher);
                    pause = FIRST_PAUSE;
                } finally {
                    forget();
                    fresh.close();
                }
            } catch (LibvirtException e) {
                trouble(e.getMessage(), watcher);
            } catch (RuntimeException e) { // a document that cannot be read must not end the link
                LOG.error("reading everything from libvirt failed", e);
                trouble(String.valueOf(e.getMessage()), watcher);
            }
            pause(pause);
            Duration longer = pause.multipliedBy(2);
            pause = longer.compareTo(LONGEST_PAUSE) > 0 ? LONGEST_PAUSE : longer;
        }
    }

    private void serve(Connection fresh, AtomicBoolean lost, Watcher watcher) {
        fresh.keepAlive(KEEP_ALIVE, KEEP_ALIVE_COUNT);
        fresh.onLost(reason -> {
            synchronized (lock) {
                lost.set(true);
                lock.notifyAll();
            }
        });
        synchronized (lock) {
            connection = fresh;
        }
        watcher.connected(fresh);
        LOG.info("connected to libvirt at {}", uri);
        awaitEnd(lost);
        if (!closed.get()) {
            LOG.warn("libvirt at {} is gone; its machines run on", uri);
            trouble("its connection was lost", watcher);
        }
    }

    private void awaitEnd(AtomicBoolean lost) {
        try {
            synchronized (lock) {
                while (!lost.get() && !closed.get()) {
                    lock.wait();
                }
            }
        } catch (InterruptedException e) {
            closed.set(true);
            Thread.currentThread().interrupt();
        }
    }

    private void forget() {
        synchronized (lock) {
            connection = null;
        }
    }

    private void trouble(@Nullable String why, Watcher watcher) {
        String words = why == null ? "it gave no reason" : why;
        boolean changed;
        synchronized (lock) {
            changed = !trouble.equals(words);
            trouble = words;
            connection = null;
        }
        if (changed) {
            LOG.warn("libvirt at {} does not answer: {}", uri, words);
        }
        watcher.lost(words);
    }

    private static void pause(Duration pause) {
        try {
            Thread.sleep(pause);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
