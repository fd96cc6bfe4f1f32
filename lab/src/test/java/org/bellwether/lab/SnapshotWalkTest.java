package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Snapshots of a machine whose guest writes all the time: what each of them holds is read back from storage and proven. */
@ExtendWith(World.Extension.class)
final class SnapshotWalkTest {

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
}
