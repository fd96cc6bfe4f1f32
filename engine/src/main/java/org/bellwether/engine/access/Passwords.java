package org.bellwether.engine.access;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checks names and passwords. Argon2 takes tens of milliseconds on purpose; clients that send their password with every
 * request are spared it for a minute after it was right. Safe for use by several threads.
 */
final class Passwords {
    private static final Logger log = LoggerFactory.getLogger(Passwords.class);
    private static final Duration REMEMBERED = Duration.ofMinutes(1);
    private static final int LONGEST = 1024;

    private final Map<String, InternalUser> users;
    private final LoginGuard guard;
    private final Lockouts lockouts;
    private final SecondFactors factors;
    private final InstantSource clock;
    private final SecretKeySpec key;
    private final Map<String, Instant> right = new ConcurrentHashMap<>();
    /** Checked when there is no such user, so that the time it takes does not tell who exists. */
    private final String nobody;

    Passwords(
            List<InternalUser> users, LoginGuard guard, Lockouts lockouts, SecondFactors factors, InstantSource clock) {
        this.users = new ConcurrentHashMap<>();
        users.forEach(this::put);
        this.guard = guard;
        this.lockouts = lockouts;
        this.factors = factors;
        this.clock = clock;
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.key = new SecretKeySpec(bytes, "HmacSHA256");
        this.nobody = users.getFirst().passwordHash();
    }

    /** From now on the user signs on with this password. */
    void put(InternalUser user) {
        users.put(user.signOnName().toLowerCase(Locale.ROOT), user);
    }

    void remove(UUID user) {
        users.values().removeIf(each -> each.id().equals(user));
    }

    Optional<InternalUser> find(UUID user) {
        return users.values().stream().filter(each -> each.id().equals(user)).findFirst();
    }

    /**
     * The user of that name and password.
     *
     * @param otp the code of the second factor, for whom it is needed
     * @throws Failure of the kind UNAUTHENTICATED that does not tell which of the two was wrong
     */
    InternalUser check(String name, Secret password, String otp, String remote) {
        requirePatience(name, remote);
        Optional<InternalUser> user = Optional.ofNullable(users.get(name.toLowerCase(Locale.ROOT)));
        user.ifPresent(known -> requireUnlocked(name, known.id(), remote));
        boolean correct = password.reveal().length() <= LONGEST && isRight(user, password);
        if (!correct || user.isEmpty()) {
            user.ifPresent(known -> lockouts.failed(known.id()));
            throw wrong(name, remote);
        }
        requireFactor(name, user.get().id(), otp, remote);
        right.put(mark(user.get(), password), clock.instant());
        return user.get();
    }

    private void requireUnlocked(String name, UUID user, String remote) {
        Optional<Instant> locked = lockouts.until(user);
        if (locked.isPresent()) {
            guard.failed(remote);
            throw refused(name)
                    .because("too many wrong passwords or codes came for this user")
                    .next("Try again after "
                            + locked.get().truncatedTo(ChronoUnit.SECONDS)
                            + ", or ask an administrator to unlock the user or to set another password");
        }
    }

    /** Refuses who has guessed too often, whichever directory is asked. */
    void requirePatience(String name, String remote) {
        Optional<Duration> wait = guard.wait(remote);
        if (wait.isPresent()) {
            throw refused(name)
                    .because("too many log-ins from this address have failed")
                    .next("Wait " + (wait.get().toSeconds() + 1) + " seconds and try again");
        }
    }

    /** Counts a wrong password, and says so without telling which of the two was wrong. */
    Failure wrong(String name, String remote) {
        guard.failed(remote);
        log.warn("A log-in from {} failed", remote);
        return refused(name)
                .because("the name or the password is wrong")
                .next("Verify both; the name ends in @ and a profile, such as @" + InternalUser.PROFILE);
    }

    /** After the password was right: the second factor, for whom it is needed. */
    void requireFactor(String name, UUID user, String otp, String remote) {
        if (factors.needed(user)) {
            // Also for who has a password elsewhere, and for who comes from another address with each guess.
            requireUnlocked(name, user, remote);
        }
        if (!factors.right(user, otp)) {
            // Whoever has found the password must not find the code by trying all of them.
            if (!otp.isEmpty()) {
                guard.failed(remote);
                lockouts.failed(user);
            }
            throw refused(name)
                    .because(otp.isEmpty() ? SecondFactors.NEEDED : "the code of the second factor is wrong")
                    .next("Send the code that the authenticator shows as otp; programs use a token of their own");
        }
        guard.succeeded(remote);
        lockouts.succeeded(user);
    }

    void sweep() {
        Instant now = clock.instant();
        right.values().removeIf(instant -> instant.plus(REMEMBERED).isBefore(now));
    }

    private boolean isRight(Optional<InternalUser> user, Secret password) {
        if (user.isPresent() && isRemembered(user.get(), password)) {
            return true;
        }
        String hash = user.map(InternalUser::passwordHash).orElse(nobody);
        return PasswordHash.matches(password, hash) && user.isPresent();
    }

    private boolean isRemembered(InternalUser user, Secret password) {
        Instant instant = right.get(mark(user, password));
        return instant != null && instant.plus(REMEMBERED).isAfter(clock.instant());
    }

    /** Means nothing without the key, which only this process ever had. */
    private String mark(InternalUser user, Secret password) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(key);
            mac.update(user.passwordHash().getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(mac.doFinal(password.reveal().getBytes(StandardCharsets.UTF_8)));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException("Every Java has HMAC with SHA-256.", impossible);
        }
    }

    static Failure refused(String name) {
        String shown = name.length() > 64 ? name.substring(0, 64) + "…" : name;
        return Failure.unauthenticated("Cannot authenticate user '" + shown + "'");
    }
}
