package org.bellwether.agent.vm;

import java.time.Duration;
import org.bellwether.libvirt.DomainStatus;
import org.bellwether.libvirt.StateReason;
import org.bellwether.protocol.MachineNote;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;

/** What libvirt's states mean to the engine. Pure functions. */
final class MachineStates {
    /** A guest that was asked to shut down and still runs after this has ignored it. */
    static final Duration SHUTDOWN_PATIENCE = Duration.ofMinutes(5);

    private MachineStates() {}

    /** Power and reasons of a machine, from what libvirt says and what was written down. */
    static MachineState.Builder of(DomainStatus status, MachineNote note, long nowMillis) {
        MachineState.Builder state = MachineState.newBuilder();
        boolean movingOut = note.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT;
        switch (status.state()) {
            case NOSTATE -> state.setPower(PowerState.STARTING);
            case RUNNING, BLOCKED, UNRECOGNIZED -> state.setPower(running(note, nowMillis));
            case SHUTDOWN -> state.setPower(PowerState.SHUTTING_DOWN);
            case PAUSED -> paused(state, status.reason(), note, movingOut);
            case PMSUSPENDED -> state.setPower(PowerState.PAUSED).setPauseReason(PauseReason.PAUSE_OTHER);
            case CRASHED -> state.setPower(PowerState.CRASHED).setOffReason(OffReason.OFF_CRASHED);
            case SHUTOFF -> {
                OffReason reason = off(status.reason(), note);
                state.setOffReason(reason)
                        .setPower(
                                switch (reason) {
                                    case OFF_CRASHED -> PowerState.CRASHED;
                                    case OFF_SAVED -> PowerState.SAVED;
                                    case OFF_UNKNOWN,
                                            OFF_OUTRUN,
                                            OFF_SHUTDOWN_BY_GUEST,
                                            OFF_SHUTDOWN_ASKED,
                                            OFF_STOPPED,
                                            OFF_FAILED,
                                            OFF_MIGRATED,
                                            UNRECOGNIZED -> PowerState.OFF;
                                });
            }
        }
        return state;
    }

    static boolean on(PowerState power) {
        return switch (power) {
            case STARTING, RUNNING, PAUSED, INCOMING, SHUTTING_DOWN -> true;
            case OFF, CRASHED, SAVED, POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static PowerState running(MachineNote note, long nowMillis) {
        boolean asked = note.getShutdownAsked() && nowMillis - note.getShutdownAskedMs() < SHUTDOWN_PATIENCE.toMillis();
        return asked ? PowerState.SHUTTING_DOWN : PowerState.RUNNING;
    }

    private static void paused(MachineState.Builder state, StateReason reason, MachineNote note, boolean movingOut) {
        state.setPower(PowerState.PAUSED);
        switch (reason) {
            case PAUSED_USER -> state.setPauseReason(PauseReason.PAUSE_USER);
            case PAUSED_IOERROR ->
                state.setPauseReason(note.getNoSpace() ? PauseReason.PAUSE_NO_SPACE : PauseReason.PAUSE_IO_ERROR);
            case PAUSED_MIGRATION -> {
                boolean restored = note.getRestored() && !movingOut;
                state.setPauseReason(restored ? PauseReason.PAUSE_USER : PauseReason.PAUSE_MIGRATION);
                if (!movingOut && !restored) {
                    state.setPower(PowerState.INCOMING);
                }
            }
            case PAUSED_POSTCOPY -> state.setPauseReason(PauseReason.PAUSE_MIGRATION);
            case PAUSED_POSTCOPY_FAILED -> state.setPauseReason(PauseReason.PAUSE_POSTCOPY_FAILED);
            case PAUSED_STARTING_UP -> state.setPower(PowerState.STARTING).setPauseReason(PauseReason.PAUSE_STARTING);
            case PAUSED_SHUTTING_DOWN -> state.setPower(PowerState.SHUTTING_DOWN);
            default -> state.setPauseReason(PauseReason.PAUSE_OTHER); // reasons of other states, and newer ones
        }
    }

    /** libvirt forgets why a machine is off when it restarts; what was written down then still holds. */
    private static OffReason off(StateReason reason, MachineNote note) {
        if (note.getOutrun()) {
            return OffReason.OFF_OUTRUN;
        }
        return switch (reason) {
            case SHUTOFF_SHUTDOWN -> {
                if (note.getShutdownAsked()) {
                    yield OffReason.OFF_SHUTDOWN_ASKED;
                }
                // sanlock ends QEMU so when it loses a lease, and so does whoever ends all processes of a host.
                yield note.getEndedFromOutside() ? OffReason.OFF_CRASHED : OffReason.OFF_SHUTDOWN_BY_GUEST;
            }
            case SHUTOFF_DESTROYED ->
                note.getEndedFromOutside() && !note.getStopAsked() ? OffReason.OFF_CRASHED : OffReason.OFF_STOPPED;
            case SHUTOFF_CRASHED -> note.getStopAsked() ? OffReason.OFF_STOPPED : OffReason.OFF_CRASHED;
            case SHUTOFF_MIGRATED -> OffReason.OFF_MIGRATED;
            case SHUTOFF_SAVED -> OffReason.OFF_SAVED;
            case SHUTOFF_FAILED -> OffReason.OFF_FAILED;
            default -> note.getOffReason(); // reasons of other states, and newer ones
        };
    }
}
