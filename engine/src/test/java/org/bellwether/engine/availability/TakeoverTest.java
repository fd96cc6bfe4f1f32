package org.bellwether.engine.availability;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.bellwether.protocol.LeaseDescription.Holder;
import org.junit.jupiter.api.Test;

/** Nobody takes a machine over without a proof, nor with a proof of something else. */
class TakeoverTest {

    @Test
    void only_a_lease_that_nobody_alive_can_hold_proves_that_a_machine_runs_nowhere() {
        for (var holder : Holder.values()) {
            assertThat(Takeover.proves(holder))
                    .as(holder.name())
                    .isEqualTo(holder == Holder.NOBODY || holder == Holder.GONE);
        }
    }

    @Test
    void what_was_proven_of_one_host_is_no_proof_for_another() {
        assertThat(Takeover.allowed(Optional.of("h1"), Optional.of("h1"))).isTrue();
        assertThat(Takeover.allowed(Optional.empty(), Optional.empty())).isTrue();
        assertThat(Takeover.allowed(Optional.of("h2"), Optional.of("h1"))).isFalse();
        assertThat(Takeover.allowed(Optional.empty(), Optional.of("h1"))).isFalse();
        assertThat(Takeover.allowed(Optional.of("h1"), Optional.empty()))
                .as("a machine that some host may have is not started as if it were nobody's")
                .isFalse();
    }
}
