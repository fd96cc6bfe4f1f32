package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.TestExecutionExceptionHandler;

/**
 * Hosts are lost in all ways, with real management controllers, fence agents and leases: what can run again does, and nothing
 * ever runs twice.
 */
@InTurn(of = 6, on = 5)
@TestInstance(Lifecycle.PER_CLASS)
@ExtendWith(FencingTest.LastWords.class)
final class FencingTest {
    /** As people do who want it quick; the usual minute of patience would only be waited for. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** In which a host is lost, asked for, fenced, and its machines have begun elsewhere. */
    private static final Duration FENCED = Duration.ofSeconds(60);

    private static final Duration LONG = Duration.ofMinutes(4);

    private World world;
    private Map<String, String> configuration;
    private Path crashAt;
    private List<Bmc> controllers;
    private OnceOnly once;
    private long before;

    @BeforeAll
    void furnish() throws IOException {
        org.junit.jupiter.api.Assumptions.assumeTrue(Bmc.installed(), "openipmi and fence-agents are not installed");
        crashAt = Files.createTempFile("bellwether-crash-at", "");
        configuration =
                Map.of("host-patience", PATIENCE.toString(), "fencing-quiet", "PT15S", "crash-at", "@" + crashAt);
        world = new World(Testbed.make(3, configuration));
        controllers = Powered.controllers(world);
    }

    @AfterAll
    void leave() throws IOException {
        if (world != null) {
            controllers.forEach(Bmc::close);
            world.close();
            Files.delete(crashAt);
        }
    }

    @BeforeEach
    void restore() throws IOException {
        Files.writeString(crashAt, "");
        world.engine.start(configuration);
        controllers.forEach(Bmc::start);
        world.restore();
        world.awaitQuiet();
        policy(false);
        before = world.api().list("/events?max=1").getFirst().path("id").asLong();
        once = new OnceOnly(world);
    }

    @AfterEach
    void endWatching() {
        if (once != null) {
            once.close();
        }
    }

    @Test
    void of_two_hosts_without_power_one_is_known_to_be_lost_within_a_minute_and_the_other_waits_for_a_person() {
        SnapshotMachine writer = SnapshotMachine.make(world, "writes");
        available(writer.id(), "");
        String plain = world.machine("not-available");
        String unproven = world.machine("unproven");
        available(unproven, "");
        start(writer.id(), world.one);
        start(plain, world.one);
        start(unproven, world.two);
        once.watch(writer.id(), plain, unproven);
        awaitUp(writer.id(), plain, unproven);
        long written = WrittenDisk.awaitMore(writer.address(), 3);
        controllers.get(1).kill();

        long off = System.nanoTime();
        world.one.powerOff();
        world.two.powerOff();
        assertThat(Await.holds(FENCED, () -> world.three().qemuProcesses(writer.id()) == 1))
                .as("the only host left runs it: " + events())
                .isTrue();
        Duration took = Duration.ofNanos(System.nanoTime() - off);
        System.err.println("power-off: runs again after " + took);
        assertThat(events()).contains("says that the power is off");
        assertThat(world.status(plain)).isEqualTo("down");
        assertThat(Await.holds(
                        LONG, () -> events().contains("Restarting Host host2 by its power management has failed")))
                .as(events())
                .isTrue();
        assertThat(events())
                .as("what to do")
                .contains("Test its power management, or switch it off by hand")
                .contains("when the host is off or was rebooted, confirm that and the machine is restarted");
        assertThat(world.running(unproven)).isZero();
        assertThat(world.status(unproven)).isEqualTo("unknown");
        world.api().post("/hosts/" + id("host2") + "/fence", "{\"fence_type\": \"manual\"}");
        assertThat(Await.holds(FENCED, () -> world.running(unproven) == 1))
                .as(events())
                .isTrue();
        awaitUp(writer.id(), unproven);
        assertThat(WrittenDisk.awaitMore(writer.address(), 3)).isGreaterThan(written);
        // Nobody asks for it: it is switched on, and serves again.
        new Inventory(world.api()).awaitHost("host1");
        once.require();
        writer.stop();
        assertThat(writer.disk().lastBlock(writer.top()))
                .as("the last block, after proof that no two guests wrote at once")
                .isGreaterThan(written);
    }

    @Test
    void
            a_hung_host_is_spared_while_it_renews_its_lease_and_an_engine_killed_while_it_fences_goes_on_after_its_restart()
                    throws IOException {
        world.hosts().forEach(this::awaitJoined);
        policy(true);
        String vm = world.machine("agent-hangs");
        available(vm, "");
        start(vm, world.one);
        awaitUp(vm);
        World.Heartbeat before = world.heartbeat(world.guestAddress(vm));
        once.watch(vm);
        world.one.freezeAgent();
        assertThat(Await.holds(LONG, () -> events().contains("host1 is silent and is not fenced: it still renews")))
                .as(events())
                .isTrue();
        assertThat(world.running(vm)).isEqualTo(1);
        assertThat(world.heartbeat(world.guestAddress(vm)).boot())
                .as("it ran on")
                .isEqualTo(before.boot());

        // It hangs on with its machine running: where the lease does not spare it, its power has to be cut.
        Files.writeString(crashAt, "fence-host/see that its power is off/after");
        policy(false);
        assertThat(Await.holds(LONG, () -> !world.engine.runs()))
                .as(world.engine.lastWords())
                .isTrue();
        assertThat(world.one.poweredOn()).as("it was switched off").isFalse();
        assertThat(world.running(vm)).isZero();
        Files.writeString(crashAt, "");
        world.engine.start(configuration);
        assertThat(Await.holds(FENCED, () -> world.running(vm) == 1))
                .as(events())
                .isTrue();
        awaitUp(vm);
        assertThat(world.heartbeat(world.guestAddress(vm)).boot())
                .as("it was started anew")
                .isNotEqualTo(before.boot());
        once.require();
    }

    @Test
    void a_host_cut_off_is_fenced_and_without_its_controller_only_what_has_a_lease_runs_elsewhere() {
        world.hosts().forEach(this::awaitJoined);
        SnapshotMachine writer = SnapshotMachine.make(world, "leased");
        String leased = writer.id();
        available(leased, id("/storagedomains", "shared"));
        String plain = world.machine("plain");
        available(plain, "");
        for (String vm : List.of(leased, plain)) {
            start(vm, world.one);
        }
        awaitUp(leased, plain);
        long written = WrittenDisk.awaitMore(writer.address(), 3);
        once.watch(leased, plain);
        controllers.get(0).kill();
        world.one.cutNetwork();
        assertThat(Await.holds(LONG, () -> elsewhere(leased) == 1)).as(events()).isTrue();
        assertThat(world.one.qemuProcesses(plain)).as("cut off, it runs on").isEqualTo(1);
        assertThat(elsewhere(plain)).isZero();
        assertThat(Await.holds(World.SOON, () -> events().contains("its lease on shared was acquired")))
                .as(events())
                .isTrue();
        controllers.get(0).start();
        // By itself the engine would ask again only minutes after the last attempts that failed.
        assertThat(Await.holds(LONG, () -> elsewhere(plain) == 1 || fencedByHand("host1")))
                .as(events())
                .isTrue();
        assertThat(Await.holds(LONG, () -> elsewhere(plain) == 1)).as(events()).isTrue();
        awaitUp(leased);
        assertThat(WrittenDisk.awaitMore(writer.address(), 3)).isGreaterThan(written);
        once.require();
        writer.stop();
        assertThat(writer.disk().lastBlock(writer.top()))
                .as("the last block, after proof that no two guests wrote at once")
                .isGreaterThan(written);
    }

    private long elsewhere(String vm) {
        return world.two.qemuProcesses(vm) + world.three().qemuProcesses(vm);
    }

    /** False: the engine is at it just now. */
    private boolean fencedByHand(String host) {
        return world.api()
                .call("POST", "/hosts/" + id(host) + "/fence", "{\"fence_type\": \"restart\"}")
                .succeeded();
    }

    private void awaitUp(String... vms) {
        for (String vm : vms) {
            world.awaitStatus(vm, "up", World.BOOT);
        }
    }

    private void available(String vm, String leaseDomain) {
        ObjectNode wish = Inventory.object();
        wish.putObject("high_availability").put("enabled", "true");
        if (!leaseDomain.isEmpty()) {
            wish.putObject("lease").putObject("storage_domain").put("id", leaseDomain);
        }
        world.api().put("/vms/" + vm, wish.toString());
        world.awaitQuiet();
    }

    private void start(String vm, LabHost host) {
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", host.name());
        world.api().post("/vms/" + vm + "/start", on);
    }

    private void policy(boolean spareWhileItRenews) {
        ObjectNode wish = Inventory.object();
        wish.putObject("fencing_policy")
                .put("enabled", "true")
                .putObject("skip_if_sd_active")
                .put("enabled", Boolean.toString(spareWhileItRenews));
        world.api().put("/clusters/" + id("/clusters", "Default"), wish.toString());
    }

    private void awaitJoined(LabHost host) {
        org.junit.jupiter.api.Assumptions.assumeTrue(
                SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain = id("/storagedomains", "shared");
        assertThat(Await.holds(
                        Duration.ofMinutes(3),
                        () -> host.run("sanlock", "client", "gets")
                                .lines()
                                .anyMatch(line -> line.startsWith("s " + domain)
                                        && line.strip().endsWith(":0"))))
                .as(host.name() + " joins the lockspace")
                .isTrue();
    }

    private String id(String host) {
        return id("/hosts", host);
    }

    private String id(String list, String name) {
        return world.api().named(list, name).path("id").asText();
    }

    /** What was told since the test began. */
    private String events() {
        return world.api().list("/events?max=80").stream()
                .filter(event -> event.path("id").asLong() > before)
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }

    /** What everybody said last, when a test failed. */
    static final class LastWords implements TestExecutionExceptionHandler {
        @Override
        public void handleTestExecutionException(ExtensionContext context, Throwable failure) throws Throwable {
            failure.printStackTrace();
            ((FencingTest) context.getRequiredTestInstance()).world.tell();
            throw failure;
        }
    }
}
