package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Daemons die and networks break under running machines: the machines run on, and the engine tells the truth afterwards. */
@ExtendWith(World.Extension.class)
final class HostTroubleTest {
    private final World world;

    HostTroubleTest(World world) {
        this.world = world;
    }

    @Test
    void agent_killed_under_a_running_machine_leaves_it_running() {
        String vm = world.runningMachine("agent-killed", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        world.one.killAgent();
        awaitHostNot("up");
        assertThat(world.running(vm)).isEqualTo(1);
        world.one.startAgent();
        goesOn(vm, address, before);
    }

    @Test
    void libvirt_killed_under_a_running_machine_leaves_it_running() {
        String vm = world.runningMachine("libvirt-killed", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        world.one.killLibvirt();
        assertThat(world.running(vm)).isEqualTo(1);
        world.one.startLibvirt();
        goesOn(vm, address, before);
    }

    @Test
    void network_cut_for_a_minute_leaves_machines_running() {
        String vm = world.runningMachine("network-cut", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        world.one.cutNetwork();
        long cut = System.nanoTime();
        awaitHostNot("up");
        assertThat(Await.holds(
                        Duration.ofSeconds(90),
                        () -> System.nanoTime() - cut > Duration.ofMinutes(1).toNanos()))
                .isTrue();
        assertThat(world.running(vm)).isEqualTo(1);
        assertThat(world.status(vm)).as("nobody knows while the host is away").isNotEqualTo("down");
        world.one.restoreNetwork();
        goesOn(vm, address, before);
    }

    @Test
    void hung_agent_blocks_nobody_else() {
        String vm = world.runningMachine("agent-hangs", world.one);
        world.one.freezeAgent();
        long begin = System.nanoTime();
        String other = world.machine("beside-the-hung-one");
        var on = Inventory.object();
        on.putObject("vm")
                .putObject("placement_policy")
                .putObject("hosts")
                .putArray("host")
                .addObject()
                .put("name", "host2");
        world.api().post("/vms/" + other + "/start", on);
        world.awaitStatus(other, "up", World.BOOT);
        assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(World.BOOT);
        assertThat(world.running(vm)).isEqualTo(1);
        world.one.thawAgent();
        new Inventory(world.api()).awaitHost("host1");
        world.awaitStatus(vm, "up", World.SOON);
    }

    /** The machine can be commanded again, and it is the same that ran before. */
    private void goesOn(String vm, String address, World.Heartbeat before) {
        new Inventory(world.api()).awaitHost("host1");
        world.awaitStatus(vm, "up", World.SOON);
        World.Heartbeat[] after = {before};
        assertThat(Await.holds(World.SOON, () -> {
                    after[0] = world.heartbeat(address);
                    return after[0].tick() > before.tick();
                }))
                .as("the guest's tick grows")
                .isTrue();
        assertThat(after[0].boot()).isEqualTo(before.boot());
        assertThat(world.running(vm)).isEqualTo(1);
        assertThat(world.hostOf(vm)).isEqualTo("host1");
        world.stop(vm);
        assertThat(world.running(vm)).isZero();
    }

    private void awaitHostNot(String status) {
        String host = world.api().named("/hosts", "host1").path("id").asText();
        world.api()
                .await(
                        "/hosts/" + host,
                        Duration.ofMinutes(2),
                        now -> !now.path("status").asText().equals(status));
    }
}
