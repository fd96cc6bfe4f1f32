package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;

/**
 * An engine moves into a machine on its own hosts, leads them from there, follows when its host is needed for something else, and
 * comes back when its host is lost.
 */
@InTurn(of = 6, on = 0)
final class SelfHostedTest {
    private static final Duration MOVES = Duration.ofMinutes(12);
    private static final Duration SERVES = Duration.ofMinutes(6);
    private static final Duration LEASES = Duration.ofMinutes(3);
    /** Under emulation, on a machine that does other things too; by itself it is less than a second. */
    private static final Duration LONGEST_GAP = Duration.ofSeconds(5);

    private static final int PORT = 8443;
    private static final String NAME = "engine";

    private final World world = new World(Testbed.make(2, Map.of(), NewerQemu.forMoves()));
    private String password = "";

    @AfterEach
    void close(TestInfo test) {
        world.hosts().forEach(host -> System.err.println(host.lastWords()));
        world.close();
    }

    @Test
    void the_engine_moves_into_a_machine_leads_from_there_and_is_kept_alive() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        Assumptions.assumeTrue(
                NewerQemu.needless() || NewerQemu.fetched().isPresent(),
                "QEMU before version 9 breaks emulated machines that it migrates, and no later one was to be had");
        String gateway = world.lab.network().gateway();
        world.engine.stop();
        world.engine.start(Map.of("http.address", "0.0.0.0", "external-name", gateway));
        String guest = world.runningMachine("runs-on", world.two);
        String page = world.guestAddress(guest);
        String boot = world.heartbeat(page).boot();
        awaitLeases();
        password = world.engine.password();
        String address = world.lab.network().prefix() + "50";

        DeployRun deploy = new DeployRun(
                world.engine,
                world.lab.directory().resolve("deploy.log"),
                List.of(
                        "deploy",
                        "--storage",
                        "shared",
                        "--image",
                        EngineMachineImage.prepare(world.lab).disk().toString(),
                        "--address",
                        address + "/24",
                        "--gateway",
                        gateway,
                        "--memory",
                        "1536",
                        "--port",
                        Integer.toString(PORT),
                        "--timeout",
                        "900",
                        "--engine-command",
                        String.join(" ", world.engine.commandLine(List.of()))));
        dieAtEveryStep(deploy);
        String said = deploy.complete(MOVES);
        assertThat(said).contains("The engine serves at https://" + address + ":" + PORT);
        assertThat(world.engine.runs()).isFalse();
        assertThat(Command.attempt(Duration.ofMinutes(1), world.engine.commandLine(List.of("status")))
                        .output())
                .contains("has moved to https://" + address);

        URI url = URI.create("https://" + address + ":" + PORT + "/ovirt-engine");
        ApiClient api = signOn(url);
        assertThat(Await.holds(LEASES, () -> up(api, "host1") && up(api, "host2")))
                .isTrue();
        JsonNode own = api.named("/vms", NAME);
        assertThat(own.path("status").asText()).isEqualTo("up");
        assertThat(own.path("origin").asText()).isEqualTo("managed_hosted_engine");
        assertThat(api.get("/vms/" + guest).path("status").asText()).isEqualTo("up");
        assertThat(world.heartbeat(page).boot())
                .as("its guests noticed nothing")
                .isEqualTo(boot);
        String id = own.path("id").asText();
        assertThat(world.running(id)).isEqualTo(1);

        // Its host is needed for something else: the engine moves itself.
        LabHost first = hostOf(id);
        LabHost other = first == world.one ? world.two : world.one;
        Duration gap = gapDuring(url, () -> {
            api.post("/hosts/" + api.named("/hosts", first.name()).path("id").asText() + "/deactivate", "{}");
            assertThat(Await.holds(SERVES, () -> status(url, first.name()).equals("maintenance")))
                    .isTrue();
        });
        System.err.println("the engine's machine left its host; nobody waited for an answer longer than " + gap);
        assertThat(other.qemuProcesses(id)).isEqualTo(1);
        assertThat(first.qemuProcesses(id)).isZero();
        assertThat(gap).isLessThan(LONGEST_GAP);
        ApiClient moved = signOn(url);
        moved.post("/hosts/" + moved.named("/hosts", first.name()).path("id").asText() + "/activate", "{}");
        assertThat(Await.holds(LEASES, () -> status(url, first.name()).equals("up")))
                .isTrue();

        // Its host is lost.
        other.powerOff();
        long off = System.nanoTime();
        assertThat(Await.holds(SERVES, () -> first.qemuProcesses(id) == 1)).isTrue();
        Duration started = Duration.ofNanos(System.nanoTime() - off);
        assertThat(Await.holds(SERVES, () -> ApiClient.health(url, world.engine.authority())))
                .isTrue();
        Duration serves = Duration.ofNanos(System.nanoTime() - off);
        System.err.println(
                "its host lost: the machine runs again after " + started + ", the engine serves after " + serves);
        assertThat(world.running(id)).isEqualTo(1);
        assertThat(Await.holds(LEASES, () -> status(url, first.name()).equals("up")))
                .isTrue();
    }

    /** Each attempt goes on where the last one was killed, and is killed at the next step. */
    private void dieAtEveryStep(DeployRun deploy) {
        deploy.killedWhen("half of the image is there", () -> there("/disks", NAME + "_incoming"));
        deploy.killedWhen("the image is there", () -> there("/disks", NAME));
        deploy.killedWhen("the board is there", () -> there("/disks", NAME + "_board"));
        deploy.killedWhen("the machine is there", () -> there("/vms", NAME));
        deploy.killedWhen(
                "the engine begins nothing new",
                () -> world.engine.command("status").contains("maintenance"));
        deploy.killedWhen("the seed is there", () -> there("/disks", NAME + "_seed"));
        deploy.killedWhen(
                "the machine boots",
                () -> List.of("powering_up", "up")
                        .contains(world.api().named("/vms", NAME).path("status").asText()));
        deploy.killedWhen("the engine is down here", () -> !world.engine.runs());
    }

    private boolean there(String collection, String name) {
        return !world.api().named(collection, name).isMissingNode();
    }

    private void awaitLeases() {
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        for (LabHost host : world.hosts()) {
            assertThat(Await.holds(
                            LEASES, () -> host.run("sanlock", "client", "gets").contains("s " + domain)))
                    .isTrue();
        }
    }

    private LabHost hostOf(String id) {
        return world.one.qemuProcesses(id) == 1 ? world.one : world.two;
    }

    private ApiClient signOn(URI url) {
        return ApiClient.signOn(url, world.engine.authority(), "admin@internal", password);
    }

    private String status(URI url, String host) {
        try {
            return signOn(url).named("/hosts", host).path("status").asText();
        } catch (LabFailure away) {
            return "";
        }
    }

    private static boolean up(ApiClient api, String host) {
        return api.named("/hosts", host).path("status").asText().equals("up");
    }

    /** The longest time for which a client waited for an answer while something was done. None may be lost. */
    private Duration gapDuring(URI url, Runnable work) {
        BooleanSupplier well = ApiClient.asking(url, world.engine.authority());
        AtomicBoolean over = new AtomicBoolean();
        AtomicInteger lost = new AtomicInteger();
        long[] longest = {0};
        Thread asking = Thread.ofPlatform().start(() -> {
            while (!over.get()) {
                long asked = System.nanoTime();
                if (!well.getAsBoolean()) {
                    lost.incrementAndGet();
                }
                longest[0] = Math.max(longest[0], System.nanoTime() - asked);
            }
        });
        try {
            work.run();
        } finally {
            over.set(true);
        }
        try {
            asking.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        assertThat(lost.get()).as("requests that were lost").isZero();
        return Duration.ofNanos(longest[0]);
    }
}
