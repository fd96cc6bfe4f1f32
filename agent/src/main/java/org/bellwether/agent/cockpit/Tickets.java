package org.bellwether.agent.cockpit;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.bellwether.agent.platform.Refusal;

/**
 * Those that the engine has told this host of. They live in memory: with the agent they end, and one asks for another. Only
 * their hashes are known here until somebody shows one.
 */
final class Tickets {
    /** Longer is no use to anybody but a thief. */
    static final Duration LONGEST_LIFE = Duration.ofMinutes(1);

    private static final int MOST = 100;
    private static final int HASH_BYTES = 32;

    private final LongSupplier nanos;
    private final Map<String, Ticket> waiting = new HashMap<>();

    private record Ticket(String user, long end) {}

    /** @param nanos a clock that nobody sets, such as {@link System#nanoTime} */
    Tickets(LongSupplier nanos) {
        this.nanos = nanos;
    }

    synchronized void add(byte[] hash, String user, Duration life) {
        if (hash.length != HASH_BYTES || life.compareTo(LONGEST_LIFE) > 0 || !life.isPositive()) {
            throw Refusal.badRequest("A ticket is told by its SHA-256 and lives for at most " + LONGEST_LIFE.toSeconds()
                    + " s, not " + life.toSeconds() + " s");
        }
        sweep();
        if (waiting.size() >= MOST) {
            throw Refusal.wrongState("This host takes no more tickets for Cockpit now")
                    .because(MOST + " were not used yet")
                    .next("Try again in a minute.");
        }
        waiting.put(HexFormat.of().formatHex(hash), new Ticket(user, nanos.getAsLong() + life.toNanos()));
    }

    /** Whom the engine vouched for with this ticket, which is used up by being shown. */
    synchronized Optional<String> redeem(String ticket) {
        sweep();
        return Optional.ofNullable(waiting.remove(HexFormat.of().formatHex(sha256(ticket))))
                .map(Ticket::user);
    }

    private void sweep() {
        long now = nanos.getAsLong();
        waiting.values().removeIf(ticket -> ticket.end() - now <= 0);
    }

    private static byte[] sha256(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("SHA-256 is part of every Java", e);
        }
    }
}
