package org.bellwether.engine.access;

import java.time.Instant;
import org.bellwether.engine.platform.Secret;

/** What people have on their telephones. */
public final class AuthenticatorApp {
    private final Secret secret;

    public AuthenticatorApp(String secret) {
        this.secret = Secret.of(secret);
    }

    public String code(Instant now) {
        return Totp.code(secret, now.getEpochSecond() / 30);
    }
}
