package org.bellwether.engine.event;

import static org.bellwether.engine.platform.Permit.INJECT_EXTERNAL_TASKS;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.bellwether.api.types.JobStatus;
import org.bellwether.api.types.StepEnum;
import org.bellwether.api.types.StepStatus;
import org.bellwether.api.types.User;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.operation.ExternalJobs;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.operation.Step;
import org.bellwether.engine.platform.search.SearchSchema;
import org.jspecify.annotations.Nullable;

/** Jobs and steps on the wire: the journal itself. */
public final class JobsApi {

    private static final int NEWEST = 1_000;
    private static final int LONGEST = 4_000;

    /** What clients that wait for a call's end ask for, many times; it must not search all jobs. */
    private static final Pattern BY_CORRELATION =
            Pattern.compile("\\s*correlation_id\\s*=\\s*\"?([0-9A-Za-z_-]+)\"?\\s*", Pattern.CASE_INSENSITIVE);

    private final Operations operations;
    private final ExternalJobs external;
    private final Events events;
    /** The id of a user by name, as jobs keep it. */
    private final Function<String, Optional<UUID>> users;

    private final SearchSchema<Job> schema = SearchSchema.<Job>of("jobs")
            .text("correlation_id", Job::correlationId)
            .text("description", Job::description)
            .choice("status", job -> wire(job.status()).wire())
            .date("start_time", Job::started)
            .build();

    public JobsApi(Operations operations, Events events, Function<String, Optional<UUID>> users) {
        this.operations = operations;
        this.external = operations.external();
        this.events = events;
        this.users = users;
    }

    public void serve(ApiRoutes routes) {
        routes.read("jobs", "list", this::list);
        routes.read("job", "get", request -> Reply.of(document(find(request))));
        routes.read("steps", "list", request -> {
            var job = find(request);
            return Reply.list(operations.steps(job.id()).stream().map(step -> document(job, step)));
        });
        routes.read("step", "get", request -> {
            var job = find(request);
            return Reply.of(document(job, step(request, job)));
        });
        routes.on("jobs", "add", INJECT_EXTERNAL_TASKS, this::add);
        routes.on("job", "end", INJECT_EXTERNAL_TASKS, request -> {
            external.end(find(request), succeeded(request));
            return Reply.done();
        });
        routes.on("job", "clear", INJECT_EXTERNAL_TASKS, request -> {
            external.clear(find(request));
            return Reply.done();
        });
        routes.on("steps", "add", INJECT_EXTERNAL_TASKS, request -> {
            var job = find(request);
            var sent = request.body(org.bellwether.api.types.Step.class);
            var type = Optional.ofNullable(sent.type()).orElse(StepEnum.EXECUTING);
            return Reply.created(document(job, external.addStep(job, described(sent.description()), type.wire())));
        });
        routes.on("step", "end", INJECT_EXTERNAL_TASKS, request -> {
            var job = find(request);
            external.endStep(job, step(request, job).number(), succeeded(request));
            return Reply.done();
        });
    }

    private static boolean succeeded(ApiRequest request) {
        return Optional.ofNullable(request.action().succeeded()).orElse(true);
    }

    private static String described(@Nullable String description) {
        var text = Optional.ofNullable(description).map(String::strip).orElse("");
        if (text.isEmpty() || text.length() > LONGEST) {
            throw Failure.badRequest("The description must have 1 to " + LONGEST + " characters");
        }
        return text;
    }

    private Reply add(ApiRequest request) {
        var sent = request.body(org.bellwether.api.types.Job.class);
        var asker = Asker.of(request);
        var description = described(sent.description());
        var job = external.add(
                description,
                Optional.ofNullable(sent.autoCleared()).orElse(true),
                asker,
                tx -> events.add(
                        tx,
                        EventCode.EXTERNAL_JOB_ADDED,
                        asker,
                        Concerns.NOTHING,
                        "The external job '" + description + "' was added by " + asker.name() + "."));
        return Reply.created(document(job));
    }

    private Step step(ApiRequest request, Job job) {
        return operations.steps(job.id()).stream()
                .filter(step -> request.pathId().equals(id(job, step)))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The job has no step with the id " + request.pathId()));
    }

    private Reply list(ApiRequest request) {
        var wanted = BY_CORRELATION.matcher(request.search());
        List<Job> found = wanted.matches()
                ? operations.ofCorrelation(wanted.group(1), request.maximum().orElse(NEWEST))
                : request.search(schema, operations.newest(NEWEST));
        return Reply.list(found.stream().filter(job -> sees(request, job)).map(this::document));
    }

    private Job find(ApiRequest request) {
        Id<Job> id = request.id(0);
        return operations
                .find(id)
                .filter(job -> sees(request, job))
                .orElseThrow(() -> Failure.notFound("There is no job with the id " + id));
    }

    /** Who sees not everything sees what they asked for themselves. */
    private static boolean sees(ApiRequest request, Job job) {
        return !request.filtered() || job.owner().equals(request.principal().name());
    }

    private org.bellwether.api.types.Job document(Job job) {
        var document = org.bellwether.api.types.Job.builder()
                .id(job.id().toString())
                .description(job.description())
                .autoCleared(job.autoCleared())
                .external(job.external())
                .startTime(job.started())
                .lastUpdated(job.updated())
                .status(wire(job.status()))
                .owner(User.builder()
                        .id(users.apply(job.owner()).map(UUID::toString).orElse(null))
                        .name(job.owner())
                        .build());
        job.ended().ifPresent(document::endTime);
        return document.build();
    }

    private static org.bellwether.api.types.Step document(Job job, Step step) {
        var document = org.bellwether.api.types.Step.builder()
                .id(id(job, step))
                .number((long) step.number())
                .type(type(step))
                .description(step.name().substring(0, 1).toUpperCase(Locale.ROOT)
                        + step.name().substring(1)
                        + step.error().map(error -> ": " + error).orElse(""))
                .external(step.external())
                .startTime(step.started())
                .status(
                        switch (step.status()) {
                            case STARTED -> StepStatus.STARTED;
                            case FINISHED -> StepStatus.FINISHED;
                            case FAILED -> StepStatus.FAILED;
                        })
                .job(org.bellwether.api.types.Job.builder()
                        .id(job.id().toString())
                        .build());
        Optional<Instant> ended = step.ended();
        ended.ifPresent(document::endTime);
        return document.build();
    }

    private static String id(Job job, Step step) {
        return UUID.nameUUIDFromBytes((job.id() + "/" + step.number()).getBytes(StandardCharsets.UTF_8))
                .toString();
    }

    private static StepEnum type(Step step) {
        return Arrays.stream(StepEnum.values())
                .filter(type -> type.wire().equals(step.type()))
                .findFirst()
                .orElse(StepEnum.EXECUTING);
    }

    private static JobStatus wire(Job.Status status) {
        return switch (status) {
            case STARTED, UNDOING -> JobStatus.STARTED;
            case FINISHED -> JobStatus.FINISHED;
            case FAILED -> JobStatus.FAILED;
            case ABORTED -> JobStatus.ABORTED;
        };
    }
}
