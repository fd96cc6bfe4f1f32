package org.bellwether.engine.access;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.oauth2.sdk.AuthorizationCode;
import com.nimbusds.oauth2.sdk.AuthorizationCodeGrant;
import com.nimbusds.oauth2.sdk.GeneralException;
import com.nimbusds.oauth2.sdk.ParseException;
import com.nimbusds.oauth2.sdk.ResponseType;
import com.nimbusds.oauth2.sdk.Scope;
import com.nimbusds.oauth2.sdk.TokenRequest;
import com.nimbusds.oauth2.sdk.auth.ClientAuthenticationMethod;
import com.nimbusds.oauth2.sdk.auth.ClientSecretBasic;
import com.nimbusds.oauth2.sdk.auth.ClientSecretPost;
import com.nimbusds.oauth2.sdk.http.HTTPRequest;
import com.nimbusds.oauth2.sdk.id.ClientID;
import com.nimbusds.oauth2.sdk.id.Issuer;
import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeChallengeMethod;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.AuthenticationRequest;
import com.nimbusds.openid.connect.sdk.Nonce;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponse;
import com.nimbusds.openid.connect.sdk.OIDCTokenResponseParser;
import com.nimbusds.openid.connect.sdk.UserInfoRequest;
import com.nimbusds.openid.connect.sdk.UserInfoResponse;
import com.nimbusds.openid.connect.sdk.claims.ClaimsSet;
import com.nimbusds.openid.connect.sdk.claims.IDTokenClaimsSet;
import com.nimbusds.openid.connect.sdk.op.OIDCProviderMetadata;
import com.nimbusds.openid.connect.sdk.validators.IDTokenValidator;
import com.unboundid.util.ssl.PEMFileTrustManager;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManager;
import org.bellwether.engine.access.DirectoryEntry.Membership;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * A provider of OpenID Connect: where people are sent to sign on, and who they are when they come back with a code. What the
 * provider tells of itself is asked for again after a while; its keys whenever one is used that is not known.
 */
final class OpenIdProvider {
    private static final int CONNECT_MILLIS = 5_000;
    private static final int ANSWER_MILLIS = 10_000;
    private static final int KEYS_BYTES = 512 * 1024;
    private static final Duration KNOWN_FOR = Duration.ofMinutes(10);

    /** Asymmetric ones only: with the others whoever knows the client's secret could make tokens, and "none" is no signature. */
    private static final Set<JWSAlgorithm> ALGORITHMS = algorithms();

    private record Metadata(OIDCProviderMetadata told, IDTokenValidator validator, Instant at) {}

    private final Directory directory;
    private final InstantSource clock;
    private final ClientID client;
    private volatile @Nullable Metadata metadata;

    OpenIdProvider(Directory directory, InstantSource clock) {
        this.directory = directory;
        this.clock = clock;
        this.client = new ClientID(directory.setting("client_id", ""));
    }

    private static Set<JWSAlgorithm> algorithms() {
        var all = new HashSet<>(JWSAlgorithm.Family.RSA);
        all.addAll(JWSAlgorithm.Family.EC);
        return Set.copyOf(all);
    }

    /** Where a browser is sent. */
    URI address(URI back, State state, Nonce nonce, CodeVerifier verifier) {
        return new AuthenticationRequest.Builder(
                        ResponseType.CODE,
                        Scope.parse(directory.setting("scopes", "openid profile email")),
                        client,
                        back)
                .endpointURI(metadata().told().getAuthorizationEndpointURI())
                .state(state)
                .nonce(nonce)
                .codeChallenge(verifier, CodeChallengeMethod.S256)
                .build()
                .toURI();
    }

    /** Whether the provider that answered is this one, for those that say it. */
    boolean isIssuer(String issuer) {
        return issuer.equals(metadata().told().getIssuer().getValue());
    }

    /**
     * Who came back with a code.
     *
     * @throws Failure of the kind UNAUTHENTICATED when the provider does not stand by it, UNAVAILABLE when it does not answer
     */
    DirectoryEntry entry(String code, URI back, Nonce nonce, CodeVerifier verifier) {
        var known = metadata();
        try {
            var tokens = tokens(known.told(), new AuthorizationCodeGrant(new AuthorizationCode(code), back, verifier));
            var id = tokens.getOIDCTokens().getIDToken();
            if (id == null) {
                throw refused("it sent no token that says who this is");
            }
            IDTokenClaimsSet claims = known.validator().validate(id, nonce);
            return entry(claims, userInfo(known.told(), claims, tokens));
        } catch (BadJOSEException | JOSEException | ParseException e) {
            throw refused("what it sent is not valid: " + e.getMessage());
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private OIDCTokenResponse tokens(OIDCProviderMetadata told, AuthorizationCodeGrant grant)
            throws IOException, ParseException {
        String secret = directory.sealed().open().reveal();
        var methods = Optional.ofNullable(told.getTokenEndpointAuthMethods()).orElse(List.of());
        boolean inBody = methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_POST)
                && !methods.contains(ClientAuthenticationMethod.CLIENT_SECRET_BASIC);
        var key = new com.nimbusds.oauth2.sdk.auth.Secret(secret);
        var request = secret.isEmpty()
                ? new TokenRequest.Builder(told.getTokenEndpointURI(), client, grant)
                : new TokenRequest.Builder(
                        told.getTokenEndpointURI(),
                        inBody ? new ClientSecretPost(client, key) : new ClientSecretBasic(client, key),
                        grant);
        var response = OIDCTokenResponseParser.parse(
                configured(request.build().toHTTPRequest()).send());
        if (response instanceof OIDCTokenResponse tokens) {
            return tokens;
        }
        var error = response.toErrorResponse().getErrorObject();
        throw refused("it did not take the code: " + (error == null ? "no reason was given" : error.getCode()));
    }

    /** What the token does not tell, many providers tell here. */
    private Optional<ClaimsSet> userInfo(OIDCProviderMetadata told, IDTokenClaimsSet claims, OIDCTokenResponse tokens)
            throws IOException, ParseException {
        var endpoint = told.getUserInfoEndpointURI();
        if (endpoint == null || claims.getStringClaim(nameClaim()) != null) {
            return Optional.empty();
        }
        var request = new UserInfoRequest(endpoint, tokens.getOIDCTokens().getAccessToken()).toHTTPRequest();
        var response = UserInfoResponse.parse(configured(request).send());
        if (!response.indicatesSuccess()) {
            return Optional.empty();
        }
        var info = response.toSuccessResponse().getUserInfo();
        if (info == null) {
            return Optional.empty();
        }
        if (!info.getSubject().equals(claims.getSubject())) {
            throw refused("its answers are about two different people");
        }
        return Optional.of(info);
    }

    private String nameClaim() {
        return directory.loginAttribute();
    }

    private DirectoryEntry entry(IDTokenClaimsSet claims, Optional<ClaimsSet> info) {
        String subject = claims.getSubject().getValue();
        String name = text(claims, info, nameClaim());
        return new DirectoryEntry(
                subject,
                name.isBlank() ? subject : name.strip(),
                text(claims, info, "given_name"),
                text(claims, info, "family_name"),
                text(claims, info, "email"),
                "",
                groups(claims, info));
    }

    private static String text(ClaimsSet claims, Optional<ClaimsSet> info, String claim) {
        return Optional.ofNullable(claims.getStringClaim(claim))
                .or(() -> info.flatMap(other -> Optional.ofNullable(other.getStringClaim(claim))))
                .orElse("");
    }

    private List<Membership> groups(ClaimsSet claims, Optional<ClaimsSet> info) {
        String claim = directory.setting("groups_claim", "groups");
        return Optional.ofNullable(claims.getStringListClaim(claim))
                .or(() -> info.flatMap(other -> Optional.ofNullable(other.getStringListClaim(claim))))
                .orElse(List.of())
                .stream()
                .map(group -> new Membership(group, group))
                .toList();
    }

    /** Asks the provider anew what it is, for whoever wants to know whether it answers. */
    void look() {
        metadata = null;
        metadata();
    }

    private Metadata metadata() {
        var known = metadata;
        if (known != null && known.at().plus(KNOWN_FOR).isAfter(clock.instant())) {
            return known;
        }
        try {
            var told = OIDCProviderMetadata.resolve(new Issuer(directory.setting("url", "")), this::configured);
            var retriever = new DefaultResourceRetriever(
                    CONNECT_MILLIS, ANSWER_MILLIS, KEYS_BYTES, true, trusting().orElse(null));
            var keys = JWKSourceBuilder.<SecurityContext>create(
                            told.getJWKSetURI().toURL(), retriever)
                    .build();
            var validator = new IDTokenValidator(
                    told.getIssuer(), client, new JWSVerificationKeySelector<>(ALGORITHMS, keys), null);
            known = new Metadata(told, validator, clock.instant());
            metadata = known;
            return known;
        } catch (GeneralException | IOException e) {
            throw unavailable(e);
        }
    }

    private HTTPRequest configured(HTTPRequest request) {
        request.setConnectTimeout(CONNECT_MILLIS);
        request.setReadTimeout(ANSWER_MILLIS);
        request.setFollowRedirects(false);
        trusting().ifPresent(request::setSSLSocketFactory);
        return request;
    }

    /** Only the authority that the settings name, if they do. */
    private Optional<SSLSocketFactory> trusting() {
        String authority = directory.setting("ca_file", "");
        if (authority.isEmpty()) {
            return Optional.empty();
        }
        try {
            var context = SSLContext.getInstance("TLS");
            context.init(null, new TrustManager[] {new PEMFileTrustManager(new File(authority))}, null);
            return Optional.of(context.getSocketFactory());
        } catch (GeneralSecurityException e) {
            throw Failure.unavailable("The authority of the provider " + directory.name() + " cannot be read")
                    .because(String.valueOf(e.getMessage()))
                    .next("Put it at " + authority + " on the engine's machine, or change the setting ca_file");
        }
    }

    private Failure refused(String why) {
        return Failure.unauthenticated("The sign-on with " + directory.name() + " failed")
                .because(why)
                .next("Try again; if that does not help, ask whoever looks after the provider "
                        + directory.setting("url", ""));
    }

    private Failure unavailable(Exception e) {
        return Failure.unavailable("The provider " + directory.name() + " does not answer as it should")
                .because(directory.setting("url", "") + ": " + e.getMessage())
                .next("Verify its address and its certificate: bw directory test " + directory.name());
    }
}
