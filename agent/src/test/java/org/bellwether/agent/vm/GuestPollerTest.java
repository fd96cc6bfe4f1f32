package org.bellwether.agent.vm;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.vm.GuestPoller.Told;
import org.bellwether.agent.vm.GuestPoller.Turn;
import org.junit.jupiter.api.Test;

class GuestPollerTest {
    @Test
    void a_guest_is_asked_every_two_seconds_until_it_has_an_address_and_then_ever_more_seldom() {
        Turn turn = Turn.first(0);
        for (int i = 1; i <= 6; i++) {
            turn = turn.after(Told.NO_ADDRESS, turn.dueMillis());
            assertThat(turn.dueMillis()).isEqualTo(i * 2_000L);
        }
        assertThat(pauses(turn, Told.SOMETHING, 7))
                .containsExactly(2_000L, 3_000L, 5_000L, 10_000L, 20_000L, 60_000L, 60_000L);
    }

    @Test
    void a_guest_that_never_has_an_address_is_asked_seldom_in_the_end() {
        assertThat(pauses(Turn.first(0), Told.NO_ADDRESS, 40))
                .startsWith(2_000L, 2_000L)
                .endsWith(60_000L, 60_000L);
    }

    private static List<Long> pauses(Turn first, Told told, int count) {
        List<Long> pauses = new ArrayList<>();
        Turn turn = first;
        for (int i = 0; i < count; i++) {
            Turn next = turn.begun().after(told, turn.dueMillis());
            pauses.add(next.dueMillis() - turn.dueMillis());
            turn = next;
        }
        return pauses;
    }
}
