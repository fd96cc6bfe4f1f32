package org.bellwether.lab;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.IntFunction;

/** The engine alone: how soon it answers, how fast, and what it takes. */
final class EngineBench {
    /** As an engine that has run for a while: so long until both sides' compilers are done with the path that is measured. */
    private static final Duration WARM_UP = Duration.ofSeconds(15);

    private static final int RUNS = 100;
    private static final int ROUNDS = 5;
    private static final Duration REST = Duration.ofSeconds(30);
    private static final long GIVEN_BACK = 20;

    private EngineBench() {}

    static void run(Testbed testbed, Measures measures) {
        EngineProcess engine = testbed.engine();
        measures.add(
                "agent memory at rest (resident)",
                "%d MB".formatted(testbed.hosts().getFirst().agentMegabytes()),
                "");
        Progress.say("cold starts");
        List<Long> starts = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            engine.stop();
            starts.add(Measures.nanoseconds(() -> {
                engine.launch(Map.of());
                return engine.awaitFirstAnswer();
            }));
        }
        measures.add(
                "engine cold start to first 200 of /api", "%.2f s".formatted(Measures.median(starts) / 1000), "1.5 s");
        MachineRows rows = new MachineRows(engine);
        for (int count : new int[] {1_000, 5_000}) {
            Progress.say("%,d machines".formatted(count));
            engine.stop();
            engine.start();
            rows.fill(count);
            engine.kill();
            engine.start();
            latencies(engine.client(), count, measures);
            measures.add(
                    "engine memory at rest with %,d machines (resident)".formatted(count),
                    "%d MB".formatted(atRest(engine)),
                    count == 5_000 ? "250 MB" : "");
        }
        ClientsBench.run(engine, measures);
    }

    /** What answers took goes back when nobody has asked for a while. */
    private static long atRest(EngineProcess engine) {
        long busy = engine.residentMegabytes();
        Await.holds(REST, () -> engine.residentMegabytes() < busy - GIVEN_BACK);
        return engine.residentMegabytes();
    }

    private static void latencies(ApiClient api, int count, Measures measures) {
        String one = api.list("/vms?search=name%3Dvm77").getFirst().path("id").asText();
        latency(measures, api, count, "GET one machine", "/vms/" + one, "1 ms");
        latency(measures, api, count, "GET vms?max=100", "/vms?max=100", "5 ms");
        latency(measures, api, count, "GET vms?max=500", "/vms?max=500", "20 ms");
        latency(measures, api, count, "GET vms?search=name=vm1*", "/vms?search=name%3Dvm1*", "");
        measures.add(
                "PUT one machine's description, %,d machines".formatted(count),
                spread(run -> api.call(
                        "PUT",
                        "/vms/" + one,
                        Inventory.object().put("description", "change " + run).toString())),
                "15 ms");
    }

    private static void latency(Measures measures, ApiClient api, int count, String what, String path, String aim) {
        measures.add("%s, %,d machines".formatted(what, count), spread(_ -> api.call("GET", path, "")), aim);
    }

    private static String spread(IntFunction<ApiClient.Reply> call) {
        int run = 0;
        for (long end = System.nanoTime() + WARM_UP.toNanos(); System.nanoTime() < end; run++) {
            answered(call, run);
        }
        List<Long> times = new ArrayList<>();
        while (times.size() < RUNS) {
            int number = run++;
            times.add(Measures.nanoseconds(() -> answered(call, number)));
        }
        return Measures.spread(times);
    }

    private static long answered(IntFunction<ApiClient.Reply> call, int run) {
        ApiClient.Reply reply = call.apply(run);
        if (!reply.succeeded()) {
            throw new LabFailure("a request that is measured failed: " + reply.text());
        }
        return reply.status();
    }
}
