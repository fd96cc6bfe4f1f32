package org.bellwether.engine.access;

import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;

/**
 * Codes that browsers carry to programs, which get a token for them: once, soon, and only the program that it was made for. In
 * memory only: an engine that ends in between costs one more click.
 */
final class AuthorizationCodes {
    static final Duration LIFE = Duration.ofMinutes(1);
    private static final int MOST = 10_000;

    /**
     * @param challenge what proves that who brings the code is who asked for it; empty when that program does not use it
     * @param token the token that was given for it, once one was
     */
    record Granted(
            String client,
            String redirect,
            UUID user,
            String scope,
            String nonce,
            String challenge,
            Instant signedOn,
            Instant ends,
            Optional<Secret> token) {
        Granted spent(Secret given) {
            return new Granted(client, redirect, user, scope, nonce, challenge, signedOn, ends, Optional.of(given));
        }

        boolean provenBy(String verifier) {
            if (challenge.isEmpty()) {
                return verifier.isEmpty();
            }
            try {
                return CodeChallenge.compute(CodeChallengeMethod.S256, new CodeVerifier(verifier))
                        .getValue()
                        .equals(challenge);
            } catch (IllegalArgumentException noVerifier) {
                return false;
            }
        }
    }

    private final InstantSource clock;
    private final Map<TokenHash, Granted> codes = new ConcurrentHashMap<>();

    AuthorizationCodes(InstantSource clock) {
        this.clock = clock;
    }

    void add(Secret code, Granted granted) {
        Instant now = clock.instant();
        codes.values().removeIf(each -> each.ends().isBefore(now));
        if (codes.size() >= MOST) {
            throw Failure.unavailable("Too many people are signing on at once").next("Try again in a minute");
        }
        codes.put(TokenHash.of(code), granted);
    }

    /** What a code stands for; also if it was spent, so that the token of one that comes twice can be ended. */
    Optional<Granted> look(Secret code) {
        return Optional.ofNullable(codes.get(TokenHash.of(code)))
                .filter(each -> each.ends().isAfter(clock.instant()));
    }

    /** @return false if somebody was faster */
    boolean spend(Secret code, Granted granted, Secret token) {
        return codes.replace(TokenHash.of(code), granted, granted.spent(token));
    }
}
