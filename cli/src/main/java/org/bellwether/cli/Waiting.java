package org.bellwether.cli;

import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;

/**
 * Waits until the engine has done what this run of the command began: looks at the object, and at the jobs of the run so
 * that a failure is told in its own words. An engine that restarts meanwhile goes on with its operations, so an engine
 * that does not answer for a while is waited for too.
 */
final class Waiting {

    /** Milliseconds; each pause is a quarter longer than the one before, so that little is waited for in vain. */
    private static final long FIRST_PAUSE = 50;

    private static final long LONGEST_PAUSE = 2_000;

    private final EngineClient engine;
    private final Progress progress;
    private final Duration limit;
    private final long begun = System.nanoTime();

    Waiting(EngineClient engine, Progress progress, Duration limit) {
        this.engine = engine;
        this.progress = progress;
        this.limit = limit;
    }

    /** Until the object has that status. */
    Entity untilStatus(String path, String what, String wanted) {
        return until(path, what + " to be " + wanted, entity -> entity.status().equals(wanted));
    }

    /**
     * Until the object is as wanted.
     *
     * @param what completes "waiting for …"
     * @throws CommandFailure refused when a job of this run failed or the object vanished, in vain when time is over
     */
    Entity until(String path, String what, Predicate<Entity> wanted) {
        return poll(what, () -> {
            var found = engine.find(path);
            if (found.isPresent() && wanted.test(found.get())) {
                return new Look(found, "");
            }
            new Outcome(engine).requireNoFailure();
            if (found.isEmpty()) {
                throw CommandFailure.refused(
                        404, "The object is gone while waiting for " + what + ". See why with: bw event list");
            }
            return new Look(Optional.empty(), found.get().status());
        });
    }

    /** Until there is no such object any more. */
    void untilGone(String path, String what) {
        poll(what + " to be gone", () -> {
            var found = engine.find(path);
            if (found.isEmpty()) {
                return new Look(Optional.of(new Entity(Json.object())), "");
            }
            new Outcome(engine).requireNoFailure();
            return new Look(Optional.empty(), found.get().status());
        });
    }

    /** Until the object is no longer locked by an operation, however that ended; also when it is gone. */
    void untilQuiet(String path, String what) {
        poll(what, () -> {
            var found = engine.find(path);
            return found.isPresent() && found.get().status().endsWith("locked")
                    ? new Look(Optional.empty(), found.get().status())
                    : new Look(Optional.of(new Entity(Json.object())), "");
        });
    }

    /** Until everything that this run began has ended. */
    void untilJobsEnd(String what) {
        poll(what, () -> {
            var outcome = new Outcome(engine);
            outcome.requireNoFailure();
            return outcome.goesOn()
                    ? new Look(Optional.empty(), "")
                    : new Look(Optional.of(new Entity(Json.object())), "");
        });
    }

    private record Look(Optional<Entity> reached, String status) {}

    @FunctionalInterface
    private interface Looking {
        Look look();
    }

    private Entity poll(String what, Looking looking) {
        long pause = FIRST_PAUSE;
        String status = "";
        try {
            while (true) {
                Optional<CommandFailure> silent = Optional.empty();
                try {
                    var look = looking.look();
                    if (look.reached().isPresent()) {
                        return look.reached().get();
                    }
                    status = look.status();
                } catch (CommandFailure failure) {
                    if (!failure.passing()) {
                        throw failure;
                    }
                    silent = Optional.of(failure);
                }
                var elapsed = Duration.ofNanos(System.nanoTime() - begun);
                if (elapsed.compareTo(limit) >= 0) {
                    throw silent.orElseGet(() -> inVain(what));
                }
                progress.say("waiting for %s: %s (%s)"
                        .formatted(
                                what,
                                silent.isPresent() ? "the engine does not answer" : status.replace('_', ' '),
                                Text.seconds(elapsed)));
                Thread.sleep(Math.min(pause, Math.max(1, limit.minus(elapsed).toMillis())));
                pause = Math.min(LONGEST_PAUSE, pause * 5 / 4);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while waiting for " + what + "; the engine goes on with it.");
        } finally {
            progress.clear();
        }
    }

    private CommandFailure inVain(String what) {
        return CommandFailure.inVain(
                "Waited %s for %s, in vain; the engine goes on with it. Look with bw job list, or wait longer with --timeout."
                        .formatted(Text.seconds(limit), what));
    }
}
