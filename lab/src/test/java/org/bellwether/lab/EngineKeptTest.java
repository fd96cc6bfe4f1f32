package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * Hosts keep the engine's machine alive without the engine. The machine is a small guest here, and the engine that they ask for
 * its health runs beside it: so the engine can be down for as long as it takes.
 */
@ExtendWith(World.Extension.class)
final class EngineKeptTest {
    private static final String PAGE = "/ovirt-engine/services/engine-machine";
    /** Of sanlock, at the lab's I/O timeout: eight renewals that did not come, and a minute for a watchdog. */
    private static final Duration EXPIRY = Duration.ofSeconds(8 * SanlockDaemon.IO_TIMEOUT + 60);

    private static final Path FAKE_TIME = Path.of("/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1");

    /** Where hosts reach it too: in a network of the test's own there is nothing else. */
    private static final Map<String, String> OPEN = Map.of("http.address", "0.0.0.0");

    private static final ObjectMapper JSON = new ObjectMapper();

    private final World world;

    EngineKeptTest(World world) {
        this.world = world;
    }

    @AfterEach
    void letGo() {
        world.engine.start();
        world.hosts().forEach(LabHost::powerOn);
        world.restoreHosts();
        if (world.api().call("GET", PAGE, "").json().path("configured").asBoolean()) {
            world.api().call("PUT", PAGE, "{\"global\": \"true\"}");
            assertThat(world.api().call("DELETE", PAGE, "").status()).isEqualTo(200);
        }
    }

    @Test
    @InTurn(of = 6, on = 3)
    void hosts_run_it_where_it_is_best_move_it_and_start_it_again_without_the_engine() {
        String vm = kept();
        String boot = world.heartbeat(world.guestAddress(vm)).boot();
        assertThat(Await.holds(World.SOON, () -> health().equals("good")))
                .as(status(world.one))
                .isTrue();
        assertThat(world.api().call("POST", "/vms/" + vm + "/stop", "{}").status())
                .isEqualTo(409);
        assertThat(world.api().call("POST", "/vms/" + vm + "/shutdown", "{}").status())
                .isEqualTo(409);
        JsonNode shown = world.api().named("/hosts", world.hostOf(vm)).path("hosted_engine");
        assertThat(shown.path("score").asInt()).as(shown.toString()).isGreaterThan(2000);
        assertThat(world.api().get("/hosts?search=ha_score%3E2000").path("host"))
                .as("and found by it")
                .isNotEmpty();

        List<String> environment = new ArrayList<>(BrowserWalk.login(world.engine));
        environment.add(
                "HOST=" + world.api().named("/hosts", "host1").path("id").asText());
        BrowserWalk.walk(World.BOOT, "portal/e2e/engine-machine.mjs", "portal-pictures", environment);

        LabHost first = world.hostOf(vm).equals("host1") ? world.one : world.two;
        LabHost other = first == world.one ? world.two : world.one;
        String address = world.guestAddress(vm);
        world.engine.kill();
        assertThat(engineHa(first, "maintenance", "local")).contains("leaves it if it is here");
        assertThat(Await.holds(World.BOOT, () -> first.qemuProcesses(vm) == 0 && other.qemuProcesses(vm) == 1))
                .as(status(first) + status(other))
                .isTrue();
        assertThat(World.page("http://" + address + "/cgi-bin/heartbeat"))
                .as("it never stopped")
                .contains(boot);
        engineHa(first, "maintenance", "none");

        // Its host loses its power: the other one runs it as soon as its lease allows that.
        assertThat(Await.holds(World.SOON, () -> state(first).path("score").asInt() > 0))
                .isTrue();
        other.powerOff();
        long off = System.nanoTime();
        assertThat(Await.holds(EXPIRY.multipliedBy(2), () -> first.qemuProcesses(vm) == 1))
                .as(status(first))
                .isTrue();
        Duration took = Duration.ofNanos(System.nanoTime() - off);
        System.err.println("the host of the engine's machine without power: it runs again after " + took);
        assertThat(took).as("never before its lease has expired").isGreaterThan(EXPIRY.minusSeconds(10));

        // Nobody does anything when a person wants that.
        engineHa(first, "maintenance", "global");
        first.virsh("destroy", first.virsh("domname", vm).strip());
        assertThat(Await.holds(Duration.ofSeconds(15), () -> first.qemuProcesses(vm) > 0))
                .isFalse();
        assertThat(engineHa(first, "status")).contains("GLOBAL MAINTENANCE");
        engineHa(first, "maintenance", "none");
        assertThat(Await.holds(World.SOON, () -> first.qemuProcesses(vm) == 1)).isTrue();

        world.engine.start(OPEN);
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.hostOf(vm)).isEqualTo(first.name());
        assertThat(world.running(vm)).isEqualTo(1);
    }

    @Test
    @InTurn(of = 6, on = 4)
    void whatever_befalls_clocks_storage_and_network_of_its_hosts_it_never_runs_twice(@TempDir Path clocks) {
        Assumptions.assumeTrue(Files.exists(FAKE_TIME), "faketime is not installed");
        String vm = kept();
        for (LabHost host : world.hosts()) {
            clock(clocks, host, 0);
            host.stopAgent();
            List<String> words = new ArrayList<>(List.of(
                    "env",
                    "LD_PRELOAD=" + FAKE_TIME,
                    "FAKETIME_TIMESTAMP_FILE=" + clocks.resolve(host.name()),
                    "FAKETIME_NO_CACHE=1",
                    // What nobody sets on a real host either.
                    "FAKETIME_DONT_FAKE_MONOTONIC=1"));
            words.addAll(AgentFiles.command(host.agentConfig()));
            host.startAgent(words);
        }
        world.engine.kill();
        try (OnceOnly once = new OnceOnly(world)) {
            once.watch(vm);
            LabHost there = holder(vm);
            for (int hours : List.of(2, -2, 30, -30, 0)) {
                clock(clocks, world.one, hours);
                clock(clocks, world.two, -hours);
                // Longer than a host may be silent.
                assertThat(Await.holds(Duration.ofSeconds(15), () -> there.qemuProcesses(vm) != 1))
                        .as("clocks of its hosts " + 2 * hours + " hours apart end it")
                        .isFalse();
            }
            there.run("ip", "route", "add", "blackhole", world.lab.gluster().address());
            LabHost next = awaitOther(vm, there);
            there.run("ip", "route", "del", "blackhole", world.lab.gluster().address());
            assertThat(Await.holds(EXPIRY, () -> state(there).path("score").asInt() > 0))
                    .as("it sees its storage again")
                    .isTrue();
            next.cutNetwork();
            assertThat(awaitOther(vm, next)).isEqualTo(there);
            next.restoreNetwork();
            assertThat(Await.holds(EXPIRY, () -> next.qemuProcesses(vm) == 0)).isTrue();
            once.require();
        } finally {
            world.hosts().forEach(LabHost::killAgent);
        }
    }

    /** What its agent takes for the time of day. */
    private static void clock(Path clocks, LabHost host, int hoursAhead) {
        try {
            Path draft = Files.writeString(clocks.resolve(host.name() + ".new"), "%+dh\n".formatted(hoursAhead));
            Files.move(draft, clocks.resolve(host.name()), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private LabHost holder(String vm) {
        return world.one.qemuProcesses(vm) == 1 ? world.one : world.two;
    }

    private LabHost awaitOther(String vm, LabHost lost) {
        LabHost other = lost == world.one ? world.two : world.one;
        assertThat(Await.holds(EXPIRY.multipliedBy(2), () -> other.qemuProcesses(vm) == 1))
                .as(() -> status(other))
                .isTrue();
        return other;
    }

    /** The engine's machine, kept by the hosts and running. */
    private String kept() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        world.engine.stop();
        world.engine.start(OPEN);
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        String vm = world.machine("kept");
        String board = board(domain);
        ObjectNode lease = Inventory.object();
        lease.putObject("lease").putObject("storage_domain").put("id", domain);
        world.api().put("/vms/" + vm, lease.toString());
        world.awaitQuiet();
        ObjectNode wish = Inventory.object()
                .put("vm", vm)
                .put("board", board)
                .put(
                        "address",
                        world.lab.network().gateway() + ":" + world.engine.url().getPort());
        ApiClient.Reply taken = world.api().call("POST", PAGE, wish.toString());
        assertThat(taken.status()).as(taken.text()).isEqualTo(201);

        // Nobody asked for it to be started.
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.running(vm)).isEqualTo(1);
        return vm;
    }

    private String health() {
        return world.hosts().stream()
                .map(this::state)
                .filter(state -> !state.path("host").asText().isEmpty())
                .map(state -> state.path("health").asText())
                .findFirst()
                .orElse("");
    }

    private String board(String domain) {
        ObjectNode disk = Inventory.object()
                .put("name", "kept_board")
                .put("format", "raw")
                .put("sparse", "false")
                .put("provisioned_size", Long.toString(16L << 20));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("id", domain);
        String id = world.api().post("/disks", disk).path("id").asText();
        world.api().awaitStatus("/disks/" + id, "ok", World.SOON);
        return id;
    }

    private JsonNode state(LabHost host) {
        try {
            return JSON.readTree(engineHa(host, "status", "-o", "json"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String status(LabHost host) {
        return host.name() + ": " + engineHa(host, "status") + "\n";
    }

    private static String engineHa(LabHost host, String... words) {
        List<String> command = new ArrayList<>(Jvm.engineHa(List.of(words)));
        return host.run(command.toArray(String[]::new));
    }
}
