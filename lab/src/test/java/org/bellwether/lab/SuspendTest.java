package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine that was written to storage goes on elsewhere, whoever died meanwhile; and what its guest's agent can do. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class SuspendTest {
    private final World world;

    SuspendTest(World world) {
        this.world = world;
    }

    @Test
    void suspended_machine_goes_on_after_its_host_and_the_engine_died() {
        String vm = world.runningMachine("suspend", world.one);
        String address = world.guestAddress(vm);
        guestAgentServes(vm);
        World.Heartbeat before = world.heartbeat(address);

        act(vm, "suspend");
        world.awaitStatus(vm, "suspended", World.BOOT);
        assertThat(world.running(vm)).as("it runs nowhere").isZero();
        assertThat(world.api().call("DELETE", "/vms/" + vm, "").status())
                .as("what is suspended is not removed")
                .isEqualTo(409);
        world.engine.kill();
        world.one.powerOff();
        world.engine.start();
        new Inventory(world.api()).awaitHost("host2");

        act(vm, "start");
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.hostOf(vm)).isEqualTo("host2");
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).as("it is the same run").isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThanOrEqualTo(before.tick());
        assertThat(Await.holds(World.SOON, () -> states().isEmpty()))
                .as("what was saved is gone")
                .isTrue();

        act(vm, "suspend");
        world.awaitStatus(vm, "suspended", World.BOOT);
        world.api().post("/vms/" + vm + "/start", "{\"pause\":\"true\"}");
        world.awaitStatus(vm, "paused", World.BOOT);
        act(vm, "start");
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.heartbeat(address).boot()).isEqualTo(before.boot());

        act(vm, "suspend");
        world.awaitStatus(vm, "suspended", World.BOOT);
        world.stop(vm);
        assertThat(Await.holds(World.SOON, () -> states().isEmpty()))
                .as("powered off, nothing of it is kept")
                .isTrue();
    }

    private void guestAgentServes(String vm) {
        act(vm, "freezefilesystems");
        act(vm, "freezefilesystems");
        act(vm, "thawfilesystems");
        assertThat(world.api().list("/vms/" + vm + "/applications"))
                .extracting(each -> each.path("name").asText())
                .anyMatch(name -> name.startsWith("kernel-"))
                .anyMatch(name -> name.startsWith("qemu-guest-agent-"));
        assertThat(world.api().list("/vms/" + vm + "/sessions")).isEmpty();
    }

    private List<JsonNode> states() {
        return world.api().list("/disks").stream()
                .filter(disk -> disk.path("content_type").asText().equals("memory_dump_volume"))
                .toList();
    }

    private void act(String vm, String action) {
        world.api().post("/vms/" + vm + "/" + action, "{}");
    }
}
