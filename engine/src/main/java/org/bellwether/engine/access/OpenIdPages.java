package org.bellwether.engine.access;

import com.nimbusds.oauth2.sdk.id.State;
import com.nimbusds.oauth2.sdk.pkce.CodeVerifier;
import com.nimbusds.openid.connect.sdk.Nonce;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Signing on in the browser with a provider of OpenID Connect: away to it, and back with a code, which becomes a session of the
 * portals. A sign-on that was begun is kept in memory and ends once, in the browser that began it: what an attacker began does
 * not end in somebody else's browser.
 */
final class OpenIdPages {
    static final String PATH = "/ovirt-engine/sso/openid";

    private static final Logger log = LoggerFactory.getLogger(OpenIdPages.class);
    private static final String LOGIN = PATH + "/login";
    private static final String CALLBACK = PATH + "/callback";
    /** The portal's page for programs, with the question that it was asked, encoded. */
    private static final String ASKED = "/authorize\\?[A-Za-z0-9._~%&=+*:/?@,;!()$-]{1,4000}";

    private static final String COOKIE = "BELLWETHER_OPENID";
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final int MOST = 10_000;
    private static final int COOKIE_BYTES = 24;

    /** @param next where in the portals it goes on */
    private record Begun(
            Directory directory,
            URI back,
            Nonce nonce,
            CodeVerifier verifier,
            String browser,
            String next,
            Instant ends) {}

    private final Directories directories;
    private final Accounts accounts;
    private final SessionPages sessions;
    private final InstantSource clock;
    private final SecureRandom random = new SecureRandom();
    private final Map<String, Begun> begun = new ConcurrentHashMap<>();

    OpenIdPages(Directories directories, Accounts accounts, SessionPages sessions, InstantSource clock) {
        this.directories = directories;
        this.accounts = accounts;
        this.sessions = sessions;
        this.clock = clock;
    }

    void declare(Site.Builder site) {
        site.on("GET", LOGIN, this::login);
        site.on("GET", CALLBACK, this::callback);
    }

    /** Where a browser begins to sign on with a profile. */
    static String address(Directory directory) {
        return LOGIN + "?profile=" + directory.name();
    }

    private WebReply login(WebRequest request) {
        String profile = request.parameters().getOrDefault("profile", "");
        var directory = directories
                .ofProfile(profile)
                .filter(each -> each.kind() == Directory.Kind.OIDC)
                .orElseThrow(() -> Failure.notFound("No provider of OpenID Connect is called so")
                        .next("See the profiles at " + DirectoryPages.PROFILES));
        sweep();
        if (begun.size() >= MOST) {
            throw Failure.unavailable("Too many people are signing on at once").next("Try again in some minutes");
        }
        var state = new State();
        var nonce = new Nonce();
        var verifier = new CodeVerifier();
        String host = request.header("host").orElse("localhost");
        var back = URI.create("https://" + host + CALLBACK);
        String browser = browser(request).orElseGet(this::random);
        var address = directories.provider(directory).address(back, state, nonce, verifier);
        begun.put(
                state.getValue(),
                new Begun(
                        directory,
                        back,
                        nonce,
                        verifier,
                        browser,
                        next(request),
                        clock.instant().plus(PATIENCE)));
        return elsewhere(address.toString())
                .with(
                        "Set-Cookie",
                        COOKIE + "=" + browser + "; Path=" + PATH + "; Max-Age=" + PATIENCE.toSeconds()
                                + "; Secure; HttpOnly; SameSite=Lax");
    }

    /** The page that asked on behalf of a program, so that the person comes back to that; nowhere else may be said. */
    private static String next(WebRequest request) {
        String wish = request.parameters().getOrDefault("next", "");
        return wish.matches(ASKED) ? wish : "/";
    }

    private WebReply callback(WebRequest request) {
        var answer = request.parameters();
        var known = Optional.ofNullable(begun.remove(answer.getOrDefault("state", "")))
                .filter(each -> each.ends().isAfter(clock.instant()))
                .filter(each -> browser(request).filter(each.browser()::equals).isPresent());
        if (known.isEmpty()) {
            return failed(
                    400,
                    "This sign-on was not begun in this browser, or took longer than " + PATIENCE.toMinutes()
                            + " minutes, or is over already. Begin again.");
        }
        try {
            Principal user = user(known.get(), answer, request.remote());
            return elsewhere(known.get().next()).with("Set-Cookie", sessions.begun(user, request.remote()));
        } catch (Failure failure) {
            log.warn(
                    "A sign-on with {} from {} failed: {}",
                    known.get().directory().name(),
                    request.remote(),
                    failure.detail());
            return failed(
                    failure.kind() == Failure.Kind.UNAVAILABLE ? 503 : 403,
                    failure.what() + ": " + failure.cause() + ". " + failure.next() + ".");
        }
    }

    private Principal user(Begun known, Map<String, String> answer, String remote) {
        String error = answer.getOrDefault("error", "");
        if (!error.isEmpty()) {
            throw Failure.unauthenticated("The provider " + known.directory().name() + " signed nobody on")
                    .because("it says " + error.replaceAll("[^A-Za-z0-9_.-]", " "))
                    .next("Try again, or sign on with another account");
        }
        // The settings may have changed since.
        var directory = directories.get(known.directory().id());
        var provider = directories.provider(directory);
        String issuer = answer.getOrDefault("iss", "");
        if (!issuer.isEmpty() && !provider.isIssuer(issuer)) {
            throw Failure.unauthenticated("The sign-on with " + directory.name() + " failed")
                    .because("another provider answered")
                    .next("Begin again");
        }
        var entry = provider.entry(answer.getOrDefault("code", ""), known.back(), known.nonce(), known.verifier());
        return accounts.arrived(directory, entry, remote);
    }

    private void sweep() {
        Instant now = clock.instant();
        begun.values().removeIf(each -> each.ends().isBefore(now));
    }

    private String random() {
        byte[] bytes = new byte[COOKIE_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    private static Optional<String> browser(WebRequest request) {
        return request.cookie(COOKIE).filter(value -> value.matches("[A-Za-z0-9_-]{32}"));
    }

    /** Sends a browser on, without telling where it was. */
    static WebReply elsewhere(String address) {
        return WebReply.text(302, "text/plain", "")
                .with("Location", address)
                .with("Cache-Control", "no-store")
                .with("Referrer-Policy", "no-referrer");
    }

    /** A person reads this, in place of the page that they wanted. */
    static WebReply failed(int status, String sentence) {
        return WebReply.text(status, "text/plain; charset=utf-8", sentence + "\n")
                .with("Cache-Control", "no-store");
    }
}
