package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.Optional;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.PowerState;
import org.junit.jupiter.api.Test;

final class VmStatusTest {

    private static final Instant NOW = Instant.parse("2026-11-22T20:00:00Z");

    private static VmStatus status(
            boolean placed, boolean connected, Optional<MachineState> observed, boolean starting) {
        return VmStatus.of(new VmStatus.Facts(placed, connected, observed, false, false, starting, false, false, NOW));
    }

    private static MachineState running(int secondsAgo) {
        return MachineState.newBuilder()
                .setPower(PowerState.RUNNING)
                .setStartedMs(NOW.minusSeconds(secondsAgo).toEpochMilli())
                .build();
    }

    @Test
    void a_machine_no_host_has_is_down() {
        assertThat(status(false, false, Optional.empty(), false)).isEqualTo(VmStatus.DOWN);
    }

    @Test
    void a_machine_of_a_silent_host_is_unknown_and_never_down() {
        assertThat(status(true, false, Optional.of(running(100)), false)).isEqualTo(VmStatus.UNKNOWN);
        assertThat(status(true, false, Optional.empty(), false)).isEqualTo(VmStatus.UNKNOWN);
    }

    @Test
    void a_running_machine_is_up_when_its_guest_answers_or_after_a_minute() {
        assertThat(status(true, true, Optional.of(running(5)), false)).isEqualTo(VmStatus.POWERING_UP);
        assertThat(status(true, true, Optional.of(running(61)), false)).isEqualTo(VmStatus.UP);
        var answering = running(5).toBuilder()
                .setGuest(GuestData.newBuilder().setHostName("tiny"))
                .build();
        assertThat(status(true, true, Optional.of(answering), false)).isEqualTo(VmStatus.UP);
    }

    @Test
    void a_machine_that_is_being_started_waits_for_launch() {
        assertThat(status(true, true, Optional.empty(), true)).isEqualTo(VmStatus.WAIT_FOR_LAUNCH);
        assertThat(status(false, false, Optional.empty(), true)).isEqualTo(VmStatus.WAIT_FOR_LAUNCH);
    }
}
