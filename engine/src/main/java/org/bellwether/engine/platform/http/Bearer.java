package org.bellwether.engine.platform.http;

import java.util.Optional;
import org.bellwether.engine.platform.Secret;

/** The access token that a request carries: {@code Authorization: Bearer …}, the scheme in any case. */
final class Bearer {
    private static final String SCHEME = "bearer";

    private Bearer() {}

    static Optional<Secret> of(Optional<String> authorization) {
        return authorization
                .filter(header -> header.length() > SCHEME.length()
                        && header.charAt(SCHEME.length()) == ' '
                        && header.regionMatches(true, 0, SCHEME, 0, SCHEME.length()))
                .map(header -> Secret.of(header.substring(SCHEME.length()).strip()));
    }
}
