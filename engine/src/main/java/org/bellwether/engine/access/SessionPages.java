package org.bellwether.engine.access;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Form;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * The session of a browser. Its token lives in the page's memory; so that it survives a reload, it is kept in a cookie too, that
 * no script can read and that is sent to this one place only. Signing off ends the token, and with it every tab that uses it.
 */
final class SessionPages {
    static final String PATH = "/ovirt-engine/sso/session";

    private static final String COOKIE = "BELLWETHER_SESSION";
    private static final String SCOPE = "ovirt-app-api";

    private final Accounts accounts;
    private final Tokens tokens;

    SessionPages(Accounts accounts, Tokens tokens) {
        this.accounts = accounts;
        this.tokens = tokens;
    }

    void declare(Site.Builder site) {
        site.on("GET", PATH, this::current);
        site.on("POST", PATH, this::begin);
        site.on("DELETE", PATH, this::end);
    }

    private WebReply begin(WebRequest request) {
        requireOwnPage(request);
        Map<String, String> form = Form.of(request);
        try {
            Principal user = accounts.check(
                    form.getOrDefault("username", ""),
                    Secret.of(form.getOrDefault("password", "")),
                    form.getOrDefault("otp", ""),
                    request.remote());
            Secret token = issued(user, request.remote());
            return session(user, token).with("Set-Cookie", cookie(token.reveal(), ""));
        } catch (Failure refused) {
            if (refused.kind() != Failure.Kind.UNAUTHENTICATED) {
                throw refused;
            }
            // Not a 401: a browser would ask for a password by itself.
            return WebReply.json(
                    400,
                    Json.object(Map.of(
                            "error", refused.detail(), "second_factor", SecondFactors.NEEDED.equals(refused.cause()))));
        }
    }

    private Secret issued(Principal user, String remote) {
        accounts.signedOn(user, remote);
        return tokens.issue(user.id(), SCOPE, remote);
    }

    /** The cookie of a new session, for somebody who signed on elsewhere. */
    String begun(Principal user, String remote) {
        return cookie(issued(user, remote).reveal(), "");
    }

    private WebReply current(WebRequest request) {
        requireOwnPage(request);
        Optional<Secret> token = kept(request);
        Optional<Principal> user = token.flatMap(tokens::use)
                .filter(StoredToken::opensApi)
                .flatMap(stored -> accounts.principal(stored.user()));
        return token.isPresent() && user.isPresent() ? session(user.get(), token.get()) : WebReply.json(200, "{}");
    }

    private WebReply end(WebRequest request) {
        requireOwnPage(request);
        kept(request).ifPresent(token -> {
            if (request.query().contains("everywhere=true")) {
                tokens.look(token).filter(StoredToken::opensApi).ifPresent(stored -> tokens.revokeAll(stored.user()));
            }
            tokens.look(token).ifPresent(stored -> accounts.signedOff(stored.user()));
            tokens.revoke(token);
        });
        return WebReply.json(200, "{}").with("Set-Cookie", cookie("", "; Max-Age=0"));
    }

    private static WebReply session(Principal user, Secret token) {
        Map<String, Object> members = new HashMap<>();
        members.put("access_token", token.reveal());
        members.put("user_id", user.id().toString());
        members.put("user_name", user.name());
        members.put("administrator", user.administrator());
        members.put("idle_seconds", Tokens.IDLE.toSeconds());
        return WebReply.json(200, Json.object(members));
    }

    private static String cookie(String value, String more) {
        return COOKIE + "=" + value + "; Path=" + PATH + "; Secure; HttpOnly; SameSite=Strict" + more;
    }

    /** Beside the cookie's SameSite, for browsers that say where a request comes from. */
    private static void requireOwnPage(WebRequest request) {
        if (!request.header("sec-fetch-site").orElse("same-origin").equals("same-origin")) {
            throw Failure.forbidden("Sessions are for the engine's own pages")
                    .next("Sign on at /ovirt-engine/sso/oauth/token");
        }
    }

    private static Optional<Secret> kept(WebRequest request) {
        return request.cookie(COOKIE).map(Secret::of);
    }
}
