package org.bellwether.agent.platform;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;

/**
 * Calls on one thing (a machine, a storage domain), one after the other. A call that hangs holds this lane alone: who
 * waits behind it is told so when his deadline is over, and other lanes do not notice.
 *
 * <p>Work runs on the platform threads of {@link Lanes}, never on the caller's: libvirt and a hung mount would pin the
 * few carriers of all virtual threads.
 */
public final class Lane {
    private final String thing;
    private final Executor threads;
    private final ArrayDeque<Work<?>> urgent = new ArrayDeque<>();
    private final ArrayDeque<Work<?>> waiting = new ArrayDeque<>();
    private @Nullable Work<?> running;

    Lane(String thing, Executor threads) {
        this.thing = thing;
        this.threads = threads;
    }

    /**
     * Runs the action after those asked before, and waits for its answer.
     *
     * @param what a verb phrase for the error, such as "start machine demo"
     * @param deadline for waiting and doing together. An action that has not begun by then never will; one that has
     *     begun goes on, and the caller learns that its effect is not known.
     * @throws Refusal what the action threw, or TIMED_OUT
     */
    public <T> T call(String what, Duration deadline, Callable<T> action) {
        Work<T> work = new Work<>(what, action);
        submit(work, waiting);
        return work.await(deadline);
    }

    /** As {@link #call}, ahead of all that waits and was not asked so: for what somebody waits for at a screen. */
    public <T> T callFirst(String what, Duration deadline, Callable<T> action) {
        Work<T> work = new Work<>(what, action);
        submit(work, urgent);
        return work.await(deadline);
    }

    /** Runs the action after those asked before; nobody waits for it. */
    public void run(String what, Runnable action) {
        Work<Boolean> work = new Work<>(what, () -> {
            action.run();
            return Boolean.TRUE;
        });
        submit(work, waiting);
    }

    /** Whether something runs or waits. */
    public synchronized boolean busy() {
        return running != null;
    }

    private synchronized void submit(Work<?> work, ArrayDeque<Work<?>> queue) {
        queue.add(work);
        if (running == null) {
            next();
        }
    }

    private synchronized void next() {
        Work<?> work = urgent.isEmpty() ? waiting.poll() : urgent.poll();
        running = work;
        if (work != null) {
            threads.execute(() -> {
                try {
                    work.perform();
                } finally {
                    next();
                }
            });
        }
    }

    private synchronized boolean withdraw(Work<?> work) {
        return urgent.remove(work) || waiting.remove(work);
    }

    private synchronized String occupant() {
        Work<?> work = running;
        return work == null
                ? ""
                : String.format(
                        Locale.ROOT, "%s (for %d s now)", work.what, (System.nanoTime() - work.begun) / 1_000_000_000L);
    }

    private final class Work<T> {
        private final String what;
        private final Callable<T> action;
        private final CountDownLatch done = new CountDownLatch(1);
        private volatile long begun = System.nanoTime();
        private @Nullable T result;
        private @Nullable Throwable failure;

        Work(String what, Callable<T> action) {
            this.what = what;
            this.action = action;
        }

        void perform() {
            begun = System.nanoTime();
            try {
                result = action.call();
            } catch (Throwable e) { // whoever waits must hear of every failure, and the lane must go on
                failure = e;
            } finally {
                done.countDown();
            }
        }

        T await(Duration deadline) {
            try {
                if (!done.await(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                    throw late(deadline);
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                withdraw(this);
                throw Refusal.of(Error.Code.TIMED_OUT, "The agent was asked to stop waiting while it was to " + what);
            }
            Throwable thrown = failure;
            if (thrown != null) {
                throw Refusal.from(thrown, "To " + what);
            }
            T value = result;
            if (value == null) {
                throw new IllegalStateException(what + " answered nothing");
            }
            return value;
        }

        private Refusal late(Duration deadline) {
            String seconds = deadline.toSeconds() + " s";
            if (withdraw(this)) {
                return Refusal.of(Error.Code.TIMED_OUT, "Could not " + what + " within " + seconds)
                        .because(thing + " is busy: " + occupant())
                        .undone("Nothing was begun")
                        .next("Try again when that has ended.");
            }
            return Refusal.of(Error.Code.TIMED_OUT, "To " + what + " took longer than " + seconds)
                    .because("what it waits for on this host does not answer")
                    .next("It may still succeed: look at its state before trying again.");
        }
    }
}
