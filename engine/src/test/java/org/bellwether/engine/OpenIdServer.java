package org.bellwether.engine;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.pkce.CodeChallenge;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Clock;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.bellwether.engine.platform.pki.Authority;

/**
 * A provider of OpenID Connect on the loopback, over TLS: it knows one client, demands its secret and the proof of the code's
 * owner, gives each code once, and lies in the ways that a test tells it to.
 */
final class OpenIdServer implements AutoCloseable {
    static final String CLIENT = "bellwether";
    static final String SECRET = "between us & them";

    /** How it misbehaves. */
    enum Lie {
        NONE,
        OTHER_NONCE,
        OTHER_AUDIENCE,
        OTHER_ISSUER,
        OTHER_KEY,
        UNSIGNED,
        EXPIRED,
        OTHER_PERSON_IN_USER_INFO
    }

    private record Given(AuthenticationRequest asked, Map<String, Object> claims) {}

    private final HttpsServer server;
    private final Authority authority;
    private final RSAKey key;
    private final Map<String, Given> codes = new ConcurrentHashMap<>();
    private volatile Map<String, Object> person = Map.of();
    private volatile Lie lie = Lie.NONE;
    private volatile boolean brief;

    OpenIdServer(Path folder) throws IOException, GeneralSecurityException, JOSEException {
        authority = Authority.open(folder, Clock.systemUTC());
        key = new RSAKeyGenerator(2048).keyID("k1").generate();
        var keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(authority.web(List.of("localhost")).keyStore("x".toCharArray()), "x".toCharArray());
        var context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(context));
        server.createContext("/.well-known/openid-configuration", exchange -> json(exchange, 200, configuration()));
        server.createContext("/keys", exchange -> json(exchange, 200, new JWKSet(key.toPublicJWK()).toString()));
        server.createContext("/token", this::token);
        server.createContext("/me", exchange -> json(exchange, 200, userInfo()));
        server.start();
    }

    String issuer() {
        return "https://localhost:" + server.getAddress().getPort();
    }

    Path authority() {
        return authority.certificateFile();
    }

    /** Who is signed on at it. */
    void person(Map<String, Object> claims) {
        person = Map.copyOf(claims);
    }

    void lie(Lie next) {
        lie = next;
    }

    /** Whether its tokens tell no more than who it is, so that it must be asked for the rest. */
    void brief(boolean tokensAreBrief) {
        brief = tokensAreBrief;
    }

    /** What it does when a browser comes and the person agrees: the address to which it sends the browser back. */
    URI agreed(URI address) throws ParseException {
        var asked = AuthenticationRequest.parse(address);
        if (!CLIENT.equals(asked.getClientID().getValue())
                || asked.getCodeChallenge() == null
                || !CodeChallengeMethod.S256.equals(asked.getCodeChallengeMethod())) {
            throw new IllegalArgumentException("not asked as it should be: " + address);
        }
        String code = UUID.randomUUID().toString();
        codes.put(code, new Given(asked, person));
        return URI.create(asked.getRedirectionURI() + "?code=" + code + "&state="
                + asked.getState().getValue());
    }

    private String configuration() {
        String at = issuer();
        return "{\"issuer\":\"" + at + "\",\"authorization_endpoint\":\"" + at + "/authorize\",\"token_endpoint\":\""
                + at
                + "/token\",\"userinfo_endpoint\":\"" + at + "/me\",\"jwks_uri\":\"" + at
                + "/keys\",\"response_types_supported\":[\"code\"],\"subject_types_supported\":[\"public\"],"
                + "\"id_token_signing_alg_values_supported\":[\"RS256\"]}";
    }

    private String userInfo() {
        var builder = new JWTClaimsSet.Builder();
        person.forEach(builder::claim);
        if (lie == Lie.OTHER_PERSON_IN_USER_INFO) {
            builder.subject("somebody-else");
        }
        return builder.build().toString();
    }

    private void token(HttpExchange exchange) throws IOException {
        try {
            var request = new HTTPRequest(HTTPRequest.Method.POST, URI.create(issuer() + "/token"));
            exchange.getRequestHeaders().forEach((name, values) -> request.setHeader(name, values.getFirst()));
            request.setBody(new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8));
            var asked = TokenRequest.parse(request);
            var grant = (AuthorizationCodeGrant) asked.getAuthorizationGrant();
            var given = codes.remove(grant.getAuthorizationCode().getValue());
            boolean client = asked.getClientAuthentication() instanceof ClientSecretBasic basic
                    && basic.getClientSecret().getValue().equals(SECRET);
            boolean owner = given != null
                    && grant.getCodeVerifier() != null
                    && CodeChallenge.compute(CodeChallengeMethod.S256, grant.getCodeVerifier())
                            .equals(given.asked().getCodeChallenge())
                    && given.asked().getRedirectionURI().equals(grant.getRedirectionURI());
            if (!client || !owner || given == null) {
                json(exchange, 400, "{\"error\":\"" + (client ? "invalid_grant" : "invalid_client") + "\"}");
                return;
            }
            json(
                    exchange,
                    200,
                    "{\"access_token\":\"a\",\"token_type\":\"Bearer\",\"id_token\":\"" + idToken(given) + "\"}");
        } catch (ParseException | JOSEException e) {
            json(exchange, 400, "{\"error\":\"invalid_request\"}");
        }
    }

    private String idToken(Given given) throws JOSEException {
        Instant now = Instant.now();
        var claims = new JWTClaimsSet.Builder();
        given.claims().forEach((name, value) -> {
            if (!brief || name.equals("sub")) {
                claims.claim(name, value);
            }
        });
        claims.issuer(lie == Lie.OTHER_ISSUER ? "https://elsewhere.example.org" : issuer())
                .audience(lie == Lie.OTHER_AUDIENCE ? "another-client" : CLIENT)
                .claim(
                        "nonce",
                        lie == Lie.OTHER_NONCE ? "n" : given.asked().getNonce().getValue())
                .issueTime(Date.from(now.minusSeconds(lie == Lie.EXPIRED ? 7200 : 0)))
                .expirationTime(Date.from(now.plusSeconds(lie == Lie.EXPIRED ? -3600 : 300)));
        if (lie == Lie.UNSIGNED) {
            return new PlainJWT(claims.build()).serialize();
        }
        var signed = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.RS256).keyID("k1").build(), claims.build());
        signed.sign(new RSASSASigner(
                lie == Lie.OTHER_KEY ? new RSAKeyGenerator(2048).keyID("k1").generate() : key));
        return signed.serialize();
    }

    private static void json(HttpExchange exchange, int status, String text) throws IOException {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().set("Content-Type", "application/json");
        exchange.sendResponseHeaders(status, bytes.length);
        try (var out = exchange.getResponseBody()) {
            out.write(bytes);
        }
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
