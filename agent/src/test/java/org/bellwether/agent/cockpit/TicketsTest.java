package org.bellwether.agent.cockpit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.agent.platform.Refusal;
import org.junit.jupiter.api.Test;

class TicketsTest {
    private static final Duration LIFE = Duration.ofSeconds(30);

    private final AtomicLong clock = new AtomicLong(Long.MAX_VALUE - 5); // it may run over
    private final Tickets tickets = new Tickets(clock::get);

    @Test
    void a_ticket_opens_once() throws Exception {
        tickets.add(hash("one"), "ann@internal", LIFE);
        assertThat(tickets.redeem("two")).isEmpty();
        assertThat(tickets.redeem("one")).contains("ann@internal");
        assertThat(tickets.redeem("one")).isEmpty();
    }

    @Test
    void a_ticket_is_over_after_its_time() throws Exception {
        tickets.add(hash("one"), "ann@internal", LIFE);
        clock.addAndGet(LIFE.toNanos() - 1);
        tickets.add(hash("two"), "bob@internal", LIFE);
        clock.addAndGet(1);
        assertThat(tickets.redeem("one")).isEmpty();
        assertThat(tickets.redeem("two")).contains("bob@internal");
    }

    @Test
    void what_is_no_ticket_is_refused() {
        assertThatThrownBy(() -> tickets.add(new byte[0], "ann@internal", LIFE)).isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> tickets.add(hash("one"), "ann@internal", Duration.ofHours(1)))
                .isInstanceOf(Refusal.class);
        assertThatThrownBy(() -> tickets.add(hash("one"), "ann@internal", Duration.ZERO))
                .isInstanceOf(Refusal.class);
        assertThat(tickets.redeem("")).isEmpty();
    }

    @Test
    void nobody_fills_the_memory_with_them() throws Exception {
        for (int each = 0; each < 100; each++) {
            tickets.add(hash("ticket " + each), "ann@internal", LIFE);
        }
        assertThatThrownBy(() -> tickets.add(hash("one more"), "ann@internal", LIFE))
                .isInstanceOf(Refusal.class);
        clock.addAndGet(LIFE.toNanos());
        tickets.add(hash("one more"), "ann@internal", LIFE);
        assertThat(tickets.redeem("one more")).contains("ann@internal");
    }

    private static byte[] hash(String ticket) throws Exception {
        return MessageDigest.getInstance("SHA-256").digest(ticket.getBytes(StandardCharsets.UTF_8));
    }
}
