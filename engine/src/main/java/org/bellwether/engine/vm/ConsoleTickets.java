package org.bellwether.engine.vm;

import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;

/**
 * Tickets for consoles: each opens one console of one machine, once, for who was given it. They live in memory: after a
 * restart of the engine one asks for another.
 */
final class ConsoleTickets {

    static final Duration LIFE = Duration.ofMinutes(2);

    private static final int BYTES = 32;
    /** Far more than anybody opens within two minutes. */
    private static final int MOST_OF_ONE_USER = 100;

    private final Clock clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Ticket> tickets = new HashMap<>();

    ConsoleTickets(Clock clock) {
        this.clock = clock;
    }

    record Ticket(Id<Vm> vm, Principal user, Instant end) {}

    synchronized String issue(Id<Vm> vm, Principal user, Duration life) {
        var now = clock.instant();
        tickets.values().removeIf(ticket -> !ticket.end().isAfter(now));
        long waiting = tickets.values().stream()
                .filter(ticket -> ticket.user().id().equals(user.id()))
                .count();
        if (waiting >= MOST_OF_ONE_USER) {
            throw Failure.conflict(user.name() + " is given no more tickets for consoles now")
                    .because(waiting + " were not used yet")
                    .next("Use one of them, or wait until they have ended");
        }
        var bytes = new byte[BYTES];
        random.nextBytes(bytes);
        var value = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        tickets.put(value, new Ticket(vm, user, now.plus(life)));
        return value;
    }

    /** The ticket, which is used up by this, also when it was shown at another machine. */
    synchronized Optional<Ticket> redeem(String value, Id<Vm> vm) {
        return Optional.ofNullable(tickets.remove(value))
                .filter(ticket -> ticket.end().isAfter(clock.instant()))
                .filter(ticket -> ticket.vm().equals(vm));
    }
}
