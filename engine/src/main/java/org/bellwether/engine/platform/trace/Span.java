package org.bellwether.engine.platform.trace;

import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;

/** Something that takes time and is told of, with what it is a part of. */
public final class Span {
    static final String CORRELATION = "bellwether.correlation_id";

    private final Tracer tracer;
    private final io.opentelemetry.api.trace.Span span;
    private final String correlationId;

    Span(Tracer tracer, SpanBuilder begun, String correlationId) {
        this.tracer = tracer;
        this.correlationId = correlationId;
        this.span = begun.setAttribute(CORRELATION, correlationId).startSpan();
    }

    /** A part of it that the engine does itself. */
    public Span part(String name) {
        return child(name, SpanKind.INTERNAL);
    }

    /** A part of it that somebody else is asked for. */
    public Span call(String name) {
        return child(name, SpanKind.CLIENT);
    }

    private Span child(String name, SpanKind kind) {
        return new Span(tracer, tracer.spanBuilder(name).setSpanKind(kind).setParent(context()), correlationId);
    }

    public Span note(String key, String value) {
        span.setAttribute(key, value);
        return this;
    }

    public Span note(String key, long value) {
        span.setAttribute(key, value);
        return this;
    }

    public void failed(String why) {
        span.setStatus(StatusCode.ERROR, why);
    }

    /** Does what it tells of. */
    public <T> T during(Supplier<T> work) {
        try {
            return ScopedValue.where(CurrentSpan.CURRENT, this).call(work::get);
        } catch (RuntimeException thrown) {
            failed(thrown instanceof Failure failure ? failure.detail() : String.valueOf(thrown));
            throw thrown;
        } finally {
            end();
        }
    }

    public void end() {
        span.end();
    }

    /** For whoever is asked for a part of it, as W3C's header {@code traceparent}. */
    public Optional<String> traceparent() {
        Map<String, String> headers = new HashMap<>();
        W3CTraceContextPropagator.getInstance().inject(context(), headers, (into, name, value) -> {
            if (into != null) {
                into.put(name, value);
            }
        });
        return Optional.ofNullable(headers.get("traceparent"));
    }

    private Context context() {
        return Context.root().with(span);
    }
}
