package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;

/** How many machines leave a host, and come to one, at once: those beyond that wait, since more share a network and each takes longer. */
final class MigrationTurns {

    private static final Duration LOOK_AGAIN = Duration.ofSeconds(1);

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<Id<Host>, Integer> leaving = new HashMap<>();
    private final Map<Id<Host>, Integer> coming = new HashMap<>();

    /** A turn, to be given back. */
    interface Turn extends AutoCloseable {
        @Override
        void close();
    }

    /**
     * Waits for a turn.
     *
     * @param now whether there is nothing to wait for, because it is under way already
     * @param over why it is of no use to wait any more
     * @throws Failure that one, as soon as there is one
     */
    Turn take(Id<Host> source, Id<Host> destination, boolean now, Supplier<Optional<Failure>> over) {
        lock.lock();
        try {
            while (!now && (full(leaving, source) || full(coming, destination))) {
                var useless = over.get();
                if (useless.isPresent()) {
                    throw useless.get();
                }
                changed.awaitNanos(LOOK_AGAIN.toNanos());
            }
            leaving.merge(source, 1, Integer::sum);
            coming.merge(destination, 1, Integer::sum);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting to migrate");
        } finally {
            lock.unlock();
        }
        return () -> giveBack(source, destination);
    }

    private void giveBack(Id<Host> source, Id<Host> destination) {
        lock.lock();
        try {
            leaving.merge(source, -1, Integer::sum);
            coming.merge(destination, -1, Integer::sum);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Somebody cancelled one: whoever waits looks whether it is his. */
    void wake() {
        lock.lock();
        try {
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static boolean full(Map<Id<Host>, Integer> at, Id<Host> host) {
        return at.getOrDefault(host, 0) >= MigrationManner.AT_ONCE;
    }
}
