package org.bellwether.engine.platform.http;

import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.pki.HostRequest;

/**
 * Where a new host asks for its certificate. The request is checked here; whether its token is good, and that it is good
 * only once, is decided by the feature that made the token.
 */
public final class Enrolment implements Endpoint {
    public static final String PATH = "/ovirt-engine/services/enrolment";

    private static final int BODY_LIMIT = 64 * 1024;
    private static final int PORT_LIMIT = 65_535;

    /**
     * What a host asks, checked for form.
     *
     * @param secret the secret out of the token that a person gave to the host
     * @param name the name that the host is to have
     * @param request its key and address
     * @param port where its agent listens
     * @param hardwareId the system UUID that its firmware tells, or empty
     * @param ssh how the engine gets in over SSH; absent unless the host let its key in
     */
    public record Application(
            Secret secret, String name, HostRequest request, int port, String hardwareId, Optional<Ssh> ssh) {}

    /** @param fingerprints of the keys that its sshd shows, as OpenSSH writes them, with commas between */
    public record Ssh(int port, String fingerprints) {}

    /**
     * What it gets.
     *
     * @param certificate the host's certificate in PEM
     * @param authority the authority's certificate in PEM
     */
    public record Admission(UUID host, String certificate, String authority) {}

    /**
     * Decides about one application. Repeating it with the same secret and the same key gives the same answer, because
     * the first one may have been lost.
     */
    @FunctionalInterface
    public interface Registrar {
        /** @throws Failure FORBIDDEN if the secret is not good, CONFLICT if the name or address is taken */
        Admission admit(Application application);
    }

    private static final Pattern FINGERPRINTS =
            Pattern.compile("SHA256:[A-Za-z0-9+/]{43}(,SHA256:[A-Za-z0-9+/]{43}){0,7}");

    private final Registrar registrar;

    public Enrolment(Registrar registrar) {
        this.registrar = registrar;
    }

    @Override
    public WebReply answer(WebRequest request) {
        Map<String, String> members = Json.texts(request.body().read(BODY_LIMIT));
        HostRequest key = HostRequest.of(required(members, "csr"), required(members, "address"));
        Application application = new Application(
                secret(required(members, "token")),
                required(members, "name"),
                key,
                port(required(members, "port")),
                members.getOrDefault("hardware_uuid", ""),
                ssh(members));
        Admission admission = registrar.admit(application);
        return WebReply.json(
                200,
                Json.object(Map.of(
                        "host_id",
                        admission.host().toString(),
                        "certificate",
                        admission.certificate(),
                        "authority",
                        admission.authority())));
    }

    private static Optional<Ssh> ssh(Map<String, String> members) {
        var fingerprints = members.getOrDefault("ssh_fingerprints", "");
        if (fingerprints.isEmpty()) {
            return Optional.empty();
        }
        if (!FINGERPRINTS.matcher(fingerprints).matches()) {
            throw Failure.badRequest("Cannot enrol the host")
                    .because("\"ssh_fingerprints\" is not like SHA256:…,SHA256:…")
                    .next("See what it is on the host: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub");
        }
        return Optional.of(new Ssh(port(members.getOrDefault("ssh_port", "22")), fingerprints));
    }

    private static String required(Map<String, String> members, String name) {
        String value = members.getOrDefault(name, "");
        if (value.isBlank()) {
            throw Failure.badRequest("Cannot enrol the host")
                    .because("its application has no \"" + name + "\"")
                    .next("Use the agent of this engine's version");
        }
        return value;
    }

    private static int port(String text) {
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= PORT_LIMIT) {
                return port;
            }
        } catch (NumberFormatException notANumber) {
            // The same answer as for a number that is no port.
        }
        throw Failure.badRequest("Cannot enrol the host")
                .because("\"port\" is not a number from 1 to " + PORT_LIMIT)
                .next("Give the agent a proper listen-port");
    }

    /** The secret alone, or the whole line that was printed for people. */
    private static Secret secret(String token) {
        try {
            byte[] json = Base64.getUrlDecoder().decode(token.strip());
            if (json.length > 0 && json[0] == '{') {
                return Secret.of(required(Json.texts(json), "secret"));
            }
        } catch (IllegalArgumentException notTheWholeLine) {
            // Then it is the secret itself.
        }
        return Secret.of(token.strip());
    }
}
