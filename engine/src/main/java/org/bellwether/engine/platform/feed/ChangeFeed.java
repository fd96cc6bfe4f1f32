package org.bellwether.engine.platform.feed;

import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectChange;
import org.jspecify.annotations.Nullable;

/**
 * The newest changes of everything, numbered in the order in which they became true, in memory. A reader goes on from the
 * place where it was; one that was away for too long, or since before the engine's start, is told to look at everything anew.
 * Safe for use by several threads; publishing never waits for a reader.
 */
public final class ChangeFeed implements AutoCloseable {

    /** Changes that a reader may lie behind: minutes of a busy engine, a megabyte of memory. */
    private static final int KEPT = 1 << 14;

    /** Where locks are told of: whoever holds an object's lock shows in the object's status. */
    private static final String LOCKS = "locks";

    /** What came after a place, and the place to go on from. */
    public record Batch(List<Change> changes, String place, boolean everything) {}

    private final String epoch;
    private final Function<UUID, Optional<String>> collectionOf;
    private final @Nullable Change[] ring = new Change[KEPT];
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition more = lock.newCondition();
    private long next;
    private boolean closed;

    /**
     * @param epoch tells this run of the engine from every other one
     * @param collectionOf in which collection an object is of which only the id is known, because it was locked
     */
    public ChangeFeed(String epoch, Function<UUID, Optional<String>> collectionOf) {
        this.epoch = epoch;
        this.collectionOf = collectionOf;
    }

    /** Hears of every stored object from now on, once its change is committed. */
    public void follow(Database database) {
        database.watch((tx, change) -> tx.onCommit(() -> stored(change)));
    }

    private void stored(ObjectChange change) {
        if (change.table().equals(LOCKS)) {
            collectionOf.apply(change.id()).ifPresent(collection -> changed(collection, change.id()));
        } else {
            publish(new Change(change.table(), change.id(), change.how() == ObjectChange.How.REMOVED));
        }
    }

    /** Tells of an object that looks different now, for instance because its host says something new of it. */
    public void changed(String collection, UUID id) {
        publish(new Change(collection, id, false));
    }

    private void publish(Change change) {
        lock.lock();
        try {
            ring[(int) (next % KEPT)] = change;
            next++;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The place where the feed is now. */
    public String place() {
        lock.lock();
        try {
            return text(next);
        } finally {
            lock.unlock();
        }
    }

    /**
     * What came after a place, each object once; waits for it if there is nothing yet.
     *
     * @param place what a batch said before; anything else counts as too long ago
     * @param limit how long to wait; then the batch is empty
     * @return empty once the feed is closed
     */
    public Optional<Batch> after(String place, Duration limit) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long from = number(place);
            if (from < 0) {
                return closed ? Optional.empty() : Optional.of(new Batch(List.of(), text(next), true));
            }
            long left = limit.toNanos();
            while (from == next && !closed && left > 0) {
                left = more.awaitNanos(left);
            }
            if (closed) {
                return Optional.empty();
            }
            // While it waited, others may have overtaken it by more than is kept.
            return Optional.of(
                    number(place) < 0
                            ? new Batch(List.of(), text(next), true)
                            : new Batch(List.copyOf(since(from)), text(next), false));
        } finally {
            lock.unlock();
        }
    }

    private Set<Change> since(long from) {
        var changes = new LinkedHashSet<Change>();
        for (long number = from; number < next; number++) {
            var change = ring[(int) (number % KEPT)];
            if (change != null) {
                changes.add(change);
            }
        }
        return changes;
    }

    private String text(long number) {
        return epoch + "." + number;
    }

    /** The number in a place of this feed that can be gone on from, else -1. */
    private long number(String place) {
        int dot = place.lastIndexOf('.');
        if (dot < 0 || !place.substring(0, dot).equals(epoch)) {
            return -1;
        }
        try {
            long number = Long.parseLong(place.substring(dot + 1));
            return number <= next && number >= next - KEPT ? number : -1;
        } catch (NumberFormatException none) {
            return -1;
        }
    }

    /** Ends the waiting of all readers. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            more.signalAll();
        } finally {
            lock.unlock();
        }
    }
}
