package org.bellwether.engine.platform.operation;

import java.util.Optional;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.trace.Span;
import org.bellwether.engine.platform.trace.Traces;

/** Has jobs told of, where somebody collects that. */
record JobSpans(Optional<Traces> traces) {

    /** As a part of the request or the job that began it; by itself where the engine did, or another start of it. */
    Optional<Failure> during(Optional<Span> began, Job job, Supplier<Optional<Failure>> work) {
        if (traces.isEmpty()) {
            return work.get();
        }
        var span = began.map(by -> by.part(job.kind()))
                .orElseGet(() -> traces.get().work(job.kind(), job.correlationId()))
                .note("bellwether.job", job.id().toString())
                .note("bellwether.description", job.description());
        return span.during(() -> {
            var failure = work.get();
            failure.ifPresent(reason -> span.failed(reason.detail()));
            return failure;
        });
    }
}
