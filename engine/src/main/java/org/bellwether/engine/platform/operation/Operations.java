package org.bellwether.engine.platform.operation;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.platform.trace.CurrentSpan;
import org.bellwether.engine.platform.trace.Traces;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Runs operations: takes their locks and writes their job in one transaction, runs each on a virtual thread of its own,
 * undoes what failed, and goes on with all that was running when the engine died.
 */
public final class Operations {

    private static final Logger log = LoggerFactory.getLogger(Operations.class);
    private static final int UNDO_ATTEMPTS = 5;
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(5);

    /**
     * How long a wish waits for the job that is in its way. What a job did is often to be seen shortly before it has ended,
     * and whoever acts on what is to be seen should not be refused for that.
     */
    private static final Duration BUSY_PATIENCE = Duration.ofSeconds(1);

    private static final String ENGINE = "engine";

    /** Bound while a job runs: what it begins is a part of it. */
    private static final ScopedValue<Job> WITHIN = ScopedValue.newInstance();

    private final Database database;
    private final Clock clock;
    private final CrashPoint crashPoint;
    private final JobSpans spans;
    private final JobRepository repository = new JobRepository();
    private final Map<String, Operation<?>> kinds = new HashMap<>();
    private final Map<UUID, Job> holders = new ConcurrentHashMap<>();
    private final Map<Id<Job>, CompletableFuture<Optional<Failure>>> running = new ConcurrentHashMap<>();
    private final java.util.List<Consumer<UUID>> freed = new java.util.concurrent.CopyOnWriteArrayList<>();
    private volatile boolean stopping;

    /** @param traces where is told of what operations do; absent: nowhere */
    public Operations(Database database, Clock clock, CrashPoint crashPoint, Optional<Traces> traces) {
        this.spans = new JobSpans(traces);
        this.database = database;
        this.clock = clock;
        this.crashPoint = crashPoint;
    }

    /** Who asks, and by which correlation id the outcome will be looked for. */
    public record Asker(String name, String correlationId) {
        /** Whoever sent the request. */
        public static Asker of(ApiRequest request) {
            return new Asker(request.principal().name(), request.correlationId());
        }

        /** The engine itself. */
        public static Asker engine() {
            return new Asker(ENGINE, UUID.randomUUID().toString());
        }

        boolean isEngine() {
            return name.equals(ENGINE);
        }
    }

    /** Makes a kind of operation known, so that its jobs can go on after a restart. */
    public <O extends Operation<?>> O known(O operation) {
        if (kinds.put(operation.kind(), operation) != null) {
            throw new IllegalStateException("two operations are called " + operation.kind());
        }
        return operation;
    }

    /**
     * Begins an operation. When this returns, its job, locks and first changes are committed and it is running.
     *
     * @param first further changes of the same transaction
     * @throws Failure of kind CONFLICT when another job holds one of the objects
     */
    public <R extends Record> Job begin(Operation<R> operation, R request, Asker asker, Consumer<Transaction> first) {
        if (stopping) {
            throw Failure.unavailable("The engine is stopping and begins nothing new")
                    .next("Ask again when it is back");
        }
        var now = clock.instant();
        var job = new Job(
                Id.random(),
                asker.correlationId(),
                operation.kind(),
                operation.version(),
                operation.describe(request),
                Json.write(request),
                asker.name(),
                Job.Status.STARTED,
                Optional.empty(),
                now,
                now,
                Optional.empty(),
                true);
        var locks = operation.locks(request);
        awaitFree(locks);
        database.change(tx -> {
            EngineMaintenance.require(
                    tx, operation.describe(request), asker.isEngine() || WITHIN.isBound(), asker.correlationId());
            repository.insert(tx, job);
            repository.lock(tx, job.id(), locks).ifPresent(holder -> {
                throw busy(operation.describe(request), holder);
            });
            first.accept(tx);
            tx.onCommit(() -> locks.forEach(object -> holders.put(object, job)));
            tx.afterCommit(() -> launch(operation, job, List.of()));
        });
        return job;
    }

    public <R extends Record> Job begin(Operation<R> operation, R request, Asker asker) {
        return begin(operation, request, asker, tx -> {});
    }

    /** The job that holds an object now. */
    public Optional<Job> holding(Id<?> object) {
        return Optional.ofNullable(holders.get(object.value()));
    }

    /** Has {@code listener} told of every object that a job has let go of, on a thread that may take its time. */
    public void whenFree(Consumer<UUID> listener) {
        freed.add(listener);
    }

    /** Refuses, in words, to change an object that a job holds and does not let go of in a moment. */
    public void requireFree(Id<?> object, String wish) {
        awaitFree(Set.of(object.value()));
        holding(object).ifPresent(job -> {
            throw busy(wish, job.id());
        });
    }

    /**
     * Waits until a job has ended.
     *
     * @throws Failure the job's own, or UNAVAILABLE when it has not ended in time (it goes on)
     */
    public void await(Job job, Duration limit) {
        var outcome = running.get(job.id());
        if (outcome == null) {
            ended(job).ifPresent(failure -> {
                throw failure;
            });
            return;
        }
        try {
            outcome.get(limit.toMillis(), TimeUnit.MILLISECONDS).ifPresent(failure -> {
                throw failure;
            });
        } catch (TimeoutException e) {
            throw Failure.unavailable("'" + job.description() + "' has not ended after " + limit.toSeconds() + " s")
                    .next("It goes on; watch the job " + job.id());
        } catch (ExecutionException e) {
            throw Failure.internal("'" + job.description() + "' ended without an outcome")
                    .from(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for '" + job.description() + "'");
        }
    }

    private void awaitFree(Set<UUID> objects) {
        var deadline = System.nanoTime() + BUSY_PATIENCE.toNanos();
        for (UUID object : objects) {
            var holder = holders.get(object);
            var outcome = holder == null ? null : running.get(holder.id());
            if (outcome != null) {
                try {
                    outcome.get(deadline - System.nanoTime(), TimeUnit.NANOSECONDS);
                } catch (TimeoutException | ExecutionException held) {
                    // Whether it is free is for the caller to see.
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                }
            }
        }
    }

    private Optional<Failure> ended(Job job) {
        return database.transaction(tx -> repository.find(tx, job.id()))
                .filter(found -> found.status() == Job.Status.FAILED)
                .map(found -> Failure.conflict(found.error().orElse(found.description() + " failed")));
    }

    /** Takes up every job that was running when the engine stopped; once, at start. */
    public void resume() {
        record Left(Job job, List<Step> steps, List<UUID> locks) {}
        var left = database.transaction(tx -> repository.running(tx).stream()
                .map(job -> new Left(job, repository.steps(tx, job.id()), repository.locked(tx, job.id())))
                .toList());
        for (var each : left) {
            each.locks().forEach(object -> holders.put(object, each.job()));
            var operation = kinds.get(each.job().kind());
            if (operation == null || operation.version() != each.job().version()) {
                log.error(
                        "'{}' cannot go on: this engine has no {} of version {}",
                        each.job().description(),
                        each.job().kind(),
                        each.job().version());
                continue;
            }
            log.info(
                    "Going on with '{}' after {} steps",
                    each.job().description(),
                    each.steps().size());
            launch(operation, each.job(), each.steps());
        }
    }

    /** Stops beginning new operations; running ones are left to the next start of the engine. */
    public void stop() {
        stopping = true;
    }

    /** The jobs that other programs tell of. */
    public ExternalJobs external() {
        return new ExternalJobs(database, repository, clock);
    }

    public List<Job> newest(int limit) {
        return database.transaction(tx -> repository.newest(tx, limit));
    }

    public List<Job> ofCorrelation(String correlationId, int limit) {
        return database.transaction(tx -> repository.ofCorrelation(tx, correlationId, limit));
    }

    public Optional<Job> find(Id<Job> id) {
        return database.transaction(tx -> repository.find(tx, id));
    }

    public List<Step> steps(Id<Job> id) {
        return database.transaction(tx -> repository.steps(tx, id));
    }

    private Failure busy(String wish, Id<Job> holder) {
        var by = holders.values().stream()
                .filter(job -> job.id().equals(holder))
                .findFirst()
                .map(job -> "'" + job.description() + "' (asked by " + job.owner() + ") is under way")
                .orElse("another operation is under way on it");
        return Failure.conflict("Cannot do this now: " + wish)
                .because(by)
                .undone("Nothing was changed")
                .next("Ask again when it has ended");
    }

    private <R extends Record> void launch(Operation<R> operation, Job job, List<Step> steps) {
        var outcome = new CompletableFuture<Optional<Failure>>();
        var told = CurrentSpan.get();
        running.put(job.id(), outcome);
        Thread.ofVirtual().name("job-" + job.kind()).start(() -> {
            try {
                outcome.complete(ScopedValue.where(WITHIN, job)
                        .call(() -> spans.during(told, job, () -> executeThroughTrouble(operation, job, steps))));
            } catch (RuntimeException e) {
                outcome.completeExceptionally(e);
            } finally {
                running.remove(job.id());
            }
        });
    }

    /** A database that is away for a while must not leave a job, and its locks, hanging: it is taken up again. */
    private <R extends Record> Optional<Failure> executeThroughTrouble(
            Operation<R> operation, Job begun, List<Step> steps) {
        var job = begun;
        var recorded = steps;
        while (true) {
            try {
                return execute(operation, job, recorded);
            } catch (RuntimeException e) {
                log.error("'{}' broke off", job.description(), e);
                for (boolean loaded = false; !loaded; ) {
                    if (stopping) {
                        throw e;
                    }
                    pause(RETRY_PAUSE);
                    try {
                        job = find(begun.id()).orElseThrow();
                        recorded = steps(begun.id());
                        loaded = true;
                    } catch (Failure stillAway) {
                        log.warn("'{}' cannot go on yet: {}", begun.description(), stillAway.detail());
                    }
                }
                if (!job.status().running()) {
                    return job.error().map(Failure::conflict);
                }
            }
        }
    }

    private <R extends Record> Optional<Failure> execute(Operation<R> operation, Job job, List<Step> steps) {
        var request = Json.read(job.request(), operation.requestType());
        Failure failure;
        if (job.status() == Job.Status.UNDOING) {
            failure = Failure.conflict(job.error().orElse(job.description() + " failed"));
        } else {
            var journal = new Journal(database, repository, clock, crashPoint, job, steps);
            try {
                operation.run(request, journal);
                end(operation, request, journal, Optional.empty());
                return Optional.empty();
            } catch (Failure known) {
                failure = known;
            } catch (RuntimeException defect) {
                log.error("'{}' met a defect of the engine", job.description(), defect);
                failure = Failure.internal(job.description() + " met a defect of the engine")
                        .next("The engine's log has the details under the job " + job.id());
            }
            log.warn("'{}' failed and is being undone: {}", job.description(), failure.detail());
            var words = failure.detail();
            database.change(
                    tx -> repository.status(tx, job.id(), Job.Status.UNDOING, Optional.of(words), clock.instant()));
        }
        var recorded = database.transaction(tx -> repository.steps(tx, job.id()));
        var journal = new Journal(database, repository, clock, crashPoint, job, recorded);
        CurrentSpan.part("undo", () -> undo(operation, request, journal));
        end(operation, request, journal, Optional.of(failure));
        return Optional.of(failure);
    }

    /** Whether it could be undone. */
    private <R extends Record> boolean undo(Operation<R> operation, R request, Journal journal) {
        for (int attempt = 1; ; attempt++) {
            try {
                operation.undo(request, journal);
                return true;
            } catch (RuntimeException e) {
                if (attempt == UNDO_ATTEMPTS) {
                    // The lock must not outlive its operation: what is left over is told, and later operations on the
                    // object look at what is really there before they act.
                    log.error(
                            "'{}' could not be undone completely", journal.job().description(), e);
                    return false;
                }
                log.warn("Undoing '{}' failed, attempt {}: {}", journal.job().description(), attempt, e.getMessage());
                pause(Duration.ofSeconds(2L * attempt));
            }
        }
    }

    private <R extends Record> void end(Operation<R> operation, R request, Journal journal, Optional<Failure> failure) {
        var job = journal.job();
        crashPoint.reached(job.kind(), "end", "before");
        var held = operation.locks(request);
        database.change(tx -> {
            failure.ifPresentOrElse(
                    reason -> operation.failed(request, journal, reason, tx),
                    () -> operation.succeeded(request, journal, tx));
            repository.status(
                    tx,
                    job.id(),
                    failure.isPresent() ? Job.Status.FAILED : Job.Status.FINISHED,
                    failure.map(Failure::detail),
                    clock.instant());
            repository.unlock(tx, job.id());
            tx.onCommit(() -> holders.values().removeIf(holder -> holder.id().equals(job.id())));
            tx.afterCommit(() -> Thread.ofVirtual()
                    .start(() -> held.forEach(object -> freed.forEach(listener -> listener.accept(object)))));
        });
    }

    private static void pause(Duration time) {
        try {
            Thread.sleep(time);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
