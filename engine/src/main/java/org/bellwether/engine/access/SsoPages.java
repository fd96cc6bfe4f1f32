package org.bellwether.engine.access;

import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
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
 * Signing on as the SDKs do: a password for a token, and the token's end. Answers and errors are JSON of the forms that they
 * know, with status 400 for whatever is wrong; a 401 here would make some of them ask the person again.
 */
final class SsoPages {
    private static final String SSO = "/ovirt-engine/sso";

    private final Accounts accounts;
    private final Tokens tokens;
    private final ProviderPages provider;
    private final Kerberos kerberos;
    private final InstantSource clock;

    SsoPages(Accounts accounts, Tokens tokens, ProviderPages provider, Kerberos kerberos, InstantSource clock) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.provider = provider;
        this.kerberos = kerberos;
        this.clock = clock;
    }

    void declare(Site.Builder site) {
        site.on("POST", SSO + "/oauth/token", this::token);
        site.on("GET", SSO + "/oauth/token", this::token);
        site.on("POST", SSO + "/openid/token", this::token);
        site.on("POST", SSO + "/oauth/token-http-auth", this::negotiated);
        site.on("POST", SSO + "/oauth/revoke", this::revoke);
        site.on("POST", SSO + "/oauth/token-info", this::info);
        site.on("GET", SSO + "/status", _ -> WebReply.json(200, Json.object(Map.of("status", "active"))));
        site.on("POST", "/ovirt-engine/services/sso-logout", this::revoke);
    }

    private WebReply token(WebRequest request) {
        if (request.method().equals("GET")) {
            // A password in an address would end in logs and histories.
            return error("", "invalid_request", "Send the request as a form, with POST.");
        }
        Map<String, String> form = Form.of(request);
        String scope = form.getOrDefault("scope", "");
        Optional<String> grant = Optional.ofNullable(form.get("grant_type"));
        if (grant.isEmpty()) {
            return error(scope, "invalid_request", "The parameter grant_type is missing.");
        }
        if (grant.get().equals("authorization_code")) {
            return provider.exchange(request, form);
        }
        if (!grant.get().equals("password")) {
            return error(
                    scope,
                    "unsupported_grant_type",
                    "Only grant_type=password and authorization_code are served: sign on with name and password.");
        }
        String name = form.getOrDefault("username", "");
        if (name.isEmpty() || !form.containsKey("password")) {
            return error(scope, "invalid_request", "The parameters username and password are both needed.");
        }
        try {
            Principal user = accounts.check(
                    name, Secret.of(form.getOrDefault("password", "")), form.getOrDefault("otp", ""), request.remote());
            return granted(user, scope, request.remote());
        } catch (Failure refused) {
            return refused(scope, refused);
        }
    }

    /** Signs somebody on whom Kerberos knows, without a password. */
    private WebReply negotiated(WebRequest request) {
        String scope = Form.of(request).getOrDefault("scope", "");
        if (!kerberos.served()) {
            return error(
                    scope,
                    "unsupported_grant_type",
                    "No directory of this engine signs on by Kerberos: sign on with name and password.");
        }
        try {
            var met = kerberos.met(request);
            return met.user()
                    .map(user -> granted(user, scope, request.remote()))
                    .orElseGet(() -> WebReply.text(401, "text/plain", ""))
                    .with("WWW-Authenticate", met.answer());
        } catch (Failure refused) {
            return refused(scope, refused);
        }
    }

    private WebReply granted(Principal user, String scope, String remote) {
        accounts.signedOn(user, remote);
        Secret token = tokens.issue(user.id(), scope.isEmpty() ? StoredToken.API_SCOPE : scope, remote);
        Instant end = clock.instant().plus(Tokens.IDLE);
        return WebReply.json(
                200,
                Json.object(Map.of(
                        "access_token",
                        token.reveal(),
                        "scope",
                        scope.isEmpty() ? StoredToken.API_SCOPE : scope,
                        "exp",
                        String.valueOf(end.toEpochMilli()),
                        "token_type",
                        "bearer")));
    }

    /** Answers the same whether there was such a token or not; some clients send an empty one. */
    private WebReply revoke(WebRequest request) {
        String token = Form.of(request).getOrDefault("token", "");
        if (!token.isEmpty()) {
            Secret secret = Secret.of(token);
            tokens.look(secret).ifPresent(stored -> accounts.signedOff(stored.user()));
            tokens.revoke(secret);
        }
        return WebReply.json(200, "{}");
    }

    private WebReply info(WebRequest request) {
        Map<String, String> form = Form.of(request);
        Optional<StoredToken> found = tokens.look(Secret.of(form.getOrDefault("token", "")));
        Optional<Principal> user = found.flatMap(token -> accounts.principal(token.user()));
        if (found.isEmpty() || user.isEmpty()) {
            return error(form.getOrDefault("scope", ""), "invalid_grant", "The token is not valid.");
        }
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("active", true);
        members.put("token_type", "bearer");
        members.put("scope", found.get().scope());
        members.put("user_id", user.get().name());
        members.put("exp", String.valueOf(found.get().end(Tokens.IDLE).toEpochMilli()));
        return WebReply.json(200, Json.object(members));
    }

    private static WebReply refused(String scope, Failure failure) {
        return failure.kind() == Failure.Kind.UNAUTHENTICATED
                ? error(scope, "access_denied", failure.what() + ": " + failure.cause() + ". " + failure.next() + ".")
                : error(scope, "server_error", failure.detail());
    }

    /** Clients of the API know an older form than the one of OAuth. */
    private static WebReply error(String scope, String code, String description) {
        return scope.contains(StoredToken.API_SCOPE)
                ? WebReply.json(400, Json.object(Map.of("error_code", code, "error", description)))
                : WebReply.json(400, Json.object(Map.of("error", code, "error_description", description)));
    }
}
