package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Hosts restart machines with leases of a host that died while the engine is down, where the cluster allows it. */
@ExtendWith(World.Extension.class)
@InTurn(of = 6, on = 1)
final class HeirsTest {
    /** Of sanlock, at the lab's I/O timeout: eight renewals that did not come, and a minute for a watchdog. */
    private static final Duration EXPIRY = Duration.ofSeconds(8 * SanlockDaemon.IO_TIMEOUT + 60);

    private final World world;

    HeirsTest(World world) {
        this.world = world;
    }

    @AfterEach
    void forbid() {
        world.engine.start();
        CommandLineRun.bw(world.engine, "cluster", "update", "Default", "--no-restart-without-engine");
    }

    @Test
    void while_the_engine_is_down_a_machine_with_a_lease_runs_again_on_another_host_and_the_engine_takes_it_over() {
        Assumptions.assumeTrue(SanlockDaemon.installed(), "sanlock and libvirt-sanlock are not installed");
        String domain =
                world.api().named("/storagedomains", "shared").path("id").asText();
        world.hosts().forEach(host -> awaitJoined(host, domain));
        CommandLineRun.bw(world.engine, "cluster", "update", "Default", "--restart-without-engine");
        SnapshotMachine writer = SnapshotMachine.make(world, "inherited");
        String plain = world.machine("without-lease");
        String stopped = world.machine("stopped-by-hand");
        available(writer.id(), domain);
        available(stopped, domain);
        available(plain, "");
        writer.start(world.one);
        start(plain);
        start(stopped);
        long written = WrittenDisk.awaitMore(writer.address(), 3);
        String address = writer.address();
        World.Heartbeat before = world.heartbeat(address);
        assertThat(Await.holds(World.SOON, () -> will().contains(writer.id()) && will().contains(stopped)))
                .as("the other host was told: " + will())
                .isTrue();
        assertThat(will()).as("nothing would prove that it runs nowhere").doesNotContain(plain);

        world.engine.kill();
        world.one.virsh("destroy", stopped);
        world.one.powerOff();
        long off = System.nanoTime();
        assertThat(Await.holds(Duration.ofSeconds(160), () -> {
                    assertThat(world.running(writer.id())).isLessThanOrEqualTo(1);
                    return world.two.qemuProcesses(writer.id()) == 1;
                }))
                .as("it runs again without the engine: " + world.two.lastWords())
                .isTrue();
        Duration took = Duration.ofNanos(System.nanoTime() - off);
        System.err.println("without the engine: runs again after " + took);
        assertThat(took).as("never before its lease has expired").isGreaterThan(EXPIRY.minusSeconds(10));
        assertThat(world.engine.runs()).isFalse();
        WrittenDisk.awaitMore(address, 3);
        assertThat(world.heartbeat(address).boot()).as("it was started anew").isNotEqualTo(before.boot());
        assertThat(world.two.qemuProcesses(plain)).isZero();
        assertThat(world.two.qemuProcesses(stopped))
                .as("somebody stopped it, and its lease was given back")
                .isZero();

        world.engine.start();
        world.awaitStatus(writer.id(), "up", World.BOOT);
        assertThat(world.hostOf(writer.id())).isEqualTo("host2");
        assertThat(Await.holds(World.SOON, () -> events().contains("VM inherited was restarted by host host2")))
                .as(events())
                .isTrue();
        assertThat(events())
                .contains("while the engine was away. The proof that it ran nowhere: its lease was acquired");
        world.one.powerOn();
        world.restoreHosts();
        world.awaitQuiet();
        assertThat(world.hostOf(writer.id()))
                .as("the host that is back does not take it")
                .isEqualTo("host2");
        assertThat(world.running(writer.id())).isEqualTo(1);
        assertThat(WrittenDisk.awaitMore(address, 3)).isGreaterThan(written);
        writer.stop();
        assertThat(writer.disk().lastBlock(writer.top()))
                .as("the last block, after proof that no two guests wrote at once")
                .isGreaterThan(written);
    }

    /** What the second host has written down of what it is to do. */
    private String will() {
        Path note = world.two.directory().resolve("agent/heir/will.note");
        try {
            return Files.exists(note) ? Files.readString(note) : "";
        } catch (IOException writtenJustNow) {
            return "";
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

    private void start(String vm) {
        ObjectNode on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", world.one.name());
        world.api().post("/vms/" + vm + "/start", on);
        world.awaitStatus(vm, "up", World.BOOT);
    }

    private void awaitJoined(LabHost host, String domain) {
        assertThat(Await.holds(
                        Duration.ofMinutes(3),
                        () -> host.run("sanlock", "client", "gets")
                                .lines()
                                .anyMatch(line -> line.startsWith("s " + domain)
                                        && line.strip().endsWith(":0"))))
                .as(host.name() + " joins the lockspace")
                .isTrue();
    }

    private String events() {
        return world.api().list("/events?max=60").stream()
                .map(event -> event.path("description").asText())
                .collect(Collectors.joining("\n"));
    }
}
