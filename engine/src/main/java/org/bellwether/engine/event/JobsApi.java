package org.bellwether.engine.event;

import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
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
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Step;
import org.bellwether.engine.platform.search.SearchSchema;

/** Jobs and steps on the wire: the journal itself. */
public final class JobsApi {

    private static final int NEWEST = 1_000;

    /** What clients that wait for a call's end ask for, many times; it must not search all jobs. */
    private static final Pattern BY_CORRELATION =
            Pattern.compile("\\s*correlation_id\\s*=\\s*\"?([0-9A-Za-z_-]+)\"?\\s*", Pattern.CASE_INSENSITIVE);

    private final Operations operations;
    private final SearchSchema<Job> schema = SearchSchema.<Job>of("jobs")
            .text("correlation_id", Job::correlationId)
            .text("description", Job::description)
            .choice("status", job -> wire(job.status()).wire())
            .date("start_time", Job::started)
            .build();

    public JobsApi(Operations operations) {
        this.operations = operations;
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
            return operations.steps(job.id()).stream()
                    .map(step -> document(job, step))
                    .filter(step -> request.pathId().equals(step.id()))
                    .findFirst()
                    .map(step -> Reply.of(step))
                    .orElseThrow(() -> Failure.notFound("The job has no step with the id " + request.pathId()));
        });
    }

    private Reply list(ApiRequest request) {
        var wanted = BY_CORRELATION.matcher(request.search());
        List<Job> found = wanted.matches()
                ? operations.ofCorrelation(wanted.group(1), request.maximum().orElse(NEWEST))
                : request.search(schema, operations.newest(NEWEST));
        return Reply.list(found.stream().filter(job -> sees(request, job)).map(JobsApi::document));
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

    private static org.bellwether.api.types.Job document(Job job) {
        var document = org.bellwether.api.types.Job.builder()
                .id(job.id().toString())
                .description(job.description())
                .autoCleared(true)
                .external(false)
                .startTime(job.started())
                .lastUpdated(job.updated())
                .status(wire(job.status()))
                .owner(User.builder().name(job.owner()).build());
        job.ended().ifPresent(document::endTime);
        return document.build();
    }

    private static org.bellwether.api.types.Step document(Job job, Step step) {
        var document = org.bellwether.api.types.Step.builder()
                .id(java.util
                        .UUID
                        .nameUUIDFromBytes(
                                (job.id() + "/" + step.number()).getBytes(java.nio.charset.StandardCharsets.UTF_8))
                        .toString())
                .number((long) step.number())
                .type(StepEnum.EXECUTING)
                .description(step.name().substring(0, 1).toUpperCase(Locale.ROOT)
                        + step.name().substring(1)
                        + step.error().map(error -> ": " + error).orElse(""))
                .external(false)
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

    private static JobStatus wire(Job.Status status) {
        return switch (status) {
            case STARTED, UNDOING -> JobStatus.STARTED;
            case FINISHED -> JobStatus.FINISHED;
            case FAILED -> JobStatus.FAILED;
            case ABORTED -> JobStatus.ABORTED;
        };
    }
}
