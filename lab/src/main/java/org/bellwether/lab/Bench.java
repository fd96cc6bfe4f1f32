package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * `bw bench`: measures what docs/benchmarks.md promises, on a testbed of its own, beside raw virsh doing the same on the
 * same hosts.
 */
final class Bench {
    private static final int WARM_UP = 30;
    private static final int RUNS = 100;
    private static final int ROUNDS = 5;
    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final int MANY_ROWS = 20_000;
    private static final Duration PORTAL_PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** One line of the result. */
    private record Measure(String what, String value, String aim) {}

    private final List<Measure> measures = new ArrayList<>();

    /** Measures everything and answers the page that it also wrote. */
    static ObjectNode run(Path page) {
        Bench bench = new Bench();
        try (Testbed testbed = Testbed.make(2)) {
            bench.machines(testbed);
            bench.transfers(testbed);
            bench.engine(testbed);
            bench.portal(testbed.engine());
        }
        bench.write(page);
        return bench.result();
    }

    /** Measures image transfers alone, and writes no page. */
    static ObjectNode transfersOnly() {
        Bench bench = new Bench();
        try (Testbed testbed = Testbed.make(1)) {
            bench.transfers(testbed);
        }
        return bench.result();
    }

    private ObjectNode result() {
        ObjectNode result = Inventory.object();
        measures.forEach(measure -> result.put(measure.what(), measure.value()));
        return result;
    }

    // --- machines beside virsh -------------------------------------------------------------------------------------

    private void machines(Testbed testbed) {
        ApiClient api = testbed.engine().client();
        ObjectNode fresh = Inventory.object().put("name", "bench");
        fresh.putObject("cluster").put("name", Testbed.CLUSTER);
        fresh.putObject("template").put("name", Testbed.TEMPLATE);
        String vm = api.post("/vms", fresh).path("id").asText();
        api.awaitStatus("/vms/" + vm, "down", PATIENCE);
        LabHost one = testbed.hosts().get(0);
        LabHost two = testbed.hosts().get(1);

        Progress.say("starting a machine through the engine, %d times".formatted(ROUNDS));
        List<Long> ours = new ArrayList<>();
        String xml = "";
        for (int round = 0; round < ROUNDS; round++) {
            ours.add(nanoseconds(() -> {
                api.post("/vms/" + vm + "/start", on(one));
                return awaitQemu(one, vm);
            }));
            xml = one.virsh("dumpxml", "--security-info", vm);
            api.awaitStatus("/vms/" + vm, "up", PATIENCE);
            if (round < ROUNDS - 1) {
                api.post("/vms/" + vm + "/stop", Inventory.object());
                api.awaitStatus("/vms/" + vm, "down", PATIENCE);
            }
        }

        Progress.say("migrating it through the engine, %d times".formatted(ROUNDS));
        List<Long> moves = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            LabHost target = round % 2 == 0 ? two : one;
            ObjectNode request = Inventory.object();
            request.putObject("host").put("name", target.name());
            String id = api.named("/hosts", target.name()).path("id").asText();
            moves.add(nanoseconds(() -> {
                api.post("/vms/" + vm + "/migrate", request);
                api.await(
                        "/vms/" + vm,
                        PATIENCE,
                        now -> now.path("status").asText().equals("up")
                                && now.path("host").path("id").asText().equals(id));
                return 0;
            }));
        }
        api.post("/vms/" + vm + "/stop", Inventory.object());
        api.awaitStatus("/vms/" + vm, "down", PATIENCE);

        Progress.say("the same with virsh");
        Path definition = write(testbed, xml);
        List<Long> theirs = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            theirs.add(nanoseconds(() -> {
                one.virsh("create", definition.toString());
                return 0;
            }));
            if (round < ROUNDS - 1) {
                one.virsh("destroy", vm);
            }
        }
        List<Long> theirMoves = new ArrayList<>();
        // The guest must have come as far as when the engine moved it.
        Await.holds(
                Duration.ofMinutes(1),
                () -> one.attempt(
                                Duration.ofSeconds(10),
                                "virsh",
                                "qemu-agent-command",
                                vm,
                                "{\"execute\":\"guest-ping\"}")
                        .succeeded());
        for (int round = 0; round < ROUNDS; round++) {
            LabHost source = round % 2 == 0 ? one : two;
            LabHost target = round % 2 == 0 ? two : one;
            theirMoves.add(nanoseconds(() -> {
                source.migrateWithVirsh(vm, target);
                return 0;
            }));
        }
        (ROUNDS % 2 == 0 ? one : two).virsh("destroy", vm);

        compare("machine start, API call to QEMU running", ours, theirs);
        compare("live migration, API call to up on the other host", moves, theirMoves);
    }

    private static ObjectNode on(LabHost host) {
        ObjectNode request = Inventory.object();
        request.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        return request;
    }

    /** libvirt says "running", which is also when virsh returns. */
    private static long awaitQemu(LabHost host, String vm) {
        if (!Await.holds(
                PATIENCE,
                () -> host.attempt(Duration.ofSeconds(10), "virsh", "domstate", vm)
                        .output()
                        .startsWith("running"))) {
            throw new LabFailure("machine " + vm + " did not start on " + host.name());
        }
        return 0;
    }

    private static Path write(Testbed testbed, String xml) {
        try {
            Path file = testbed.lab().directory().resolve("bench.xml");
            Files.writeString(file, xml);
            return file;
        } catch (IOException e) {
            throw new LabFailure("cannot write the machine's definition: " + e.getMessage(), e);
        }
    }

    private void compare(String what, List<Long> ours, List<Long> theirs) {
        double mine = median(ours);
        double other = median(theirs);
        measures.add(new Measure(
                what, "%.0f ms, virsh %.0f ms, ratio %.2f".formatted(mine, other, mine / other), "ratio 1.10"));
    }

    // --- images beside qemu-img ------------------------------------------------------------------------------------

    /** A sparse image of 4 GB, a quarter of it data, by `bw disk` and by qemu-img on the host, to and from the same storage. */
    private void transfers(Testbed testbed) {
        LabHost one = testbed.hosts().getFirst();
        Path image = testbed.lab().directory().resolve("bench.raw");
        Path back = testbed.lab().directory().resolve("bench.back");
        Command.run(Duration.ofMinutes(2), List.of("sh", "-c", """
                truncate -s 4G "$1" && for part in 0 1 2 3; do
                    dd if=/dev/urandom of="$1" bs=1M count=256 seek=$((part * 1024)) conv=notrunc status=none
                done""", "sh", image.toString()));
        String mount = one.run("sh", "-c", "ls -d /rhev/data-center/mnt/glusterSD/*/ | head -1")
                .strip();
        List<Long> ups = new ArrayList<>();
        List<Long> downs = new ArrayList<>();
        List<Long> theirUps = new ArrayList<>();
        List<Long> theirDowns = new ArrayList<>();
        for (int round = 0; round < 3; round++) {
            Progress.say("a sparse image of 4 GB up and down, %d of 3".formatted(round + 1));
            ups.add(nanoseconds(() ->
                    bw(testbed, "disk", "upload", image.toString(), "--storage", Testbed.DOMAIN, "--name", "bench")));
            downs.add(nanoseconds(() -> bw(testbed, "disk", "download", "bench", back.toString())));
            bw(testbed, "disk", "remove", "bench");
            Command.run("rm", back.toString());
            // As durable as ours: qemu-img's own default leaves the bytes in the page cache.
            theirUps.add(nanoseconds(() -> convert(one, image.toString(), mount + "bench.raw")));
            theirDowns.add(nanoseconds(() -> convert(one, mount + "bench.raw", back.toString())));
            one.run("rm", mount + "bench.raw", back.toString());
        }
        against("upload of a sparse 4 GB image with 1 GB of data", ups, theirUps);
        against("download of a sparse 4 GB image with 1 GB of data", downs, theirDowns);
    }

    private static long bw(Testbed testbed, String... words) {
        CommandLineRun.bw(testbed.engine(), words);
        return 0;
    }

    private static long convert(LabHost host, String from, String to) {
        Command.Outcome outcome = host.attempt(
                Duration.ofMinutes(5), "qemu-img", "convert", "-t", "writeback", "-f", "raw", "-O", "raw", from, to);
        if (!outcome.succeeded()) {
            throw new LabFailure("qemu-img convert: " + outcome.output());
        }
        return 0;
    }

    private void against(String what, List<Long> ours, List<Long> theirs) {
        double mine = median(ours);
        double other = median(theirs);
        measures.add(new Measure(
                what,
                "%.1f s, qemu-img convert %.1f s, ratio %.2f".formatted(mine / 1000, other / 1000, mine / other),
                "ratio 1.30"));
    }

    // --- the engine ------------------------------------------------------------------------------------------------

    private void engine(Testbed testbed) {
        EngineProcess engine = testbed.engine();
        memoryOfAgent(testbed.hosts().getFirst());
        Progress.say("cold starts");
        List<Long> starts = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            engine.stop();
            starts.add(nanoseconds(() -> {
                engine.launch(Map.of());
                return engine.awaitFirstAnswer();
            }));
        }
        measures.add(new Measure(
                "engine cold start to first 200 of /api", "%.2f s".formatted(median(starts) / 1000), "1.5 s"));
        MachineRows rows = new MachineRows(engine);
        rows.seed();
        for (int count : new int[] {1_000, 5_000}) {
            Progress.say("%,d machines".formatted(count));
            engine.stop();
            engine.start();
            rows.fill(count);
            engine.kill();
            engine.start();
            latencies(engine.client(), count);
            measures.add(new Measure(
                    "engine memory with %,d machines (resident)".formatted(count),
                    "%d MB".formatted(engine.residentMegabytes()),
                    count == 5_000 ? "250 MB" : ""));
        }
    }

    /** The administration portal in Chromium with a list that is longer than most. */
    private void portal(EngineProcess engine) {
        Progress.say("the portal with %,d machines".formatted(MANY_ROWS));
        engine.stop();
        engine.start();
        new MachineRows(engine).fill(MANY_ROWS);
        engine.kill();
        engine.start();
        JsonNode measured;
        try {
            measured = JSON.readTree(Command.run(
                    PORTAL_PATIENCE,
                    List.of(
                            "env",
                            "BW_URL=" + engine.url(),
                            "BW_USER=" + engine.user(),
                            "BW_PASSWORD=" + engine.password(),
                            "node",
                            SourceTree.root().resolve("portal/e2e/measure.mjs").toString())));
        } catch (IOException e) {
            throw new LabFailure("the portal's measures cannot be read: " + e.getMessage(), e);
        }
        String with = ", %,d machines".formatted(measured.path("rows").asInt());
        measures.add(new Measure(
                "portal: first page usable, nothing cached" + with,
                measured.path("firstPageMilliseconds").asInt() + " ms",
                "1.5 s"));
        measures.add(new Measure(
                "portal: script that comes first, compressed",
                measured.path("scriptKilobytes").asInt() + " kB",
                "400 kB"));
        measures.add(new Measure(
                "portal: a frame while the list is scrolled" + with,
                "%s ms (p95 %s)"
                        .formatted(
                                measured.path("frameMilliseconds").asText(),
                                measured.path("frameP95Milliseconds").asText()),
                "17 ms"));
    }

    private void memoryOfAgent(LabHost host) {
        measures.add(new Measure("agent memory at rest (resident)", "%d MB".formatted(host.agentMegabytes()), ""));
    }

    private void latencies(ApiClient api, int count) {
        String one = api.list("/vms?search=name%3Dvm77").getFirst().path("id").asText();
        latency(api, count, "GET one machine", "/vms/" + one, "1 ms");
        latency(api, count, "GET vms?max=100", "/vms?max=100", "5 ms");
        latency(api, count, "GET vms?max=500", "/vms?max=500", "20 ms");
        latency(api, count, "GET vms?search=name=vm1*", "/vms?search=name%3Dvm1*", "");
        List<Long> writes = new ArrayList<>();
        for (int run = 0; run < RUNS; run++) {
            ObjectNode change = Inventory.object().put("description", "change " + run);
            long time = nanoseconds(() -> {
                if (!api.call("PUT", "/vms/" + one, change.toString()).succeeded()) {
                    throw new LabFailure("a machine's description could not be changed");
                }
                return 0;
            });
            if (run >= WARM_UP) {
                writes.add(time);
            }
        }
        measures.add(
                new Measure("PUT one machine's description, %,d machines".formatted(count), spread(writes), "15 ms"));
    }

    private void latency(ApiClient api, int count, String what, String path, String aim) {
        List<Long> times = new ArrayList<>();
        for (int run = 0; run < WARM_UP + RUNS; run++) {
            long time = nanoseconds(() -> {
                if (!api.call("GET", path, "").succeeded()) {
                    throw new LabFailure("GET " + path + " failed");
                }
                return 0;
            });
            if (run >= WARM_UP) {
                times.add(time);
            }
        }
        measures.add(new Measure("%s, %,d machines".formatted(what, count), spread(times), aim));
    }

    private static String spread(List<Long> times) {
        List<Long> sorted = times.stream().sorted().toList();
        return "%.1f ms (p95 %.1f)".formatted(median(times), sorted.get((int) (sorted.size() * 0.95)) / 1e6);
    }

    private static long nanoseconds(LongSupplier work) {
        long begin = System.nanoTime();
        long unused = work.getAsLong();
        return System.nanoTime() - begin + unused;
    }

    /** In milliseconds. */
    private static double median(List<Long> nanoseconds) {
        List<Long> sorted = nanoseconds.stream().sorted().toList();
        return sorted.get(sorted.size() / 2) / 1e6;
    }

    // --- the page --------------------------------------------------------------------------------------------------

    private void write(Path page) {
        StringBuilder text = new StringBuilder();
        text.append("# Benchmarks\n\nWritten by `./bw bench` on ")
                .append(LocalDate.now(ZoneOffset.UTC))
                .append(", on ")
                .append(machine())
                .append(". Medians; one client with one connection; guests are emulated where KVM does not work.\n\n")
                .append("| measure | value | aim |\n| --- | --- | --- |\n");
        measures.forEach(measure -> text.append("| ")
                .append(measure.what())
                .append(" | ")
                .append(measure.value())
                .append(" | ")
                .append(measure.aim())
                .append(" |\n"));
        try {
            Files.createDirectories(page.getParent());
            Files.writeString(page, text);
        } catch (IOException e) {
            throw new LabFailure("cannot write " + page + ": " + e.getMessage(), e);
        }
    }

    private static String machine() {
        String processor = Command.attempt("sed", "-n", "s/^model name.*: //p", "/proc/cpuinfo")
                .output()
                .lines()
                .findFirst()
                .orElse("an unknown processor");
        long memory = Command.attempt("sed", "-n", "s/^MemTotal: *\\([0-9]*\\).*/\\1/p", "/proc/meminfo")
                .output()
                .lines()
                .mapToLong(Long::parseLong)
                .findFirst()
                .orElse(0);
        return String.format(
                Locale.ROOT,
                "%d cores of %s with %d GB, Linux %s, Java %s",
                Runtime.getRuntime().availableProcessors(),
                processor,
                Math.round(memory / 1e6),
                Command.attempt("uname", "-r").output().strip(),
                Runtime.version());
    }
}
