package org.bellwether.cli;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** What became of the jobs that this run of the command began, found by its correlation id. */
final class Outcome {

    private static final Set<String> FAILED = Set.of("failed", "aborted");
    private static final Set<String> GRAVE = Set.of("error", "alert");

    private final EngineClient engine;
    private final List<Entity> jobs;

    Outcome(EngineClient engine) {
        this.engine = engine;
        this.jobs = engine.list("/jobs" + ofThisRun());
    }

    private String ofThisRun() {
        return "?search=correlation_id%3D" + engine.correlation();
    }

    boolean goesOn() {
        return jobs.stream().anyMatch(job -> job.status().equals("started"));
    }

    /** @throws CommandFailure refused, in the words of the event or of the step that failed */
    void requireNoFailure() {
        jobs.stream().filter(job -> FAILED.contains(job.status())).findFirst().ifPresent(job -> {
            throw CommandFailure.refused(0, words(job));
        });
    }

    private String words(Entity job) {
        String events = engine.list("/events" + ofThisRun()).stream()
                .filter(event -> GRAVE.contains(event.text("severity")))
                .map(event -> Text.sentence(event.text("description")))
                .distinct()
                .collect(Collectors.joining(" "));
        if (!events.isBlank()) {
            return events;
        }
        String steps = engine.list("/jobs/" + job.id() + "/steps").stream()
                .filter(step -> FAILED.contains(step.status()))
                .map(step -> step.text("description"))
                .collect(Collectors.joining("; "));
        return Text.sentence(job.text("description") + " has " + job.status() + (steps.isBlank() ? "" : ": " + steps));
    }
}
