package org.bellwether.engine.platform.operation;

import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.platform.trace.CurrentSpan;
import org.jspecify.annotations.Nullable;

/**
 * The steps of one running job. A step that has an outcome is not run again: its outcome is answered.
 *
 * <p>Used by the one thread that runs the job.
 */
public final class Journal {

    private final Database database;
    private final JobRepository repository;
    private final Clock clock;
    private final CrashPoint crashPoint;
    private final Job job;
    private final List<Step> recorded;
    private int next;

    Journal(
            Database database,
            JobRepository repository,
            Clock clock,
            CrashPoint crashPoint,
            Job job,
            List<Step> recorded) {
        this.database = database;
        this.repository = repository;
        this.clock = clock;
        this.crashPoint = crashPoint;
        this.job = job;
        this.recorded = new ArrayList<>(recorded);
    }

    public Job job() {
        return job;
    }

    /** Runs {@code effect} unless the journal has its outcome, and writes the outcome before the next step. */
    public <T> T step(String name, Class<T> type, Supplier<T> effect) {
        var known = advance(name);
        if (known != null) {
            return Json.read(known, type);
        }
        int number = next - 1;
        return CurrentSpan.part(name, () -> run(number, name, effect));
    }

    private <T> T run(int number, String name, Supplier<T> effect) {
        database.change(tx -> repository.begin(tx, job.id(), number, name, clock.instant()));
        remember(number, name, Step.Status.STARTED, null);
        crashPoint.reached(job.kind(), name, "before");
        T outcome;
        try {
            outcome = effect.get();
        } catch (Failure failure) {
            database.change(tx ->
                    repository.end(tx, job.id(), number, Step.Status.FAILED, null, failure.detail(), clock.instant()));
            throw failure;
        }
        crashPoint.reached(job.kind(), name, "after");
        var json = Json.write(outcome);
        database.change(tx -> repository.end(tx, job.id(), number, Step.Status.FINISHED, json, null, clock.instant()));
        remember(number, name, Step.Status.FINISHED, json);
        crashPoint.reached(job.kind(), name, "recorded");
        return outcome;
    }

    /** A step with nothing to answer. */
    public void step(String name, Runnable effect) {
        step(name, Boolean.class, () -> {
            effect.run();
            return Boolean.TRUE;
        });
    }

    /** A step whose effect is a transaction: it and its outcome become true together, exactly once. */
    public <T> T commit(String name, Class<T> type, Function<Transaction, T> effect) {
        var known = advance(name);
        if (known != null) {
            return Json.read(known, type);
        }
        int number = next - 1;
        return CurrentSpan.part(name, () -> change(number, name, effect));
    }

    private <T> T change(int number, String name, Function<Transaction, T> effect) {
        crashPoint.reached(job.kind(), name, "before");
        var json = new String[1];
        T outcome = database.transaction(tx -> {
            repository.begin(tx, job.id(), number, name, clock.instant());
            T answer = effect.apply(tx);
            json[0] = Json.write(answer);
            repository.end(tx, job.id(), number, Step.Status.FINISHED, json[0], null, clock.instant());
            return answer;
        });
        remember(number, name, Step.Status.FINISHED, json[0]);
        crashPoint.reached(job.kind(), name, "after");
        crashPoint.reached(job.kind(), name, "recorded");
        return outcome;
    }

    /** As {@link #commit(String, Class, Function)}, with nothing to answer. */
    public void commit(String name, java.util.function.Consumer<Transaction> effect) {
        commit(name, Boolean.class, tx -> {
            effect.accept(tx);
            return Boolean.TRUE;
        });
    }

    /** The outcome of a finished step; for undoing. */
    public <T> Optional<T> outcome(String name, Class<T> type) {
        return recorded.stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .flatMap(Step::outcome)
                .map(json -> Json.read(json, type));
    }

    /** Whether a step was begun: its effect may have happened, even without an outcome. */
    public boolean begun(String name) {
        return recorded.stream().anyMatch(step -> step.name().equals(name));
    }

    private @Nullable String advance(String name) {
        int number = next++;
        if (number >= recorded.size()) {
            return null;
        }
        var step = recorded.get(number);
        if (!step.name().equals(name)) {
            throw Failure.internal("The journal of '" + job.description() + "' has the step '" + step.name()
                            + "' where the engine expects '" + name + "'")
                    .because("the list of steps changed without a new version of the operation " + job.kind());
        }
        return step.outcome().orElse(null);
    }

    private void remember(int number, String name, Step.Status status, @Nullable String outcome) {
        var step = new Step(
                number,
                name,
                status,
                Optional.ofNullable(outcome),
                Optional.empty(),
                clock.instant(),
                Optional.empty(),
                Step.EXECUTING,
                false);
        if (number < recorded.size()) {
            recorded.set(number, step);
        } else {
            recorded.add(step);
        }
    }
}
