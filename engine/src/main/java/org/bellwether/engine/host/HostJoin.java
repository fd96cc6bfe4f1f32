package org.bellwether.engine.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.Base64;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * What a machine fetches that becomes a host by one line pasted on it: the script that the engine says over SSH otherwise, and
 * the agent. The line pins the key of the engine's certificate, so that nobody in between can give root another script; and it
 * carries the secret of a token, without which nothing is given.
 */
public final class HostJoin implements Endpoint {

    private static final String PATH = "/ovirt-engine/services/host-join";
    private static final String AGENT = PATH + "/agent";

    private final Enrolments enrolments;
    private final HostScript script;
    private final Supplier<X509Certificate> web;
    private final String origin;
    private final Clock clock;

    /**
     * @param web the certificate that the HTTPS server shows now
     * @param origin where hosts reach the engine, e.g. "https://engine:8443"
     */
    public HostJoin(
            Enrolments enrolments, HostScript script, Supplier<X509Certificate> web, String origin, Clock clock) {
        this.enrolments = enrolments;
        this.script = script;
        this.web = web;
        this.origin = origin;
        this.clock = clock;
    }

    public void declare(Site.Builder site) {
        site.on("GET", PATH, this).on("GET", AGENT, this);
    }

    /** For a shell of root on the machine. */
    String command(String secret) {
        return "curl -fsSk --pinnedpubkey '" + pin() + "' -H 'Authorization: Bearer " + secret + "' '" + origin + PATH
                + "' | sh -s --";
    }

    /** As curl has it: of the public key in its X.509 form. */
    private String pin() {
        try {
            var digest = MessageDigest.getInstance("SHA-256")
                    .digest(web.get().getPublicKey().getEncoded());
            return "sha256//" + Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    @Override
    public WebReply answer(WebRequest request) {
        var secret = request.bearer()
                .filter(enrolments::good)
                .map(Secret::reveal)
                .orElseThrow(() -> Failure.forbidden("This is given only to machines that are to become hosts")
                        .because("the token is missing, unknown, older than an hour, or used")
                        .next("Get a new line with: bw host token"));
        script.requireArchive();
        if (request.plainPath().equals(AGENT)) {
            return WebReply.of(200, "application/gzip", script::copyAgent);
        }
        var words = List.of(
                "join",
                origin + AGENT,
                pin(),
                secret,
                enrolments.token(secret),
                script.agent(),
                Long.toString(clock.instant().getEpochSecond()),
                script.keyLine());
        var first =
                words.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" ", "set -- ", " \"$@\"\n"));
        return WebReply.text(200, "text/x-shellscript", first + new String(script.text(), StandardCharsets.UTF_8));
    }
}
