package org.bellwether.agent.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

final class CheckpointTest {
    @Test
    void is_written_down_for_an_agent_that_is_started_again() {
        for (Checkpoint checkpoint : new Checkpoint[] {
            new Checkpoint("/org/freedesktop/NetworkManager/Checkpoint/1", Map.of("eth0", "a-b", "ovirtmgmt", "c-d")),
            new Checkpoint("", Map.of("eth0", "a-b")),
            new Checkpoint("", Map.of())
        }) {
            assertThat(Checkpoint.of(checkpoint.text())).isEqualTo(checkpoint);
        }
    }

    @Test
    void an_agent_that_made_none_has_none() {
        assertThat(Checkpoint.of("").goBack()).isFalse();
        assertThat(Checkpoint.of("").drop()).isTrue();
    }
}
