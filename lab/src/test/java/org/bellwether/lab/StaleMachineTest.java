package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * A host that was cut off comes back with machines that its QEMU had paused, because their storage failed, and that ran on
 * another host meanwhile. What is left of them never goes on, whoever wishes that, and is ended.
 */
@InTurn(of = 4, on = 2)
@ExtendWith(World.Extension.class)
final class StaleMachineTest {
    private static final Duration EXPIRY = Duration.ofSeconds(8 * SanlockDaemon.IO_TIMEOUT + 60);
    private static final Duration LONG = Duration.ofMinutes(4);

    private final World world;
    private String domain = "";

    StaleMachineTest(World world) {
        this.world = world;
    }

    @Test
    void what_is_left_of_a_machine_that_ran_elsewhere_goes_on_for_nobody_and_is_ended() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        domain = world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(this::awaitJoined);
        String hostId = hostId(world.one);
        SnapshotMachine lives = SnapshotMachine.make(world, "lives-elsewhere");
        SnapshotMachine over = SnapshotMachine.make(world, "is-over-elsewhere");
        try (OnceOnly once = new OnceOnly(world)) {
            for (SnapshotMachine each : List.of(lives, over)) {
                protect(each);
                each.start(world.one);
                WrittenDisk.awaitMore(each.address(), 3);
                once.watch(each.id());
            }
            // Under load ten seconds are too near to the sixteen after which sanlock ends whoever still has a lease.
            world.lab.gluster().patience("shared", Duration.ofSeconds(3));
            Await.holds(Duration.ofSeconds(5), () -> false);
            world.one.cutNetwork();
            for (SnapshotMachine each : List.of(lives, over)) {
                assertThat(Await.holds(World.SOON, () -> state(each).startsWith("paused (I/O error)")))
                        .as("QEMU has paused it: " + state(each))
                        .isTrue();
            }
            world.lab.gluster().patience("shared", Duration.ofSeconds(10));
            for (SnapshotMachine each : List.of(lives, over)) {
                assertThat(Await.holds(EXPIRY.multipliedBy(3), () -> world.two.qemuProcesses(each.id()) == 1))
                        .as("its lease lets it run elsewhere: " + events(each))
                        .isTrue();
                world.awaitStatus(each.id(), "up", World.BOOT);
                WrittenDisk.awaitMore(each.address(), 3);
                assertThat(state(each)).startsWith("paused (I/O error)");
            }
            String boot = world.heartbeat(lives.address()).boot();
            world.one.freezeAgent();
            over.stop();
            long written = over.disk().lastBlock(over.top());

            // Storage and lockspace are there again, and nobody but a person at that host does anything.
            world.one.restoreNetwork();
            joinByHand(hostId);
            Command.Outcome resumed = world.one.attempt(
                    Duration.ofSeconds(60), "virsh", "--connect", "qemu:///system", "resume", lives.id());
            assertThat(resumed.succeeded()).as(resumed.output()).isFalse();
            assertThat(resumed.output()).contains("Failed to acquire lock");
            assertThat(state(lives)).startsWith("paused");

            // The host's agent sees it by the lease, and needs no engine for that.
            world.engine.kill();
            world.one.thawAgent();
            for (SnapshotMachine each : List.of(lives, over)) {
                assertThat(Await.holds(World.SOON, () -> world.one.qemuProcesses(each.id()) == 0))
                        .as("it is ended: " + state(each))
                        .isTrue();
            }
            world.engine.start();
            for (SnapshotMachine each : List.of(lives, over)) {
                assertThat(Await.holds(World.SOON, () -> events(each).contains("was ended there")))
                        .as(events(each))
                        .isTrue();
                assertThat(events(each)).contains("another host has run the VM since: its lease was taken by host id");
                assertThat(Await.holds(
                                World.SOON,
                                () -> !world.one
                                        .virsh("list", "--all", "--uuid")
                                        .contains(each.id())))
                        .as("nothing of it stays defined there")
                        .isTrue();
            }
            assertThat(world.status(lives.id())).isEqualTo("up");
            assertThat(world.hostOf(lives.id())).isEqualTo("host2");
            assertThat(world.heartbeat(lives.address()).boot()).isEqualTo(boot);
            WrittenDisk.awaitMore(lives.address(), 3);
            assertThat(world.status(over.id())).isEqualTo("down");
            assertThat(over.disk().lastBlock(over.top()))
                    .as("nobody has written to it since")
                    .isEqualTo(written);
            awaitJoined(world.one);
            new Inventory(world.api()).awaitHost("host1");
            over.start(world.one);
            WrittenDisk.awaitMore(over.address(), 3);
            once.require();
        }
        for (SnapshotMachine each : List.of(lives, over)) {
            each.stop();
            each.disk().lastBlock(each.top());
            each.disk().requireSound();
        }
    }

    private String state(SnapshotMachine machine) {
        return world.one
                .attempt(
                        Duration.ofSeconds(20),
                        "virsh",
                        "--connect",
                        "qemu:///system",
                        "domstate",
                        "--reason",
                        machine.id())
                .output()
                .strip();
    }

    private void protect(SnapshotMachine machine) {
        ObjectNode wish = Inventory.object();
        wish.putObject("high_availability").put("enabled", "true");
        wish.putObject("lease").putObject("storage_domain").put("id", domain);
        world.api().put("/vms/" + machine.id(), wish.toString());
        world.awaitQuiet();
    }

    private String lockspace(LabHost host) {
        return host.run("sanlock", "client", "gets")
                .lines()
                .filter(line -> line.startsWith("s " + domain))
                .findFirst()
                .orElse("");
    }

    private String hostId(LabHost host) {
        return lockspace(host).split(":")[1];
    }

    private void awaitJoined(LabHost host) {
        assertThat(Await.holds(
                        Duration.ofMinutes(3), () -> lockspace(host).strip().endsWith(":0")))
                .as(host.name() + " joins the lockspace")
                .isTrue();
    }

    /** As the agent would, which stands still: without the lockspace libvirt could take no lease at all. */
    private void joinByHand(String hostId) {
        String join = "sanlock client add_lockspace -o " + SanlockDaemon.IO_TIMEOUT
                + " -s \"$0:$1:$(echo /rhev/data-center/mnt/glusterSD/*/\"$0\"/dom_md/ids | sed 's/:/\\\\:/g'):0\"";
        assertThat(Await.holds(LONG, () -> {
                    world.one.attempt(Duration.ofMinutes(2), "sh", "-c", join, domain, hostId);
                    return lockspace(world.one).strip().endsWith(":0");
                }))
                .as("the host joins the lockspace again: " + lockspace(world.one))
                .isTrue();
    }

    private String events(SnapshotMachine machine) {
        return world.api().list("/events?max=200").stream()
                .filter(event -> event.path("vm").path("id").asText().equals(machine.id()))
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }
}
