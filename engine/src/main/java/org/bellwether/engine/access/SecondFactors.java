package org.bellwether.engine.access;

import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.pki.Sealed;

/** Who must give a code beside the password. A factor counts once its owner has shown a code of it. */
final class SecondFactors {

    /** The cause of a refusal after which one asks for the code. */
    static final String NEEDED = "a second factor is needed";

    private final SignOnRepository repository;
    private final InstantSource clock;
    private final Map<UUID, Sealed> secrets = new ConcurrentHashMap<>();
    private final Map<UUID, Secret> wanted = new ConcurrentHashMap<>();
    /** A code that somebody has seen must not work a second time, nor after a restart. */
    private final Map<UUID, Long> used = new ConcurrentHashMap<>();

    SecondFactors(SignOnRepository repository, InstantSource clock) {
        this.repository = repository;
        this.clock = clock;
        used.putAll(repository.used());
        repository.factors().forEach((user, secret) -> secrets.put(user, secret.plain() ? seal(user, secret) : secret));
    }

    /** An older engine wrote it as it is. */
    private Sealed seal(UUID user, Sealed plain) {
        Sealed sealed = Sealed.of(plain.open());
        repository.saveFactor(user, Optional.of(sealed));
        return sealed;
    }

    boolean needed(UUID user) {
        return secrets.containsKey(user);
    }

    /** Whether the code is right; always when none is needed. */
    boolean right(UUID user, String code) {
        return Optional.ofNullable(secrets.get(user))
                .map(secret -> use(user, secret.open(), code))
                .orElse(true);
    }

    /** A secret for the user's authenticator, which counts after {@link #confirm}. */
    Secret begin(UUID user) {
        requireNone(user);
        Secret secret = Totp.newSecret();
        wanted.put(user, secret);
        return secret;
    }

    void confirm(UUID user, String code) {
        requireNone(user);
        Secret secret = wanted.get(user);
        if (secret == null) {
            throw Failure.conflict("No second factor was begun").next("Ask for a secret first");
        }
        if (!use(user, secret, code)) {
            throw Failure.badRequest("The code is wrong")
                    .undone("The second factor does not count yet")
                    .next("Check the clock of the authenticator and try the next code");
        }
        Sealed sealed = Sealed.of(secret);
        repository.saveFactor(user, Optional.of(sealed));
        secrets.put(user, sealed);
        wanted.remove(user);
    }

    /** With another one, who found an open browser would get rid of the one that is needed. */
    private void requireNone(UUID user) {
        if (needed(user)) {
            throw Failure.conflict("There is a second factor already")
                    .undone("It goes on to be asked for")
                    .next("Remove it first, with a code of it");
        }
    }

    void remove(UUID user) {
        repository.saveFactor(user, Optional.empty());
        secrets.remove(user);
        wanted.remove(user);
    }

    private boolean use(UUID user, Secret secret, String code) {
        OptionalLong step = Totp.step(secret, code, clock.instant(), used.getOrDefault(user, 0L));
        if (step.isEmpty()) {
            return false;
        }
        // Of two who send the same code at once only one gets in.
        long now = step.getAsLong();
        AtomicBoolean fresh = new AtomicBoolean();
        used.compute(user, (_, before) -> {
            fresh.set(before == null || before < now);
            return before == null ? Long.valueOf(now) : Long.valueOf(Math.max(before, now));
        });
        if (fresh.get()) {
            repository.saveUsed(user, now);
        }
        return fresh.get();
    }
}
