package org.bellwether.engine.vm;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import javax.crypto.Cipher;
import javax.crypto.spec.SecretKeySpec;
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
    private static final int CHALLENGE_BYTES = 16;
    /** VNC takes no longer passwords: eight characters, here of 64 kinds. */
    private static final int PASSWORD_BYTES = 6;

    /** Far more than anybody opens within two minutes. */
    private static final int MOST_OF_ONE_USER = 100;

    private static final SecureRandom RANDOM = new SecureRandom();

    private final Clock clock;
    private final Map<String, Ticket> tickets = new HashMap<>();
    private final Map<String, Ticket> passwords = new HashMap<>();

    ConsoleTickets(Clock clock) {
        this.clock = clock;
    }

    /** @param begun when it was given out */
    record Ticket(Id<Vm> vm, Principal user, Instant begun, Instant end) {}

    synchronized String issue(Id<Vm> vm, Principal user, Duration life) {
        return issue(tickets, BYTES, vm, user, life);
    }

    /** A password for one visit of a VNC client. */
    synchronized String issuePassword(Id<Vm> vm, Principal user, Duration life) {
        return issue(passwords, PASSWORD_BYTES, vm, user, life);
    }

    private String issue(Map<String, Ticket> kind, int length, Id<Vm> vm, Principal user, Duration life) {
        var now = clock.instant();
        kind.values().removeIf(ticket -> !ticket.end().isAfter(now));
        long waiting = kind.values().stream()
                .filter(ticket -> ticket.user().id().equals(user.id()))
                .count();
        if (waiting >= MOST_OF_ONE_USER) {
            throw Failure.conflict(user.name() + " is given no more tickets for consoles now")
                    .because(waiting + " were not used yet")
                    .next("Use one of them, or wait until they have ended");
        }
        var value = Base64.getUrlEncoder().withoutPadding().encodeToString(random(length));
        kind.put(value, new Ticket(vm, user, now, now.plus(life)));
        return value;
    }

    private static byte[] random(int length) {
        var bytes = new byte[length];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    /** The ticket, which is used up by this, also when it was shown at another machine. */
    synchronized Optional<Ticket> redeem(String value, Id<Vm> vm) {
        return Optional.ofNullable(tickets.remove(value))
                .filter(ticket -> ticket.end().isAfter(clock.instant()))
                .filter(ticket -> ticket.vm().equals(vm));
    }

    /** What a VNC client has to encrypt with its password. */
    static byte[] challenge() {
        return random(CHALLENGE_BYTES);
    }

    /** The ticket whose password encrypts the challenge so; it is used up by this. */
    synchronized Optional<Ticket> redeemPassword(byte[] challenge, byte[] response) {
        var now = clock.instant();
        passwords.values().removeIf(ticket -> !ticket.end().isAfter(now));
        var found = passwords.keySet().stream()
                .filter(password -> MessageDigest.isEqual(encrypted(challenge, password), response))
                .findFirst();
        return found.map(passwords::remove);
    }

    /** As RFB 3.8 says in 7.2.2, with each byte of the key the other way round, as all clients do. */
    static byte[] encrypted(byte[] challenge, String password) {
        var key = new byte[8];
        for (int at = 0; at < Math.min(key.length, password.length()); at++) {
            key[at] = (byte) (Integer.reverse(password.charAt(at)) >>> 24);
        }
        try {
            // The protocol knows nothing better; the password is good for one visit within two minutes.
            var cipher = Cipher.getInstance("DES/ECB/NoPadding");
            cipher.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "DES"));
            return cipher.doFinal(challenge);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("DES is part of every Java", e);
        }
    }
}
