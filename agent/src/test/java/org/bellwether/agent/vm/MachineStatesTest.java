package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.bellwether.libvirt.DomainState;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.StateReason;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.junit.jupiter.api.Test;

class MachineStatesTest {
    private static final MachineNote NOTHING = MachineNote.getDefaultInstance();
    private static final long NOW = 1_700_000_000_000L;

    @Test
    void a_guest_that_ignores_its_shutdown_runs_again() {
        MachineNote asked = MachineNote.newBuilder()
                .setShutdownAsked(true)
                .setShutdownAskedMs(NOW)
                .build();
        DomainStatus running = new DomainStatus(DomainState.RUNNING, StateReason.RUNNING_BOOTED);
        assertThat(power(running, asked, NOW + 1000)).isEqualTo(PowerState.SHUTTING_DOWN);
        assertThat(power(running, asked, NOW + MachineStates.SHUTDOWN_PATIENCE.toMillis()))
                .isEqualTo(PowerState.RUNNING);
    }

    @Test
    void a_machine_paused_by_migration_comes_in_or_goes_out() {
        DomainStatus paused = new DomainStatus(DomainState.PAUSED, StateReason.PAUSED_MIGRATION);
        assertThat(power(paused, NOTHING, NOW)).isEqualTo(PowerState.INCOMING);
        MachineNote out = MachineNote.newBuilder()
                .setMigration(MigrationState.newBuilder().setPhase(MigrationState.Phase.RUNNING_OUT))
                .build();
        MachineState state = MachineStates.of(paused, out, NOW).build();
        assertThat(state.getPower()).isEqualTo(PowerState.PAUSED);
        assertThat(state.getPauseReason()).isEqualTo(PauseReason.PAUSE_MIGRATION);
    }

    @Test
    void a_machine_that_stands_still_with_restored_memory_does_not_come_from_another_host() {
        DomainStatus paused = new DomainStatus(DomainState.PAUSED, StateReason.PAUSED_MIGRATION);
        MachineNote restored = MachineNote.newBuilder().setRestored(true).build();
        MachineState state = MachineStates.of(paused, restored, NOW).build();
        assertThat(state.getPower()).isEqualTo(PowerState.PAUSED);
        assertThat(state.getPauseReason()).isEqualTo(PauseReason.PAUSE_USER);
        MachineNote leaving = restored.toBuilder()
                .setMigration(MigrationState.newBuilder().setPhase(MigrationState.Phase.RUNNING_OUT))
                .build();
        assertThat(MachineStates.of(paused, leaving, NOW).getPauseReason()).isEqualTo(PauseReason.PAUSE_MIGRATION);
    }

    @Test
    void what_was_left_of_a_run_that_another_host_has_followed_is_no_crash_however_libvirt_saw_it_end() {
        MachineNote ended = MachineNote.newBuilder().setOutrun(true).build();
        for (StateReason reason :
                List.of(StateReason.SHUTOFF_CRASHED, StateReason.SHUTOFF_DESTROYED, StateReason.SHUTOFF_UNKNOWN)) {
            assertThat(off(reason, ended)).isEqualTo(OffReason.OFF_OUTRUN);
        }
        assertThat(power(new DomainStatus(DomainState.SHUTOFF, StateReason.SHUTOFF_CRASHED), ended, NOW))
                .isEqualTo(PowerState.OFF);
        MachineNote stopped = MachineNote.newBuilder().setStopAsked(true).build();
        assertThat(off(StateReason.SHUTOFF_CRASHED, stopped))
                .as("killed because it was to be stopped at once")
                .isEqualTo(OffReason.OFF_STOPPED);
    }

    @Test
    void why_a_machine_is_off_survives_libvirts_memory() {
        MachineNote stopped =
                MachineNote.newBuilder().setOffReason(OffReason.OFF_STOPPED).build();
        assertThat(off(StateReason.SHUTOFF_UNKNOWN, stopped)).isEqualTo(OffReason.OFF_STOPPED);
        assertThat(off(StateReason.SHUTOFF_UNKNOWN, NOTHING)).isEqualTo(OffReason.OFF_UNKNOWN);
        assertThat(off(StateReason.SHUTOFF_SHUTDOWN, NOTHING)).isEqualTo(OffReason.OFF_SHUTDOWN_BY_GUEST);
        assertThat(off(
                        StateReason.SHUTOFF_SHUTDOWN,
                        MachineNote.newBuilder().setShutdownAsked(true).build()))
                .isEqualTo(OffReason.OFF_SHUTDOWN_ASKED);
        MachineNote signalled =
                MachineNote.newBuilder().setEndedFromOutside(true).build();
        assertThat(off(StateReason.SHUTOFF_SHUTDOWN, signalled))
                .as("a signal to QEMU is no wish of the guest's")
                .isEqualTo(OffReason.OFF_CRASHED);
        assertThat(off(StateReason.SHUTOFF_DESTROYED, signalled)).isEqualTo(OffReason.OFF_CRASHED);
        assertThat(off(
                        StateReason.SHUTOFF_DESTROYED,
                        signalled.toBuilder().setStopAsked(true).build()))
                .isEqualTo(OffReason.OFF_STOPPED);
        assertThat(off(StateReason.SHUTOFF_MIGRATED, NOTHING)).isEqualTo(OffReason.OFF_MIGRATED);
    }

    @Test
    void a_crash_and_a_full_storage_are_told_apart() {
        assertThat(power(new DomainStatus(DomainState.SHUTOFF, StateReason.SHUTOFF_CRASHED), NOTHING, NOW))
                .isEqualTo(PowerState.CRASHED);
        DomainStatus failed = new DomainStatus(DomainState.PAUSED, StateReason.PAUSED_IOERROR);
        assertThat(MachineStates.of(failed, NOTHING, NOW).getPauseReason()).isEqualTo(PauseReason.PAUSE_IO_ERROR);
        assertThat(MachineStates.of(
                                failed,
                                MachineNote.newBuilder().setNoSpace(true).build(),
                                NOW)
                        .getPauseReason())
                .isEqualTo(PauseReason.PAUSE_NO_SPACE);
    }

    private static PowerState power(DomainStatus status, MachineNote note, long now) {
        return MachineStates.of(status, note, now).getPower();
    }

    private static OffReason off(StateReason reason, MachineNote note) {
        return MachineStates.of(new DomainStatus(DomainState.SHUTOFF, reason), note, NOW)
                .getOffReason();
    }
}
