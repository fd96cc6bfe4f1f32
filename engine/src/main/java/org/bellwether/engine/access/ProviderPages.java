package org.bellwether.engine.access;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.oauth2.sdk.GrantType;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.util.URLUtils;
import com.nimbusds.openid.connect.sdk.SubjectType;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import java.net.URI;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * The engine as a provider of OpenID Connect, for programs that administrators have made known: they send a browser to
 * {@code authorize}, the portal signs its user on and asks for a code, and the program changes that for a token.
 *
 * <p>Nothing is kept between {@code authorize} and the code: the portal sends all again what the program asked, and all is
 * looked at again.
 */
final class ProviderPages {
    private static final String SSO = "/ovirt-engine/sso";
    private static final String OPENID = SSO + "/openid";

    /** Where the portal signs somebody on for a program. */
    private static final String PORTAL = "/authorize";

    private static final Duration ID_TOKEN_LIFE = Duration.ofMinutes(10);
    private static final Set<String> OF_OPENID = Set.of("openid", "profile", "email", "groups");

    private final SsoClients clients;
    private final Accounts accounts;
    private final Users users;
    private final Tokens tokens;
    private final AuthorizationCodes codes;
    private final IdTokens idTokens = new IdTokens();
    private final InstantSource clock;

    ProviderPages(SsoClients clients, Accounts accounts, Users users, Tokens tokens, InstantSource clock) {
        this.clients = clients;
        this.accounts = accounts;
        this.users = users;
        this.tokens = tokens;
        this.codes = new AuthorizationCodes(clock);
        this.clock = clock;
    }

    void declare(Site.Builder site) {
        for (String place : List.of(SSO + "/oauth", OPENID)) {
            site.on("GET", place + "/authorize", this::authorize);
        }
        site.on("POST", OPENID + "/grant", this::grant);
        site.on("GET", OPENID + "/userinfo", this::userInfo);
        site.on("POST", OPENID + "/userinfo", this::userInfo);
        site.on("GET", OPENID + "/jwks", _ -> WebReply.json(200, idTokens.publicKeys()));
        site.on("GET", OPENID + "/.well-known/openid-configuration", ProviderPages::discovery);
    }

    /** What a program asked, and may ask. */
    private record Asked(SsoClient client, String redirect, Map<String, String> words) {
        String word(String name) {
            return words.getOrDefault(name, "");
        }

        /** Where the browser goes with the answer. */
        String back(Map<String, String> answer) {
            Map<String, List<String>> all = new LinkedHashMap<>();
            answer.forEach((name, value) -> all.put(name, List.of(value)));
            if (!word("state").isEmpty()) {
                all.put("state", List.of(word("state")));
            }
            return redirect + (redirect.contains("?") ? "&" : "?") + URLUtils.serializeParameters(all);
        }

        String refused(String code, String description) {
            return back(Map.of("error", code, "error_description", description));
        }
    }

    /** @throws Failure when no program is known that may have asked this, so that no browser is sent to just anywhere */
    private Asked asked(Map<String, String> words) {
        var client = clients.named(words.getOrDefault("client_id", ""))
                .orElseThrow(() -> Failure.badRequest("The engine does not sign users on to this program")
                        .because("no client is known by the id that it sent")
                        .next("An administrator makes it known: bw sso-client create"));
        String redirect = words.getOrDefault("redirect_uri", "");
        if (!client.redirects().contains(redirect)) {
            throw Failure.badRequest("The engine does not send browsers from " + client.name() + " back to there")
                    .because("the address that it sent is none of those that an administrator made known")
                    .next("See them: bw sso-client show " + client.name());
        }
        return new Asked(client, redirect, words);
    }

    private WebReply authorize(WebRequest request) {
        try {
            var asked = asked(request.parameters());
            return OpenIdPages.elsewhere(wrong(asked).orElse(PORTAL + "?" + request.query()));
        } catch (Failure refused) {
            return OpenIdPages.failed(400, refused.detail());
        }
    }

    /** Where the browser goes back to when the question cannot be answered. */
    private static Optional<String> wrong(Asked asked) {
        if (!asked.word("response_type").equals("code")) {
            return Optional.of(asked.refused("unsupported_response_type", "Only response_type=code is served."));
        }
        boolean challenged = !asked.word("code_challenge").isEmpty();
        if (challenged && !asked.word("code_challenge_method").equals("S256")) {
            return Optional.of(asked.refused("invalid_request", "Only code_challenge_method=S256 is served."));
        }
        if (scope(asked).isEmpty()) {
            return Optional.of(asked.refused(
                    "invalid_scope", "Ask for openid" + (asked.client().api() ? " or ovirt-app-api." : ".")));
        }
        return Optional.empty();
    }

    /** The words of the scope that the program may ask for. */
    private static String scope(Asked asked) {
        Set<String> words =
                new LinkedHashSet<>(List.of(asked.word("scope").strip().split("\\s+")));
        words.removeIf(word -> !OF_OPENID.contains(word)
                && !(asked.client().api() && word.startsWith("ovirt-") && word.matches("[a-z0-9:=-]{1,60}")));
        boolean useful = words.contains("openid") || words.stream().anyMatch(word -> word.startsWith("ovirt-app-"));
        return useful ? String.join(" ", words) : "";
    }

    /** Asked by the portal's own page with the session of whoever uses it; answers where the browser goes now. */
    private WebReply grant(WebRequest request) {
        var asked = asked(Json.texts(request.body().read(16 * 1024)));
        var wrong = wrong(asked);
        if (wrong.isPresent()) {
            return to(wrong.get());
        }
        var session = request.bearer().flatMap(tokens::use).filter(StoredToken::opensApi);
        if (session.isEmpty() && asked.word("prompt").equals("none")) {
            return to(asked.refused("login_required", "Nobody is signed on in this browser."));
        }
        // A program's token is not to become one that lives longer, or may do more.
        var own = session.filter(StoredToken::ofPerson)
                .orElseThrow(() ->
                        Failure.unauthenticated("Nobody is signed on").next("Sign on, and send the session's token"));
        Secret code = tokens.made();
        codes.add(
                code,
                new AuthorizationCodes.Granted(
                        asked.client().name(),
                        asked.redirect(),
                        own.user(),
                        scope(asked),
                        asked.word("nonce"),
                        asked.word("code_challenge"),
                        own.created(),
                        clock.instant().plus(AuthorizationCodes.LIFE),
                        Optional.empty()));
        return to(asked.back(Map.of("code", code.reveal())));
    }

    private static WebReply to(String address) {
        return WebReply.json(200, Json.object(Map.of("location", address))).with("Cache-Control", "no-store");
    }

    /** A token for a code. */
    WebReply exchange(WebRequest request, Map<String, String> form) {
        var client = client(request, form);
        if (client.isEmpty()) {
            return error(401, "invalid_client", "No such client, or not its secret.")
                    .with("WWW-Authenticate", "Basic realm=\"clients\"");
        }
        Secret code = Secret.of(form.getOrDefault("code", ""));
        var found = codes.look(code)
                .filter(each -> each.client().equals(client.get().name()));
        if (found.isEmpty()
                || !found.get().redirect().equals(form.getOrDefault("redirect_uri", ""))
                || !found.get().provenBy(form.getOrDefault("code_verifier", ""))) {
            return error(400, "invalid_grant", "The code is not good: it was not given out for this, or is too old.");
        }
        var granted = found.get();
        var user = accounts.principal(granted.user());
        if (user.isEmpty()) {
            return error(400, "invalid_grant", "The user is not there any more.");
        }
        Secret token =
                tokens.issue(granted.user(), granted.scope(), client.get().name(), request.remote(), Optional.empty());
        if (clients.named(client.get().name()).isEmpty()) {
            // Forgotten at this moment: what it was given is not among the sessions that ended with it.
            tokens.revoke(token);
            return error(400, "invalid_client", "No such client.");
        }
        if (granted.token().isPresent() || !codes.spend(code, granted, token)) {
            // Who comes second may be who has the right to it: nobody keeps what was given for it.
            tokens.revoke(token);
            codes.look(code).flatMap(AuthorizationCodes.Granted::token).ifPresent(tokens::revoke);
            return error(400, "invalid_grant", "The code was used before; what was given for it is not good any more.");
        }
        accounts.signedOn(user.get(), request.remote() + " to " + client.get().name());
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("access_token", token.reveal());
        members.put("token_type", "Bearer");
        members.put("expires_in", Tokens.IDLE.toSeconds());
        members.put("scope", granted.scope());
        members.put("exp", String.valueOf(clock.instant().plus(Tokens.IDLE).toEpochMilli()));
        if (List.of(granted.scope().split(" ")).contains("openid")) {
            members.put("id_token", idToken(request, granted, user.get()));
        }
        return WebReply.json(200, Json.object(members)).with("Cache-Control", "no-store");
    }

    private Optional<SsoClient> client(WebRequest request, Map<String, String> form) {
        String name = form.getOrDefault("client_id", "");
        String secret = form.getOrDefault("client_secret", "");
        String header = request.header("authorization").orElse("");
        if (header.regionMatches(true, 0, "Basic ", 0, 6)) {
            try {
                var basic = ClientSecretBasic.parse(header);
                name = basic.getClientID().getValue();
                secret = basic.getClientSecret().getValue();
            } catch (ParseException broken) {
                return Optional.empty();
            }
        }
        Secret shown = Secret.of(secret);
        return clients.named(name).filter(client -> client.knows(shown));
    }

    private String idToken(WebRequest request, AuthorizationCodes.Granted granted, Principal user) {
        var now = clock.instant();
        var claims = new JWTClaimsSet.Builder()
                .issuer(issuer(request))
                .audience(granted.client())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(ID_TOKEN_LIFE)))
                .claim("auth_time", granted.signedOn().getEpochSecond());
        if (!granted.nonce().isEmpty()) {
            claims.claim("nonce", granted.nonce());
        }
        told(user).forEach(claims::claim);
        return idTokens.signed(claims.build());
    }

    /** Whose token it is that comes along. */
    private WebReply userInfo(WebRequest request) {
        var user = request.bearer().flatMap(tokens::use).flatMap(token -> accounts.principal(token.user()));
        if (user.isEmpty()) {
            return error(401, "invalid_token", "The access token is not valid.")
                    .with("WWW-Authenticate", "Bearer error=\"invalid_token\"");
        }
        var claims = new JWTClaimsSet.Builder();
        told(user.get()).forEach(claims::claim);
        return WebReply.json(200, claims.build().toString()).with("Cache-Control", "no-store");
    }

    /** What programs learn of somebody; the subject stays when the name changes. */
    private Map<String, Object> told(Principal user) {
        Map<String, Object> told = new LinkedHashMap<>();
        told.put("sub", user.id().toString());
        told.put("preferred_username", user.name());
        users.find(org.bellwether.engine.platform.Id.of(user.id())).ifPresent(known -> {
            String name = (known.firstName() + " " + known.lastName()).strip();
            told.put("name", name.isEmpty() ? user.name() : name);
            if (!known.email().isEmpty()) {
                told.put("email", known.email());
            }
            told.put(
                    "groups",
                    users.groups().stream()
                            .filter(group -> known.groups().contains(group.id()))
                            .map(Group::name)
                            .sorted()
                            .toList());
        });
        return told;
    }

    private static String issuer(WebRequest request) {
        return at(request) + OPENID;
    }

    private static String at(WebRequest request) {
        return "https://"
                + request.header("host")
                        .filter(host -> host.matches("[\\w.:\\[\\]-]+"))
                        .orElse("localhost");
    }

    /** What OpenID clients ask first; the addresses are on the engine that they asked. */
    private static WebReply discovery(WebRequest request) {
        var here = issuer(request);
        var told = new OIDCProviderMetadata(new Issuer(here), List.of(SubjectType.PUBLIC), URI.create(here + "/jwks"));
        told.setAuthorizationEndpointURI(URI.create(here + "/authorize"));
        told.setTokenEndpointURI(URI.create(here + "/token"));
        told.setUserInfoEndpointURI(URI.create(here + "/userinfo"));
        told.setEndSessionEndpointURI(URI.create(at(request) + SSO + "/oauth/revoke"));
        told.setGrantTypes(List.of(GrantType.AUTHORIZATION_CODE, GrantType.PASSWORD));
        told.setResponseTypes(List.of(ResponseType.CODE));
        told.setIDTokenJWSAlgs(List.of(JWSAlgorithm.RS256));
        told.setScopes(Scope.parse(List.copyOf(OF_OPENID)));
        told.setCodeChallengeMethods(List.of(CodeChallengeMethod.S256));
        told.setTokenEndpointAuthMethods(
                List.of(ClientAuthenticationMethod.CLIENT_SECRET_BASIC, ClientAuthenticationMethod.CLIENT_SECRET_POST));
        told.setClaims(List.of("sub", "preferred_username", "name", "email", "groups", "auth_time"));
        told.setCustomParameter("version", "1.0");
        return WebReply.json(200, told.toJSONObject().toString());
    }

    private static WebReply error(int status, String code, String description) {
        return WebReply.json(status, Json.object(Map.of("error", code, "error_description", description)))
                .with("Cache-Control", "no-store");
    }
}
