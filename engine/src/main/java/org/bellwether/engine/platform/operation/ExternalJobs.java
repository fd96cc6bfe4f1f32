package org.bellwether.engine.platform.operation;

import java.time.Clock;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;

/** Jobs of other programs, kept beside the engine's own. The engine only shows them: it neither runs nor resumes them. */
public final class ExternalJobs {
    private static final int MOST_STEPS = 1_000;

    private final Database database;
    private final JobRepository repository;
    private final Clock clock;

    ExternalJobs(Database database, JobRepository repository, Clock clock) {
        this.database = database;
        this.repository = repository;
        this.clock = clock;
    }

    /** @param told is run in the same transaction, for the event that tells of it */
    public Job add(
            String description, boolean autoCleared, Asker asker, java.util.function.Consumer<Transaction> told) {
        var now = clock.instant();
        var job = new Job(
                Id.random(),
                asker.correlationId(),
                Job.EXTERNAL,
                1,
                description,
                "{}",
                asker.name(),
                Job.Status.STARTED,
                Optional.empty(),
                now,
                now,
                Optional.empty(),
                autoCleared);
        database.change(tx -> {
            repository.insert(tx, job);
            told.accept(tx);
        });
        return job;
    }

    public Step addStep(Job job, String description, String type) {
        requireExternal(job);
        return database.transaction(tx -> {
            var now = find(tx, job);
            if (!now.status().running()) {
                throw Failure.conflict("'" + job.description() + "' has ended and takes no more steps");
            }
            int number = repository.steps(tx, job.id()).size();
            if (number >= MOST_STEPS) {
                throw Failure.conflict("A job has at most " + MOST_STEPS + " steps");
            }
            repository.addExternal(tx, job.id(), number, description, type, clock.instant());
            return repository.steps(tx, job.id()).get(number);
        });
    }

    /** Ending again what has ended changes nothing. */
    public void endStep(Job job, int number, boolean succeeded) {
        requireExternal(job);
        database.change(tx -> {
            if (repository.steps(tx, job.id()).get(number).ended().isEmpty()) {
                repository.end(
                        tx,
                        job.id(),
                        number,
                        succeeded ? Step.Status.FINISHED : Step.Status.FAILED,
                        null,
                        null,
                        clock.instant());
            }
        });
    }

    /** Ends the job and the steps that have not ended. Ending again what has ended changes nothing. */
    public void end(Job job, boolean succeeded) {
        requireExternal(job);
        database.change(tx -> {
            if (!find(tx, job).status().running()) {
                return;
            }
            for (Step step : repository.steps(tx, job.id())) {
                if (step.ended().isEmpty()) {
                    repository.end(
                            tx,
                            job.id(),
                            step.number(),
                            succeeded ? Step.Status.FINISHED : Step.Status.FAILED,
                            null,
                            null,
                            clock.instant());
                }
            }
            repository.status(
                    tx,
                    job.id(),
                    succeeded ? Job.Status.FINISHED : Job.Status.FAILED,
                    Optional.empty(),
                    clock.instant());
        });
    }

    /** Takes an external job out of the list, whether it has ended or not: the program that told of it may be gone. */
    public void clear(Job job) {
        requireExternal(job);
        database.change(tx -> repository.delete(tx, job.id()));
    }

    private Job find(Transaction tx, Job job) {
        return repository
                .find(tx, job.id())
                .orElseThrow(() -> Failure.notFound("There is no job with the id " + job.id()));
    }

    private static void requireExternal(Job job) {
        if (!job.external()) {
            throw Failure.conflict("'" + job.description() + "' is a job of the engine itself")
                    .because("only the program that told of a job may change it")
                    .next("Wait until it has ended");
        }
    }
}
