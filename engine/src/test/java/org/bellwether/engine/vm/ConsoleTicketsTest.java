package org.bellwether.engine.vm;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.junit.jupiter.api.Test;

class ConsoleTicketsTest {
    private static final Principal ANNA = new Principal(new UUID(1, 1), "anna@internal", false);
    private static final Principal BERT = new Principal(new UUID(1, 2), "bert@internal", false);

    private final Moving clock = new Moving();
    private final ConsoleTickets tickets = new ConsoleTickets(clock);
    private final Id<Vm> vm = Id.random();

    @Test
    void a_ticket_is_good_once() {
        String ticket = tickets.issue(vm, ANNA, ConsoleTickets.LIFE);
        assertThat(ticket).hasSizeGreaterThan(40);
        assertThat(tickets.redeem(ticket, vm))
                .hasValueSatisfying(found -> assertThat(found.user()).isEqualTo(ANNA));
        assertThat(tickets.redeem(ticket, vm)).isEmpty();
    }

    @Test
    void a_ticket_shown_at_another_machine_is_used_up() {
        String ticket = tickets.issue(vm, ANNA, ConsoleTickets.LIFE);
        assertThat(tickets.redeem(ticket, Id.random())).isEmpty();
        assertThat(tickets.redeem(ticket, vm)).isEmpty();
    }

    @Test
    void a_ticket_ends_after_its_time() {
        String ticket = tickets.issue(vm, ANNA, ConsoleTickets.LIFE);
        clock.now = clock.now.plus(ConsoleTickets.LIFE);
        assertThat(tickets.redeem(ticket, vm)).isEmpty();
    }

    @Test
    void a_password_is_known_by_what_it_encrypts_and_is_good_once() {
        String password = tickets.issuePassword(vm, ANNA, ConsoleTickets.LIFE);
        assertThat(password).hasSize(8);
        byte[] challenge = ConsoleTickets.challenge();
        byte[] response = ConsoleTickets.encrypted(challenge, password);
        assertThat(tickets.redeemPassword(ConsoleTickets.challenge(), response)).isEmpty();
        assertThat(tickets.redeem(password, vm)).as("it opens no other door").isEmpty();
        assertThat(tickets.redeemPassword(challenge, response))
                .hasValueSatisfying(found -> assertThat(found.vm()).isEqualTo(vm));
        assertThat(tickets.redeemPassword(challenge, response)).isEmpty();
        String late = tickets.issuePassword(vm, ANNA, ConsoleTickets.LIFE);
        clock.now = clock.now.plus(ConsoleTickets.LIFE);
        assertThat(tickets.redeemPassword(challenge, ConsoleTickets.encrypted(challenge, late)))
                .isEmpty();
    }

    /** The key's bytes are turned round, as VNC's first program did: the pair is one of the cipher with the key 80 00 …. */
    @Test
    void passwords_encrypt_as_vnc_clients_do() {
        assertThat(ConsoleTickets.encrypted(new byte[8], "\u0001"))
                .isEqualTo(java.util.HexFormat.of().parseHex("95a8d72813daa94d"));
    }

    @Test
    void nobody_fills_the_engine_with_tickets_and_nobody_else_suffers() {
        for (int i = 0; i < 100; i++) {
            tickets.issue(vm, ANNA, Duration.ofSeconds(60));
        }
        assertThatThrownBy(() -> tickets.issue(vm, ANNA, Duration.ofSeconds(60)))
                .hasMessageContaining("no more tickets");
        assertThat(tickets.issue(vm, BERT, Duration.ofSeconds(60))).isNotBlank();
        clock.now = clock.now.plusSeconds(61);
        assertThat(tickets.issue(vm, ANNA, Duration.ofSeconds(60))).isNotBlank();
    }

    private static final class Moving extends Clock {
        private Instant now = Instant.parse("2026-01-01T00:00:00Z");

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }

        @Override
        public Instant instant() {
            return now;
        }
    }
}
