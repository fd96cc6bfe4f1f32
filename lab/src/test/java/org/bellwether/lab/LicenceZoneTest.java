package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Where the threads of real machines may run, as the kernel says: declared cores, and processors that one machine has alone. */
@ExtendWith(World.Extension.class)
@InTurn(of = 3, on = 1)
final class LicenceZoneTest {
    private static final String ZONES = "/ovirt-engine/services/licence-zones";
    private static final String ZONE = ZONES + "/oracle";
    /** Agents look every five seconds, and so does the engine. */
    private static final Duration LOOKED = Duration.ofSeconds(40);

    private final World world;

    LicenceZoneTest(World world) {
        this.world = world;
        org.junit.jupiter.api.Assumptions.assumeTrue(
                Runtime.getRuntime().availableProcessors() > 1, "one processor cannot be told from others");
    }

    @AfterEach
    void removeZone() {
        world.api().call("DELETE", ZONE + "?because=the%20test%20is%20over", "");
    }

    @Test
    void a_machine_of_a_licence_zone_runs_on_declared_cores_only_and_whoever_moves_a_thread_raises_the_alarm() {
        String vm = world.machine("licensed");
        make();
        assertThat(refused("declare", "host", "host1", "cpus", "1"))
                .contains("Host host1 would be in it, with 1 socket");
        changed("declare", "host", "host1", "cpus", "1", "because", "two cores are licensed");
        assertThat(refused("assign", "vm", "licensed")).contains("would widen what the licence zone oracle covers");
        changed("assign", "vm", "licensed", "because", "it runs the database");
        assertThat(raised(vm, 2)).contains("would widen what is licensed");

        assertThat(started(vm, world.two)).contains("the licence zone oracle has no core of it");
        assertThat(started(vm, null)).isEmpty();
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.hostOf(vm)).isEqualTo("host1");
        assertThat(allowed(vm)).as("all threads of QEMU").containsExactly("1");
        awaitVerdict("within");
        ApiClient.Reply moved = world.api().call("POST", "/vms/" + vm + "/migrate", "{\"host\":{\"name\":\"host2\"}}");
        assertThat(moved.status()).isEqualTo(409);
        assertThat(moved.text()).contains("has no core of it");

        long before = newest();
        long thread = threads(vm).getLast();
        taskset("0-1", thread);
        awaitVerdict("beyond");
        assertThat(events(before))
                .contains("can run beyond the zone: its threads may use the CPUs 0-1, and 1 are declared");
        taskset("1", thread);
        awaitVerdict("within");
        assertThat(events(before)).contains("VM licensed runs within the licence zone oracle again");

        changed("declare", "host", "host2", "cpus", "0", "because", "the licence was extended");
        world.migrate(vm, world.two);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals("host2")))
                .isTrue();
        world.awaitQuiet();
        assertThat(allowed(vm))
                .as("the other host's, from its first moment there on")
                .containsExactly("0");
        assertThat(Await.holds(
                        World.SOON,
                        () -> world.api()
                                .call("GET", ZONE + "/report.csv", "")
                                .text()
                                .contains("\"host2\"")))
                .as("that host has told of it, too")
                .isTrue();
        awaitVerdict("within");
        assertThat(refused("withdraw", "host", "host2")).contains("VM licensed of that zone runs there");

        world.api().post("/vms/" + vm + "/suspend", Inventory.object());
        world.awaitStatus(vm, "suspended", World.BOOT);
        changed("withdraw", "host", "host2");
        assertThat(started(vm, null)).isEmpty();
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.hostOf(vm)).isEqualTo("host1");
        assertThat(allowed(vm)).as("what was saved elsewhere goes on within").containsExactly("1");

        String csv = world.api().call("GET", ZONE + "/report.csv", "").text();
        assertThat(csv.lines().filter(line -> line.contains("\"host1\"") && line.contains("\"within\"")))
                .isNotEmpty();
        assertThat(csv.lines().filter(line -> line.contains("\"host1\"") && line.contains("\"beyond\"")))
                .singleElement()
                .asString()
                .contains("\"0-1\"");
        assertThat(csv.lines().filter(line -> line.contains("\"host2\""))).isNotEmpty();
        Path page = world.lab.directory().resolve("oracle.html");
        CommandLineRun.bw(world.engine, "licence-zone", "report", "oracle", "--to", page.toString());
        assertThat(read(page)).contains("for the licensor alone to say", "two cores are licensed", "licensed (1)");
        assertThat(CommandLineRun.bw(world.engine, "licence-zone", "show", "oracle"))
                .contains("licensed", "host1", "the licence was extended");
        world.stop(vm);
        long stays = notSampled();
        assertThat(stays)
                .as("each start and the migration, until the threads were read")
                .isGreaterThanOrEqualTo(3);
        assertThat(started(vm, null)).isEmpty();
        assertThat(Await.holds(World.SOON, () -> world.running(vm) == 1)).isTrue();
        world.awaitQuiet();
        world.stop(vm);
        assertThat(notSampled()).as("also a stay of moments").isEqualTo(stays + 1);
    }

    private long notSampled() {
        return world.api()
                .call("GET", ZONE + "/report.csv", "")
                .text()
                .lines()
                .filter(line -> line.contains("\"not_sampled\""))
                .count();
    }

    @Test
    void a_dedicated_machine_has_its_processor_alone() {
        String shared = world.runningMachine("shares", world.one);
        String alone = world.machine("alone");
        world.api().put("/vms/" + alone, "{\"cpu_pinning_policy\":\"dedicated\"}");
        assertThat(started(alone, world.one)).isEmpty();
        world.awaitStatus(alone, "up", World.BOOT);
        Set<String> own = allowed(alone);
        assertThat(own).hasSize(1).isSubsetOf("0", "1");
        String others = own.contains("0") ? "1" : "0";
        assertThat(Await.holds(LOOKED, () -> allowed(shared).equals(Set.of(others))))
                .as("who shares makes room: " + allowed(shared))
                .isTrue();
        String second = world.machine("second");
        world.api().put("/vms/" + second, "{\"cpu_pinning_policy\":\"isolate_threads\"}");
        assertThat(started(second, world.one)).contains("CPU");
        world.stop(alone);
        assertThat(Await.holds(LOOKED, () -> allowed(shared).equals(Set.of("0-1"))))
                .as("and has all again: " + allowed(shared))
                .isTrue();
        world.stop(shared);
    }

    @Test
    void an_isolated_machine_has_a_core_for_each_processor_and_all_of_its_threads_stay_there() {
        String vm = world.machine("isolated");
        world.api().put("/vms/" + vm, "{\"cpu_pinning_policy\":\"isolate_threads\",\"io\":{\"threads\":\"1\"}}");
        assertThat(started(vm, world.one)).isEmpty();
        world.awaitStatus(vm, "up", World.BOOT);
        Set<String> own = allowed(vm);
        assertThat(own).as("by the kernel, of every thread of QEMU").hasSize(1);
        String cpus = own.iterator().next();
        assertThat(world.one.virsh("vcpupin", vm)).containsPattern("(?m)^ *0 +" + cpus + "$");
        assertThat(world.one.virsh("emulatorpin", vm)).containsPattern(": +" + cpus + "\\s*$");
        String live = world.one.virsh("dumpxml", vm);
        assertThat(live).contains("<emulatorpin cpuset='" + cpus + "'/>");
        // QEMU 7.2 of Debian 12 runs machines without: see ThreadsProbe.
        assertThat(live.contains("<iothreadpin iothread='1' cpuset='" + cpus + "'/>"))
                .isEqualTo(live.contains("<iothreads>1</iothreads>"));
        assertThat(world.api()
                        .get("/vms/" + vm)
                        .at("/dynamic_cpu/cpu_tune/vcpu_pins/vcpu_pin/0/cpu_set")
                        .asText())
                .isEqualTo(cpus);
        world.stop(vm);
    }

    @Test
    void a_machine_that_is_resized_becomes_like_its_host_when_it_starts() {
        String vm = world.machine("like-its-host");
        CommandLineRun.bw(
                world.engine, "vm", "update", "like-its-host", "--cpus", "5", "--cpu-pinning", "resize_and_pin_numa");
        JsonNode host = world.api().named("/hosts", "host1").at("/cpu/topology");
        int sockets = host.path("sockets").asInt();
        int cores = host.path("cores").asInt();
        org.junit.jupiter.api.Assumptions.assumeTrue(cores > 1, "one core of each socket is left to the host");
        assertThat(started(vm, world.one)).isEmpty();
        world.awaitStatus(vm, "up", World.BOOT);
        JsonNode now = world.api().get("/vms/" + vm);
        assertThat(now.at("/cpu/topology/sockets").asInt())
                .as("what was decided stays")
                .isEqualTo(5);
        JsonNode given = now.at("/dynamic_cpu/topology");
        assertThat(given.path("sockets").asInt()).isEqualTo(sockets);
        assertThat(given.path("cores").asInt()).isEqualTo(cores - 1);
        assertThat(given.path("threads").asInt()).isEqualTo(host.path("threads").asInt());
        int cpus = sockets * (cores - 1) * host.path("threads").asInt();
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("grep -c ^processor /proc/cpuinfo"))
                    .as("what the guest has, of the 5 that were decided")
                    .isEqualTo(Integer.toString(cpus));
        }
        String live = world.one.virsh("dumpxml", vm);
        assertThat(live).contains("<memnode cellid='0' mode='interleave' nodeset='0'/>");
        Set<String> places = now.at("/dynamic_cpu/cpu_tune/vcpu_pins/vcpu_pin").findValuesAsText("cpu_set").stream()
                .collect(Collectors.toCollection(TreeSet::new));
        assertThat(places).hasSize(cpus);
        assertThat(places).as("the first core is the host's").doesNotContain("0");
        assertThat(allowed(vm)).as("where the kernel lets its processors run").containsAll(places);
        world.stop(vm);
    }

    private void make() {
        world.api().post(ZONES, Inventory.object().put("name", "oracle").put("cluster", "Default"));
    }

    private static ObjectNode body(String... members) {
        ObjectNode body = Inventory.object();
        for (int at = 0; at < members.length; at += 2) {
            body.put(members[at], members[at + 1]);
        }
        return body;
    }

    private void changed(String what, String... members) {
        world.api().post(ZONE + "/" + what, body(members));
    }

    /** What the engine says to a change that it does not make. */
    private String refused(String what, String... members) {
        ApiClient.Reply reply =
                world.api().call("POST", ZONE + "/" + what, body(members).toString());
        assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        return reply.text();
    }

    private String raised(String vm, int sockets) {
        ApiClient.Reply reply =
                world.api().call("PUT", "/vms/" + vm, "{\"cpu\":{\"topology\":{\"sockets\":\"" + sockets + "\"}}}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        return reply.text();
    }

    /** Why it does not start; empty when it does. */
    private String started(String vm, @Nullable LabHost host) {
        String body = host == null
                ? "{}"
                : "{\"vm\":{\"placement_policy\":{\"hosts\":{\"host\":[{\"name\":\"" + host.name() + "\"}]}}}}";
        ApiClient.Reply reply = world.api().call("POST", "/vms/" + vm + "/start", body);
        return reply.status() < 300 ? "" : reply.text();
    }

    private void awaitVerdict(String wanted) {
        boolean holds = Await.holds(
                LOOKED, () -> world.api().get(ZONE).path("verdict").asText().equals(wanted));
        JsonNode zone = world.api().get(ZONE);
        assertThat(holds).as(wanted + ": " + zone).isTrue();
    }

    private long newest() {
        return world.api().list("/events?max=1").getFirst().path("id").asLong();
    }

    private String events(long after) {
        return world.api().list("/events?max=30").stream()
                .filter(event -> event.path("id").asLong() > after)
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }

    /** By the numbers of all threads of its QEMU, wherever it runs. */
    private List<Long> threads(String vm) {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            return processes
                    .map(ProcessHandle::pid)
                    .filter(pid -> {
                        String words = read(Path.of("/proc", pid.toString(), "cmdline"));
                        return words.contains("qemu-system") && words.contains(vm);
                    })
                    .flatMap(LicenceZoneTest::tasks)
                    .sorted()
                    .toList();
        }
    }

    private static Stream<Long> tasks(long pid) {
        String[] names = Path.of("/proc", Long.toString(pid), "task").toFile().list();
        return names == null ? Stream.of() : Stream.of(names).map(Long::valueOf);
    }

    /** What the kernel says that its threads may use: one entry when all may use the same. */
    private Set<String> allowed(String vm) {
        return threads(vm).stream()
                .flatMap(thread -> read(Path.of("/proc", thread.toString(), "status"))
                        .lines()
                        .filter(line -> line.startsWith("Cpus_allowed_list:"))
                        .map(line -> line.substring(line.indexOf(':') + 1).strip()))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static void taskset(String cpus, long thread) {
        try {
            Process process = new ProcessBuilder("taskset", "-p", "-c", cpus, Long.toString(thread))
                    .inheritIO()
                    .start();
            assertThat(process.waitFor()).isZero();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException gone) {
            return "";
        }
    }
}
