package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.junit.jupiter.api.Test;

class OutrunMachinesTest {
    private static final int PID = 4711;
    private static final Leases.Place LEASE =
            new Leases.Place("domain", "machine", Path.of("/rhev/server:_v/dom_md/xleases"), 3L << 20);

    private final AtomicLong now = new AtomicLong(-5);
    private final Set<String> lost = new HashSet<>();
    private final List<String> asked = new ArrayList<>();
    private final List<String> ended = new ArrayList<>();
    private boolean unreadable;
    private final OutrunMachines outrun = new OutrunMachines(Runnable::run, this::lost, ended::add, now::get);

    private boolean lost(Machine machine) {
        asked.add(machine.id);
        if (unreadable) {
            throw Refusal.broken("The lease cannot be read");
        }
        return lost.contains(machine.id);
    }

    @Test
    void a_machine_is_ended_once_its_storage_shows_that_another_host_has_run_it() {
        Machine left = machine(PauseReason.PAUSE_IO_ERROR);
        Machine waits = machine(PauseReason.PAUSE_IO_ERROR);
        lost.add(left.id);
        unreadable = true;
        looks(10, left, waits);
        assertThat(asked).as("every three seconds").hasSize(2 * 4);
        assertThat(ended).isEmpty();
        unreadable = false;
        looks(3, left, waits);
        assertThat(ended).containsExactly(left.id);
    }

    @Test
    void before_a_lockspace_is_joined_those_with_leases_there_are_looked_at_and_no_others() {
        Machine left = machine(PauseReason.PAUSE_USER);
        lost.add(left.id);
        outrun.lookNow("another domain", List.of(left));
        assertThat(asked).isEmpty();
        outrun.lookNow(LEASE.lockspace(), List.of(left));
        assertThat(ended).containsExactly(left.id);
    }

    @Test
    void only_what_stands_still_after_it_ran_here_with_a_lease_can_have_been_outrun() {
        Machine machine = machine(PauseReason.PAUSE_NO_SPACE);
        assertThat(LeaseDoor.Held.of(machine)).contains(new LeaseDoor.Held(LEASE, 7));
        for (PauseReason reason :
                List.of(PauseReason.PAUSE_NONE, PauseReason.PAUSE_MIGRATION, PauseReason.PAUSE_STARTING)) {
            pause(machine, reason);
            assertThat(LeaseDoor.Held.of(machine)).as(reason.toString()).isEmpty();
        }
        pause(machine, PauseReason.PAUSE_USER);
        MachineNote note = machine.note;
        machine.note = note.toBuilder().setLeasePid(PID + 1).build();
        assertThat(LeaseDoor.Held.of(machine))
                .as("that was an earlier QEMU; this one came in paused")
                .isEmpty();
        machine.note = note.toBuilder()
                .setMigration(MigrationState.newBuilder().setPhase(MigrationState.Phase.RUNNING_OUT))
                .build();
        assertThat(LeaseDoor.Held.of(machine)).as("it is just moving").isEmpty();
        machine.note = note.toBuilder().clearLeaseHostId().build();
        assertThat(LeaseDoor.Held.of(machine)).as("it was never seen to run").isEmpty();
    }

    @Test
    void a_machine_without_a_lease_is_nobodys_business_here() {
        Machine machine = machine(PauseReason.PAUSE_IO_ERROR);
        machine.view = view(machine.id, Optional.empty());
        assertThat(LeaseDoor.Held.of(machine)).isEmpty();
    }

    private void looks(int seconds, Machine... machines) {
        for (int second = 0; second < seconds; second++) {
            outrun.look(List.of(machines));
            now.addAndGet(Duration.ofSeconds(1).toNanos());
        }
    }

    private static Machine machine(PauseReason reason) {
        String id = UUID.randomUUID().toString();
        Machine machine = new Machine(
                id,
                MachineNote.newBuilder()
                        .setMachineId(id)
                        .setLeaseHostId(7)
                        .setLeasePid(PID)
                        .build());
        machine.view = view(id, Optional.of(LEASE));
        pause(machine, reason);
        return machine;
    }

    private static DomainView view(String id, Optional<Leases.Place> lease) {
        MachineDefinition definition = MachineDefinition.newBuilder()
                .setId(id)
                .setName("left")
                .setMemoryBytes(64 << 20)
                .build();
        return DomainView.parse(DomainXml.write(definition, Map.of(), false, lease));
    }

    private static void pause(Machine machine, PauseReason reason) {
        machine.state = MachineState.newBuilder()
                .setMachineId(machine.id)
                .setPower(PowerState.PAUSED)
                .setPauseReason(reason)
                .setQemuPid(PID)
                .build();
    }
}
