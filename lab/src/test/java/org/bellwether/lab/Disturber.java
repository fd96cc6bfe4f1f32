package org.bellwether.lab;

import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.Phaser;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.bellwether.lab.Killing.Victim;

/**
 * Kills the engine, the agents or a host at random, or nothing, while several threads have each asked the engine for something;
 * then it puts all right and waits until what was asked for has ended. Between that nothing dies.
 */
final class Disturber {
    private static final int MOST_MILLIS = 1500;

    private final World world;
    private final Random random;
    private final AtomicReference<Throwable> failure = new AtomicReference<>();
    private final Phaser asking;
    private final Phaser asked;

    /** @param threads how many there are, each of which comes to every meeting until it leaves */
    Disturber(World world, Random random, int threads) {
        this.world = world;
        this.random = random;
        this.asking = meeting(threads, () -> true);
        this.asked = meeting(threads, this::killed);
    }

    private Phaser meeting(int threads, BooleanSupplier work) {
        return new Phaser(threads) {
            @Override
            protected boolean onAdvance(int phase, int left) {
                return left == 0 || failure.get() != null || !work.getAsBoolean();
            }
        };
    }

    /** Waits until each is about to ask. */
    void together() {
        require(asking.arriveAndAwaitAdvance());
    }

    /** Waits until each has asked; something may have died when it returns, and then lives again. */
    void disturb() {
        require(asked.arriveAndAwaitAdvance());
    }

    private void require(int phase) {
        if (phase < 0) {
            throw new LabFailure("another one failed: " + failure.get());
        }
    }

    /** One thread comes no more. */
    void leave() {
        asking.arriveAndDeregister();
        asked.arriveAndDeregister();
    }

    /** None is to go on; the first failure is the one that counts. */
    void failed(Throwable why) {
        failure.compareAndSet(null, why);
        asking.forceTermination();
        asked.forceTermination();
    }

    Optional<Throwable> failure() {
        return Optional.ofNullable(failure.get());
    }

    private boolean killed() {
        try {
            kill();
            return true;
        } catch (RuntimeException | AssertionError e) { // those who wait must not wait for ever
            failure.compareAndSet(null, e);
            return false;
        }
    }

    private void kill() {
        int lot = random.nextInt(8);
        int after = random.nextInt(MOST_MILLIS);
        if (lot > 3) {
            world.awaitQuiet();
            return;
        }
        Victim victim = lot < 2 ? Victim.ENGINE : lot == 2 ? Victim.AGENTS : Victim.HOST;
        System.err.println("  " + victim + " killed after " + after + " ms");
        new Killing(world, List.of("shared")).kill(victim, after);
    }
}
