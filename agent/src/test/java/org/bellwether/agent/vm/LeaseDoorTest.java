package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.util.Optional;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.StartMachineRequest;
import org.bellwether.protocol.VolumeReference;
import org.junit.jupiter.api.Test;

class LeaseDoorTest {
    private static final Optional<Leases.Place> LEASE =
            Optional.of(new Leases.Place("domain", "machine", Path.of("/xleases"), 3L << 20));

    private final StartMachineRequest start = StartMachineRequest.newBuilder()
            .setDefinition(MachineDefinition.newBuilder().setName("web"))
            .build();
    private final StartMachineRequest paused = start.toBuilder().setPaused(true).build();

    @Test
    void a_machine_with_a_lease_does_not_wait_before_its_first_instruction() {
        assertThatThrownBy(() -> LeaseDoor.requireRun(paused, LEASE))
                .isInstanceOf(Refusal.class)
                .hasMessageContaining("Machine web cannot wait")
                .hasMessageContaining("lease");
        assertThatCode(() -> LeaseDoor.requireRun(start, LEASE)).doesNotThrowAnyException();
        assertThatCode(() -> LeaseDoor.requireRun(paused, Optional.empty())).doesNotThrowAnyException();
    }

    @Test
    void what_goes_on_from_its_memory_waits_until_the_engine_has_spent_that() {
        var memory = VolumeReference.getDefaultInstance();
        assertThatCode(() ->
                        LeaseDoor.requireRun(paused.toBuilder().setSaved(memory).build(), LEASE))
                .doesNotThrowAnyException();
        assertThatCode(() -> LeaseDoor.requireRun(
                        paused.toBuilder().setMemory(memory).build(), LEASE))
                .doesNotThrowAnyException();
    }
}
