package org.bellwether.engine.vm;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PowerState;

/** The states of a machine that the API knows and this engine can tell apart. */
public enum VmStatus {
    DOWN,
    IMAGE_LOCKED,
    MIGRATING,
    NOT_RESPONDING,
    PAUSED,
    POWERING_DOWN,
    POWERING_UP,
    REBOOT_IN_PROGRESS,
    RESTORING_STATE,
    SAVING_STATE,
    SUSPENDED,
    UNKNOWN,
    UP,
    WAIT_FOR_LAUNCH;

    /** A guest that runs without an agent counts as up after this long. */
    static final Duration BOOT_PATIENCE = Duration.ofSeconds(60);

    /**
     * What the status follows from.
     *
     * @param placed whether a host may have the machine
     * @param hostConnected whether that host is heard of now
     * @param observed what that host last said of the machine
     * @param suspended whether it was saved, to go on later
     * @param saving whether an operation is saving it
     * @param starting whether an operation is starting it
     * @param migrating whether an operation is migrating it
     * @param imagesLocked whether a disk of it is being made or copied
     */
    record Facts(
            boolean placed,
            boolean hostConnected,
            Optional<MachineState> observed,
            boolean suspended,
            boolean saving,
            boolean starting,
            boolean migrating,
            boolean imagesLocked,
            Instant now) {}

    static VmStatus of(Facts facts) {
        if (facts.saving()) {
            return SAVING_STATE;
        }
        if (facts.suspended()) {
            return facts.starting() ? RESTORING_STATE : facts.placed() ? UNKNOWN : SUSPENDED;
        }
        if (!facts.placed()) {
            return facts.starting() ? WAIT_FOR_LAUNCH : facts.imagesLocked() ? IMAGE_LOCKED : DOWN;
        }
        if (facts.migrating()) {
            return MIGRATING;
        }
        if (!facts.hostConnected()) {
            return UNKNOWN;
        }
        if (facts.observed().isEmpty()) {
            return facts.starting() ? WAIT_FOR_LAUNCH : UNKNOWN;
        }
        return ofPower(facts.observed().get(), facts.starting(), facts.now());
    }

    private static VmStatus ofPower(MachineState machine, boolean starting, Instant now) {
        return switch (machine.getPower()) {
            case POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> UNKNOWN;
            // Down only when the claim of its host is gone too: until then it cannot be started or removed.
            case OFF, CRASHED -> starting ? WAIT_FOR_LAUNCH : POWERING_DOWN;
            case STARTING -> WAIT_FOR_LAUNCH;
            case RUNNING -> running(machine, now);
            case PAUSED -> PAUSED;
            case INCOMING -> MIGRATING;
            case SHUTTING_DOWN -> POWERING_DOWN;
            case SAVED -> SUSPENDED;
        };
    }

    private static VmStatus running(MachineState machine, Instant now) {
        if (machine.getMigration().getPhase() == MigrationState.Phase.RUNNING_OUT) {
            return MIGRATING;
        }
        boolean longEnough = Duration.between(Instant.ofEpochMilli(machine.getStartedMs()), now)
                        .compareTo(BOOT_PATIENCE)
                >= 0;
        return machine.hasGuest() || longEnough ? UP : POWERING_UP;
    }

    /** Whether QEMU is there for it. */
    static boolean lives(MachineState machine) {
        return switch (machine.getPower()) {
            case STARTING, RUNNING, PAUSED, SHUTTING_DOWN, INCOMING -> true;
            case OFF, CRASHED, SAVED, POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    /** Whether it executes here, which at any time only one host may say. */
    static boolean executes(MachineState machine) {
        return machine.getPower() == PowerState.RUNNING
                || machine.getPower() == PowerState.PAUSED
                || machine.getPower() == PowerState.SHUTTING_DOWN;
    }
}
