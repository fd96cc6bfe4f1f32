package org.bellwether.engine.platform.trace;

import io.opentelemetry.api.common.AttributeKey;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.api.trace.propagation.W3CTraceContextPropagator;
import io.opentelemetry.context.Context;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.IdGenerator;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import io.opentelemetry.sdk.trace.samplers.Sampler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.config.TraceConfig;

/**
 * Where spans go: to a collector, by OTLP over HTTP, from a thread of its own. A collector that is away costs nobody time; what
 * cannot be sent meanwhile is dropped.
 *
 * <p>The id of a trace comes from the correlation id unless the client brings one along. So all requests under one correlation id
 * are one trace, and a job that goes on after a restart goes on in its trace.
 */
public final class Traces implements AutoCloseable {
    private static final ScopedValue<String> CORRELATION = ScopedValue.newInstance();
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final long STOP_SECONDS = 2;
    private static final int ID_BYTES = 16;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private Traces(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get("org.bellwether.engine");
    }

    /**
     * @param engine how this engine is called
     * @param instance which engine it is, whatever it is called
     */
    public static Traces to(TraceConfig config, String engine, UUID instance) {
        var exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(config.endpoint().toString())
                .setTimeout(PATIENCE)
                .setCompression("gzip");
        config.headers().forEach(exporter::addHeader);
        config.authority().ifPresent(file -> exporter.setTrustedCertificates(read(file)));
        return new Traces(SdkTracerProvider.builder()
                .setResource(Resource.create(Attributes.of(
                        AttributeKey.stringKey("service.name"),
                        "bellwether-engine",
                        AttributeKey.stringKey("service.instance.id"),
                        instance.toString(),
                        AttributeKey.stringKey("host.name"),
                        engine)))
                .setIdGenerator(new Ids())
                .setSampler(Sampler.parentBased(Sampler.traceIdRatioBased(config.part())))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(Duration.ofSeconds(1))
                        .build())
                .build());
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException("The authority of the collector of traces, " + file + ", cannot be read", e);
        }
    }

    /**
     * What somebody asked for.
     *
     * @param traceparent what it is a part of elsewhere, as W3C's header; empty when it is not
     */
    public Span request(String name, String correlationId, String traceparent) {
        return begun(name, SpanKind.SERVER, correlationId, traceparent);
    }

    /** What the engine does by itself. */
    public Span work(String name, String correlationId) {
        return begun(name, SpanKind.INTERNAL, correlationId, "");
    }

    private Span begun(String name, SpanKind kind, String correlationId, String traceparent) {
        Context parent = W3CTraceContextPropagator.getInstance()
                .extract(Context.root(), traceparent, (header, wanted) -> wanted.equals("traceparent") ? header : null);
        var builder = tracer.spanBuilder(name).setSpanKind(kind).setParent(parent);
        return ScopedValue.where(CORRELATION, correlationId).call(() -> new Span(tracer, builder, correlationId));
    }

    @Override
    public void close() {
        provider.shutdown().join(STOP_SECONDS, TimeUnit.SECONDS);
    }

    private static final class Ids implements IdGenerator {
        @Override
        public String generateSpanId() {
            return IdGenerator.random().generateSpanId();
        }

        @Override
        public String generateTraceId() {
            return CORRELATION.isBound() && !CORRELATION.get().isEmpty()
                    ? HexFormat.of().formatHex(digest(CORRELATION.get()), 0, ID_BYTES)
                    : IdGenerator.random().generateTraceId();
        }

        private static byte[] digest(String text) {
            try {
                return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            } catch (NoSuchAlgorithmException everyJavaHasIt) {
                throw new IllegalStateException(everyJavaHasIt);
            }
        }
    }
}
