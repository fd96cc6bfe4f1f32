package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandles;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.jspecify.annotations.Nullable;

/** What a connection's listeners are told, and how libvirt knows whom to tell. */
final class ConnectionEvents implements AutoCloseable {
    /** Some minutes of a busy host's events, and a few megabytes at most. */
    static final int CAPACITY = 65_536;

    private static final System.Logger LOG = System.getLogger(ConnectionEvents.class.getName());
    private static final EventSinks<CloseReason> LOSSES = new EventSinks<>();
    private static final MemorySegment LOST =
            Upcall.of(MethodHandles.lookup(), "lost", null, ADDRESS, JAVA_INT, ADDRESS);

    private final Handle connection;
    private final EventQueue queue;
    private final List<Listening> listenings = new CopyOnWriteArrayList<>();
    private final List<Consumer<CloseReason>> lossListeners = new ArrayList<>();
    private final long lossSink;
    private final boolean watched;
    private @Nullable CloseReason lossReason;

    ConnectionEvents(String uri, Handle connection) {
        this.connection = connection;
        this.queue = new EventQueue(uri, CAPACITY);
        this.lossSink = LOSSES.add(this::lose);
        this.watched = watch();
    }

    static void lost(MemorySegment connection, int reason, MemorySegment opaque) {
        var sink = LOSSES.find(opaque);
        if (sink != null) {
            sink.accept(CloseReason.of(reason));
        }
    }

    private boolean watch() {
        try {
            connection.use(pointer -> Call.number(
                    ConnectFunctions.CONNECT_REGISTER_CLOSE_CALLBACK,
                    pointer,
                    LOST,
                    MemorySegment.ofAddress(lossSink),
                    MemorySegment.NULL));
            return true;
        } catch (LibvirtException e) {
            // A driver inside this process has no daemon that could be lost.
            return false;
        }
    }

    private synchronized void lose(CloseReason reason) {
        if (lossReason == null) {
            lossReason = reason;
            lossListeners.forEach(listener -> queue.insist(() -> listener.accept(reason)));
            lossListeners.clear();
        }
    }

    synchronized void onLost(Consumer<CloseReason> listener) {
        var reason = lossReason;
        if (reason == null) {
            lossListeners.add(listener);
        } else {
            queue.insist(() -> listener.accept(reason));
        }
    }

    Subscription subscribe(Consumer<DomainEvent> listener, Set<DomainEventType> types) {
        var listening = new Listening(listener);
        listenings.add(listening);
        try {
            types.forEach(listening::register);
        } catch (RuntimeException e) {
            listening.end();
            throw e;
        }
        return new Subscription(listening::end);
    }

    @Override
    public void close() {
        listenings.forEach(Listening::end);
        LOSSES.remove(lossSink);
        if (watched && !connection.isClosed()) {
            quietly(() -> connection.use(
                    pointer -> Call.number(ConnectFunctions.CONNECT_UNREGISTER_CLOSE_CALLBACK, pointer, LOST)));
        }
        queue.close();
    }

    private static void quietly(Runnable step) {
        try {
            step.run();
        } catch (LibvirtException e) {
            // The daemon is gone, or another thread was quicker. libvirt has let go of its own side before it fails.
            LOG.log(Level.DEBUG, "ending a subscription", e);
        }
    }

    /** One listener's registrations. */
    private final class Listening {
        private final Consumer<DomainEvent> listener;
        private final long sink = DomainUpcalls.SINKS.add(this::take);
        private final List<Integer> registrations = new ArrayList<>();
        private volatile boolean ended;

        Listening(Consumer<DomainEvent> listener) {
            this.listener = listener;
        }

        synchronized void register(DomainEventType type) {
            if (ended) {
                throw new LibvirtException(
                        ErrorCode.INVALID_CONN, "the connection was closed while subscribing", "close");
            }
            registrations.add(connection.use(pointer -> Call.number(
                    ConnectFunctions.CONNECT_DOMAIN_EVENT_REGISTER_ANY,
                    pointer,
                    MemorySegment.NULL,
                    type.number(),
                    DomainUpcalls.stub(type),
                    MemorySegment.ofAddress(sink),
                    MemorySegment.NULL)));
        }

        /** On the event loop's thread. */
        private void take(DomainEvent event) {
            queue.offer(() -> deliver(event));
        }

        private void deliver(DomainEvent event) {
            long lost = queue.takeLost();
            if (lost > 0) {
                listenings.forEach(each -> each.tell(new DomainEvent.Lost(lost)));
            }
            tell(event);
        }

        private void tell(DomainEvent event) {
            if (!ended) {
                listener.accept(event);
            }
        }

        synchronized void end() {
            if (!ended) {
                ended = true;
                listenings.remove(this);
                DomainUpcalls.SINKS.remove(sink);
                for (int registration : registrations) {
                    if (!connection.isClosed()) {
                        quietly(() -> connection.use(pointer -> Call.number(
                                ConnectFunctions.CONNECT_DOMAIN_EVENT_DEREGISTER_ANY, pointer, registration)));
                    }
                }
            }
        }
    }
}
