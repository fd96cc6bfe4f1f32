package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.bellwether.lab.SpanCollector.Span;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What the engine does is told to a collector of OpenTelemetry: from the request to what a real host is asked. */
@ExtendWith(World.Extension.class)
@InTurn(of = 2, on = 1)
final class TraceWalkTest {
    private final World world;
    private SpanCollector collector;

    @TempDir
    Path folder;

    TraceWalkTest(World world) {
        this.world = world;
    }

    @BeforeEach
    void listen() throws IOException {
        collector = new SpanCollector();
    }

    @AfterEach
    void back() {
        world.engine.stop();
        world.engine.start();
        collector.close();
    }

    private void traced(Map<String, String> more) throws IOException {
        Path headers = Files.writeString(folder.resolve("headers"), "X-Token: s3cret\n");
        Map<String, String> all = new HashMap<>(more);
        all.put("traces.endpoint", collector.address());
        all.put("traces.headers-file", headers.toString());
        world.engine.stop();
        world.engine.start(all);
    }

    private void start(String vm, String correlation) {
        world.api().post("/vms/" + vm + "/start?correlation_id=" + correlation, Inventory.object());
    }

    /** It runs already. */
    private void refused(String vm, String correlation) {
        assertThat(world.api()
                        .call("POST", "/vms/" + vm + "/start?correlation_id=" + correlation, "{}")
                        .status())
                .isEqualTo(409);
    }

    private List<Span> whole(String correlation, String last) {
        await().atMost(World.SOON)
                .until(() ->
                        of(correlation).stream().anyMatch(span -> span.name().equals(last)));
        return of(correlation);
    }

    private List<Span> of(String correlation) {
        return collector.spans().stream()
                .filter(span -> correlation.equals(span.notes().get("bellwether.correlation_id")))
                .toList();
    }

    private static Span one(List<Span> spans, String name) {
        assertThat(spans).extracting(Span::name).contains(name);
        return spans.stream()
                .filter(span -> span.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void from_the_request_over_job_and_steps_to_the_host() throws IOException {
        String vm = world.machine("traced");
        traced(Map.of());
        start(vm, "trace-me");
        world.awaitStatus(vm, "up", World.BOOT);
        var spans = whole("trace-me", "start-vm");
        var request = one(spans, "POST /ovirt-engine/api/vms/{id}/start");
        var job = one(spans, "start-vm");
        assertThat(request.kind()).isEqualTo(2);
        assertThat(request.parent()).isEmpty();
        assertThat(request.notes()).containsEntry("http.response.status_code", "[200]");
        assertThat(job.parent()).isEqualTo(request.id());
        assertThat(job.notes()).containsKey("bellwether.job");
        var steps =
                spans.stream().filter(span -> span.parent().equals(job.id())).toList();
        assertThat(steps).extracting(Span::name).contains("start");
        var calls = spans.stream().filter(span -> span.kind() == 3).toList();
        assertThat(calls).anySatisfy(call -> {
            assertThat(call.name()).endsWith("Agent/StartMachine");
            assertThat(call.notes()).containsKey("server.address");
            assertThat(steps).extracting(Span::id).contains(call.parent());
        });
        assertThat(spans).extracting(Span::trace).containsOnly(request.trace());
        assertThat(spans).allSatisfy(span -> assertThat(span.end()).isGreaterThanOrEqualTo(span.start()));
        assertThat(collector.tokens()).containsOnly("s3cret");
        refused(vm, "trace-refused");
        var refused = one(
                whole("trace-refused", "POST /ovirt-engine/api/vms/{id}/start"),
                "POST /ovirt-engine/api/vms/{id}/start");
        assertThat(refused.notes()).containsEntry("http.response.status_code", "[409]");
    }

    @Test
    void a_job_that_goes_on_after_the_engine_died_goes_on_in_its_trace() throws IOException {
        String vm = world.machine("traced-on");
        traced(Map.of("crash-at", "start-vm/start/after"));
        start(vm, "trace-on");
        world.engine.awaitEnd();
        traced(Map.of());
        world.awaitStatus(vm, "up", World.BOOT);
        var job = one(whole("trace-on", "start-vm"), "start-vm");
        assertThat(job.failed()).isFalse();
        // What the first start has not told in time is lost with it; the id of the trace comes from the correlation id
        // alone.
        refused(vm, "trace-on");
        var later = one(
                whole("trace-on", "POST /ovirt-engine/api/vms/{id}/start"), "POST /ovirt-engine/api/vms/{id}/start");
        assertThat(later.trace()).isEqualTo(job.trace());
    }

    @Test
    void a_collector_that_is_away_keeps_nobody_waiting_and_without_one_nothing_of_it_is_loaded() throws IOException {
        String vm = world.machine("untraced");
        traced(Map.of());
        collector.close();
        start(vm, "nobody-listens");
        world.awaitStatus(vm, "up", World.BOOT);
        world.engine.stop();
        Path loaded = folder.resolve("loaded");
        var told = world.engine.with(List.of("-Xlog:class+load=info:file=" + loaded));
        told.start();
        told.client().get("/vms/" + vm);
        told.stop();
        assertThat(Files.readString(loaded))
                .contains("org.bellwether.engine.Engine ")
                .doesNotContain("io.opentelemetry");
    }
}
