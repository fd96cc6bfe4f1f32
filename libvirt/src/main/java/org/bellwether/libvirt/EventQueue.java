package org.bellwether.libvirt;

import java.lang.System.Logger.Level;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Takes events from the event loop, which must never wait, to listeners, which may. One daemon thread, started by the first event and
 * ended by {@link #close}. Bounded: what a stuck listener leaves no room for is counted, not kept.
 */
final class EventQueue implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(EventQueue.class.getName());

    private final BlockingQueue<Runnable> deliveries = new LinkedBlockingQueue<>();
    private final String name;
    private final int capacity;
    private final AtomicLong lost = new AtomicLong();
    private @Nullable Thread thread;
    private volatile boolean closed;

    EventQueue(String name, int capacity) {
        this.name = name;
        this.capacity = capacity;
    }

    /** Has {@code delivery} run soon, after those before it; drops it when there is no room. Never waits, never throws. */
    synchronized void offer(Runnable delivery) {
        if (deliveries.size() >= capacity) {
            lost.incrementAndGet();
        } else {
            insist(delivery);
        }
    }

    /** As {@link #offer}, even when there is no room: for what happens once. */
    synchronized void insist(Runnable delivery) {
        if (closed) {
            return;
        }
        deliveries.add(delivery);
        if (thread == null) {
            thread = Thread.ofPlatform().daemon().name("libvirt-events-" + name).start(this::run);
        }
    }

    /** How many deliveries were dropped since this was asked last. */
    long takeLost() {
        return lost.getAndSet(0);
    }

    private void run() {
        try {
            for (var next = deliveries.take(); !closed; next = deliveries.take()) {
                deliver(next);
            }
        } catch (InterruptedException e) {
            // Only a listener's own code can have interrupted its thread: it meant to end it.
            Thread.currentThread().interrupt();
        }
    }

    private static void deliver(Runnable delivery) {
        try {
            delivery.run();
        } catch (RuntimeException | Error e) {
            LOG.log(Level.ERROR, "a listener of libvirt's events failed; the others go on", e);
        }
    }

    /** Ends the thread after what is under way; what still waits is dropped. */
    @Override
    public synchronized void close() {
        closed = true;
        deliveries.clear();
        deliveries.add(EventQueue::wake);
    }

    private static void wake() {}
}
