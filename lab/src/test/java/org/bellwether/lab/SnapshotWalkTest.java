package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Snapshots of a machine whose guest writes all the time: what each of them holds is read back from storage and proven. */
@ExtendWith(World.Extension.class)
final class SnapshotWalkTest {

    /** Snapshots in a chain; more of them in a run of their own, for each takes its time. */
    private static final int DEEP = Integer.getInteger("bellwether.snapshots.deep", 8);

    private final World world;

    SnapshotWalkTest(World world) {
        this.world = world;
    }

    @Test
    void snapshots_hold_what_was_written_and_go_in_any_order_while_the_guest_writes_on() {
        SnapshotMachine machine = SnapshotMachine.make(world, "snapshot-walk");
        machine.start(world.one);
        World.Heartbeat before = world.heartbeat(machine.address());
        assertThat(machine.snapshots())
                .singleElement()
                .satisfies(
                        only -> assertThat(only.path("snapshot_type").asText()).isEqualTo("active"));

        List<SnapshotMachine.Taken> taken = new ArrayList<>();
        for (int number = 1; number <= 4; number++) {
            WrittenDisk.awaitMore(machine.address(), 3);
            taken.add(machine.take("s" + number));
        }
        taken.forEach(machine::verify);
        machine.disk().requireLegal();
        assertThat(machine.disk().own()).hasSize(5);
        JsonNode first = world.api()
                .get("/vms/" + machine.id() + "/snapshots/" + taken.getFirst().id() + "?all_content=true");
        assertThat(first.path("initialization")
                        .path("configuration")
                        .path("data")
                        .asText())
                .contains("ovf:Envelope", "snapshot-walk", machine.volume(taken.getFirst()));
        assertThat(world.api()
                        .list("/vms/" + machine.id() + "/snapshots/"
                                + taken.getFirst().id() + "/nics"))
                .hasSize(1);

        // In the middle: QEMU merges below the top. The youngest: the machine goes on with what lies below.
        machine.delete(taken.remove(1));
        taken.forEach(machine::verify);
        machine.delete(taken.removeLast());
        taken.forEach(machine::verify);
        machine.disk().requireLegal();
        assertThat(machine.disk().own()).hasSize(3);
        World.Heartbeat after = world.heartbeat(machine.address());
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        long written = WrittenDisk.awaitMore(machine.address(), 3);

        machine.stop();
        machine.disk().requireSound();
        assertThat(machine.disk().lastBlock(machine.top())).isGreaterThanOrEqualTo(written);
        SnapshotMachine.Taken still = machine.take("still");
        machine.verify(still);
        machine.delete(taken.remove(0));
        taken.forEach(machine::verify);
        machine.verify(still);
        machine.delete(taken.remove(0));
        machine.verify(still);
        machine.disk().requireLegal();
        assertThat(machine.disk().own()).hasSize(2);

        machine.start(world.two);
        WrittenDisk.awaitMore(machine.address(), 3);
        machine.stop();
        machine.restore(still);
        assertThat(machine.disk().lastBlock(machine.top())).isEqualTo(still.atMost());
        machine.delete(still);
        machine.disk().requireLegal();
        machine.disk().requireSound();
        assertThat(machine.disk().own()).hasSize(1);
        world.remove(machine.id());
        world.awaitQuiet();
    }

    @Test
    void a_snapshot_can_be_looked_at_and_left_again() {
        SnapshotMachine machine = SnapshotMachine.make(world, "snapshot-look");
        machine.start(world.one);
        WrittenDisk.awaitMore(machine.address(), 3);
        SnapshotMachine.Taken old = machine.take("old");
        WrittenDisk.awaitMore(machine.address(), 5);
        SnapshotMachine.Taken young = machine.take("young");
        WrittenDisk.awaitMore(machine.address(), 3);
        machine.stop();
        long last = machine.disk().lastBlock(machine.top());

        machine.preview(old);
        assertThat(machine.disk().lastBlock(machine.top())).isLessThanOrEqualTo(old.atMost());
        ObjectNode refused = Inventory.object().put("description", "no");
        assertThat(world.api()
                        .call("POST", "/vms/" + machine.id() + "/snapshots", refused.toString())
                        .status())
                .isEqualTo(409);
        machine.leave("undosnapshot");
        ObjectNode upload = Inventory.object().put("direction", "upload");
        upload.putObject("disk").put("id", machine.diskId());
        ApiClient.Reply unwritten = world.api().call("POST", "/imagetransfers", upload.toString());
        assertThat(unwritten.status()).isEqualTo(409);
        assertThat(unwritten.text()).contains("old, young");
        assertThat(machine.disk().lastBlock(machine.top())).isEqualTo(last);
        assertThat(machine.disk().own()).hasSize(3);

        machine.preview(old);
        machine.start(world.two);
        WrittenDisk.awaitMore(machine.address(), 3);
        machine.stop();
        machine.leave("commitsnapshot");
        assertThat(machine.snapshots())
                .extracting(each -> each.path("description").asText())
                .containsExactly("old", "Active VM");
        assertThat(machine.disk().own()).hasSize(2);
        machine.verify(old);
        machine.disk().requireLegal();
        assertThat(young.id()).isNotEqualTo(old.id());
        world.remove(machine.id());
    }

    /** An agent that does not answer cannot hold its file systems still, and whoever asked is told. */
    @Test
    void a_snapshot_of_a_guest_that_does_not_answer_is_taken_all_the_same_and_said_to_be_like_after_a_power_cut() {
        SnapshotMachine machine = SnapshotMachine.make(world, "snapshot-deaf");
        machine.start(world.one);
        WrittenDisk.awaitMore(machine.address(), 2);
        SnapshotMachine.Taken quiet = machine.take("quiet");
        assertThat(events()).contains("The snapshot quiet").doesNotContain("did not hold still");
        SnapshotMachine.Taken deaf;
        try (GuestShell shell = GuestShell.open(world, machine.id())) {
            shell.ask("killall -STOP qemu-ga");
            deaf = machine.take("deaf");
            shell.ask("killall -CONT qemu-ga");
        }
        assertThat(events()).contains("did not hold still for the snapshot deaf");
        machine.verify(quiet);
        machine.verify(deaf);
        world.remove(machine.id());
    }

    private String events() {
        return world.api().get("/events?max=15").toString();
    }

    @Test
    void a_deep_chain_goes_in_any_order_and_whoever_goes_on_with_memory_never_stopped() {
        SnapshotMachine machine = SnapshotMachine.make(world, "snapshot-deep");
        machine.start(world.one);
        List<SnapshotMachine.Taken> taken = new ArrayList<>();
        for (int number = 1; number <= DEEP / 2; number++) {
            taken.add(machine.take("live" + number));
        }
        World.Heartbeat then = world.heartbeat(machine.address());
        SnapshotMachine.Taken memory = machine.take("memory", true);
        WrittenDisk.awaitMore(machine.address(), 3);
        machine.stop();
        for (int number = 1; number <= DEEP / 2; number++) {
            taken.add(machine.take("still" + number));
        }
        assertThat(machine.disk().own()).hasSize(DEEP + 2);
        machine.disk().requireLegal();

        SnapshotMachine.Taken copied = taken.get(DEEP / 4);
        WrittenDisk copy = machine.cloneOf(copied, "snapshot-copy");
        assertThat(copy.lastBlock(
                        world.api().get("/disks/" + copy.id()).path("image_id").asText()))
                .isBetween(copied.atLeast(), copied.atMost() + 1);
        world.remove(world.api().named("/vms", "snapshot-copy").path("id").asText());

        Random random = new Random(DEEP);
        Collections.shuffle(taken, random);
        while (taken.size() > DEEP / 2) {
            machine.delete(taken.removeLast());
        }
        taken.forEach(machine::verify);
        machine.start(world.two);
        WrittenDisk.awaitMore(machine.address(), 2);
        while (taken.size() > 1) {
            machine.delete(taken.removeLast());
        }
        taken.forEach(machine::verify);
        machine.verify(memory);
        machine.disk().requireLegal();

        machine.stop();
        machine.restoreWithMemory(memory);
        assertThat(machine.disk().lastBlock(machine.top())).isBetween(memory.atLeast(), memory.atMost() + 1);
        machine.start(world.one);
        World.Heartbeat now = world.heartbeat(machine.address());
        assertThat(now.boot()).as("it was not booted, it goes on").isEqualTo(then.boot());
        assertThat(now.tick()).isGreaterThanOrEqualTo(then.tick());
        WrittenDisk.awaitMore(machine.address(), 2);
        machine.stop();
        machine.disk().requireSound();
        world.remove(machine.id());
    }
}
