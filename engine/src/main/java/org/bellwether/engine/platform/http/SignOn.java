package org.bellwether.engine.platform.http;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;

/**
 * Finds out who calls: by the token of {@code Authorization: Bearer}, by the password of {@code Basic}, or by the cookie that
 * an earlier call with {@code Prefer: persistent-auth} was given.
 */
final class SignOn {
    private static final String COOKIE = "JSESSIONID";
    private static final int LONGEST_MINUTES = 24 * 60;

    private final Gate gate;

    SignOn(Gate gate) {
        this.gate = gate;
    }

    /**
     * Who calls.
     *
     * @param cookie a new session for the client to keep, if it asked for one
     */
    record Caller(Principal principal, Optional<Secret> cookie) {
        WebReply answered(WebReply reply) {
            // Strict, so that no page of another site can make a browser use it.
            return cookie.map(session -> reply.with(
                            "Set-Cookie",
                            COOKIE + "=" + session.reveal() + "; Path=" + ApiPath.BASE
                                    + "; Secure; HttpOnly; SameSite=Strict"))
                    .orElse(reply);
        }
    }

    /** @throws Failure of the kind UNAUTHENTICATED if nobody is known to call */
    Caller identify(WebRequest request) {
        String preferred = request.header("prefer").orElse("").toLowerCase(Locale.ROOT);
        Optional<Secret> cookie = preferred.contains("new-auth") ? Optional.empty() : cookie(request);
        Optional<Principal> kept = cookie.flatMap(gate::ofToken);
        Optional<String> authorization = request.header("authorization");
        if (authorization.isEmpty()) {
            return kept.map(principal -> new Caller(principal, Optional.empty()))
                    .orElseThrow(SignOn::nobody);
        }
        Principal principal = authorized(authorization.get(), request.remote());
        boolean wantsCookie = preferred.contains("persistent-auth") && !kept.equals(Optional.of(principal));
        return new Caller(
                principal, wantsCookie ? Optional.of(gate.session(principal, idle(request))) : Optional.empty());
    }

    /** What the client wants its session to live for without being used: {@code Session-TTL}, in minutes. */
    private static Optional<Duration> idle(WebRequest request) {
        return request.header("session-ttl").map(text -> {
            if (!text.strip().matches("[1-9][0-9]{0,3}") || Integer.parseInt(text.strip()) > LONGEST_MINUTES) {
                throw Failure.badRequest("The header Session-TTL is not a time that a session can have")
                        .next("Write minutes, from 1 to " + LONGEST_MINUTES);
            }
            return Duration.ofMinutes(Integer.parseInt(text.strip()));
        });
    }

    private Principal authorized(String authorization, String remote) {
        int space = authorization.indexOf(' ');
        String scheme = (space < 0 ? authorization : authorization.substring(0, space)).toLowerCase(Locale.ROOT);
        String credentials = space < 0 ? "" : authorization.substring(space + 1).strip();
        return switch (scheme) {
            case "bearer" ->
                gate.ofToken(Secret.of(credentials))
                        .orElseThrow(() -> Failure.unauthenticated("The access token is not valid")
                                .because("it was never given out, was revoked, or was not used for too long")
                                .next("Sign on again"));
            case "basic" -> basic(credentials, remote);
            default ->
                throw Failure.unauthenticated("The way of signing on is not served")
                        .next("Use Bearer or Basic");
        };
    }

    private Principal basic(String credentials, String remote) {
        String decoded;
        try {
            decoded = new String(Base64.getDecoder().decode(credentials), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException broken) {
            throw Failure.unauthenticated("The credentials are not readable").next("Sign on again");
        }
        int colon = decoded.indexOf(':');
        if (colon < 0) {
            throw Failure.unauthenticated("The credentials are not readable").next("Send name and password");
        }
        return gate.ofPassword(decoded.substring(0, colon), Secret.of(decoded.substring(colon + 1)), remote);
    }

    private static Optional<Secret> cookie(WebRequest request) {
        for (String pair : request.header("cookie").orElse("").split(";")) {
            String cookie = pair.strip();
            if (cookie.startsWith(COOKIE + "=")) {
                return Optional.of(Secret.of(cookie.substring(COOKIE.length() + 1)));
            }
        }
        return Optional.empty();
    }

    private static Failure nobody() {
        return Failure.unauthenticated("The request does not say who sends it")
                .next("Sign on at /ovirt-engine/sso/oauth/token, or send name and password");
    }
}
