package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** While the engine is away, or lost altogether, machines run on and people help themselves with virsh. */
@InTurn(of = 4, on = 1)
@ExtendWith(World.Extension.class)
final class EngineAwayTest {
    private final World world;

    EngineAwayTest(World world) {
        this.world = world;
    }

    @Test
    void what_virsh_did_while_the_engine_was_down_is_taken_over_when_it_returns() {
        String destroyed = world.runningMachine("away-destroyed", world.one);
        String paused = world.runningMachine("away-paused", world.one);
        String moved = world.runningMachine("away-moved", world.one);
        World.Heartbeat before = world.heartbeat(world.guestAddress(moved));
        world.engine.stop();

        assertThat(world.one.virsh("list", "--name")).contains("away-destroyed", "away-paused", "away-moved");
        world.one.virsh("destroy", destroyed);
        world.one.virsh("suspend", paused);
        world.one.migrateWithVirsh(moved, world.two);

        world.engine.start();
        world.awaitStatus(destroyed, "down", World.BOOT);
        world.awaitStatus(paused, "paused", World.BOOT);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(moved).equals(world.two.name())))
                .as("the engine knows that the machine moved")
                .isTrue();
        world.awaitStatus(moved, "up", World.BOOT);
        World.Heartbeat after = world.heartbeat(world.guestAddress(moved));
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        assertThat(world.running(moved)).isEqualTo(1);
        // And what it took over it manages.
        world.api().post("/vms/" + paused + "/start", Inventory.object());
        world.awaitStatus(paused, "up", World.BOOT);
        world.migrate(moved, world.one);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(moved).equals(world.one.name())))
                .as("the machine moved back")
                .isTrue();
    }

    @Test
    void a_lost_engine_is_restored_from_its_backup_and_finds_hosts_and_running_machines_again_untouched() {
        String vm = world.runningMachine("restored", world.one);
        ObjectNode change = Inventory.object();
        change.putObject("high_availability").put("enabled", true);
        world.api().put("/vms/" + vm, change.toString());
        world.awaitQuiet();
        World.Heartbeat before = world.heartbeat(world.guestAddress(vm));
        Path backup = world.lab.directory().resolve("engine.backup");
        world.engine.command("backup", backup.toString());

        world.engine.destroy();
        // What the backup says of the machine is not true any more: an engine that believed it would start it again.
        world.one.migrateWithVirsh(vm, world.two);
        world.engine.command("restore", backup.toString());
        world.engine.start();

        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals(world.two.name())))
                .as("the engine found the machine where it is")
                .isTrue();
        world.awaitStatus(vm, "up", World.BOOT);
        world.hosts().forEach(host -> new Inventory(world.api()).awaitHost(host.name()));
        World.Heartbeat after = world.heartbeat(world.guestAddress(vm));
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        // It ends its quiet by itself, once it has heard of every host, and has started nothing twice.
        assertThat(Await.holds(World.BOOT, () -> !world.engine.command("status").contains("maintenance")))
                .as("the quiet ends")
                .isTrue();
        String other = world.machine("after-restore");
        assertThat(world.status(other)).isEqualTo("down");
        world.awaitQuiet();
        assertThat(world.running(vm)).isEqualTo(1);
        assertThat(world.engine.command("status")).contains("serves").doesNotContain("maintenance");
        assertThat(world.engine.command("doctor")).contains("Host host1 answers", "Storage domain");
    }
}
