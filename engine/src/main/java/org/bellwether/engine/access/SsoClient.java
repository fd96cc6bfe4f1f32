package org.bellwether.engine.access;

import java.net.URI;
import java.util.List;
import java.util.Map;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.store.Stored;

/**
 * A program whose users the engine vouches for, by OpenID Connect.
 *
 * @param name its client id
 * @param redirects where browsers may be sent back to, each exactly as the program says it
 * @param api whether it may act in the API as who signed on; if not, it learns who that is and nothing else
 * @param secretHash of what it shows when it asks for a token, in hexadecimal digits
 */
record SsoClient(Id<SsoClient> id, String name, List<String> redirects, boolean api, String secretHash)
        implements Stored<SsoClient> {
    private static final int MOST_REDIRECTS = 20;
    private static final int LONGEST = 500;

    SsoClient {
        redirects = List.copyOf(redirects);
    }

    boolean knows(Secret secret) {
        return TokenHash.of(secret).equals(TokenHash.ofHexadecimal(secretHash));
    }

    /** @throws Failure of the kind BAD_REQUEST when it cannot be one */
    SsoClient checked() {
        if (!name.matches("[A-Za-z0-9._-]{1,60}")) {
            throw Failure.badRequest("A client cannot be called '" + name + "'")
                    .because("its id has 1 to 60 letters, digits and . _ -");
        }
        if (redirects.isEmpty() || redirects.size() > MOST_REDIRECTS) {
            throw Failure.badRequest("A client has 1 to " + MOST_REDIRECTS + " addresses to which browsers come back")
                    .next("Give redirect_uris, separated by blanks");
        }
        redirects.forEach(SsoClient::requireAddress);
        return this;
    }

    /** Over TLS, but for programs on the person's own machine; and without a fragment, which OAuth forbids. */
    private static void requireAddress(String redirect) {
        boolean fits = redirect.length() <= LONGEST
                && redirect.matches("https://[^ #]+|http://(127\\.0\\.0\\.1|localhost|\\[::1])(:[0-9]+)?(/[^ #]*)?");
        try {
            fits = fits && URI.create(redirect).getHost() != null;
        } catch (IllegalArgumentException noAddress) {
            fits = false;
        }
        if (!fits) {
            throw Failure.badRequest("'" + redirect + "' is no address to which browsers can come back")
                    .next("Write it as the program sends it: https://host/path, without # and what follows");
        }
    }

    Map<String, Object> shown() {
        return Map.of("id", id.toString(), "name", name, "redirect_uris", String.join(" ", redirects), "api", api);
    }
}
