package org.bellwether.engine.host;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.HashMap;
import java.util.UUID;
import java.util.function.Supplier;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Enrolment;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Fingerprint;
import org.bellwether.engine.platform.pki.Pem;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.jspecify.annotations.Nullable;

/**
 * Lets hosts that run the agent already become hosts of this engine: a person gets a token, gives it to the agent, and
 * the agent gets its key signed. The key never leaves the host; the token is good once, for one hour.
 */
public final class Enrolments implements Enrolment.Registrar {

    private static final Duration LIFE = Duration.ofHours(1);

    private final Database database;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Authority authority;
    private final Supplier<X509Certificate> web;
    private final Events events;
    private final Clock clock;
    private final String url;
    private final SecureRandom random = new SecureRandom();
    private final EnrolmentRepository repository = new EnrolmentRepository();

    /**
     * @param web the certificate that the HTTPS server shows now
     * @param url where hosts reach the engine, e.g. "https://engine:8443/ovirt-engine"
     */
    public Enrolments(
            Database database,
            Clusters clusters,
            Hosts hosts,
            Authority authority,
            Supplier<X509Certificate> web,
            Events events,
            Clock clock,
            String url) {
        this.database = database;
        this.clusters = clusters;
        this.hosts = hosts;
        this.authority = authority;
        this.web = web;
        this.events = events;
        this.clock = clock;
        this.url = url;
    }

    /** The secret of a token for one host of a cluster. Only its hash is kept. */
    public String secret(Id<Cluster> cluster) {
        return secret(clusters.get(cluster).id(), null);
    }

    /** A token for a host that is known already and reaches the engine under that URL. */
    String tokenFor(Id<Host> host, String there) {
        return token(secret(hosts.get(host).cluster(), host.value()), there);
    }

    private String secret(Id<Cluster> cluster, @Nullable UUID host) {
        var bytes = new byte[32];
        random.nextBytes(bytes);
        var secret = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
        database.change(tx -> repository.insert(
                tx, hash(secret), cluster.value(), host, clock.instant().plus(LIFE)));
        return secret;
    }

    /** Whether a host can still enrol with it. */
    boolean good(Secret secret) {
        return database.transaction(tx -> repository.lock(tx, hash(secret.reveal())))
                .filter(found -> found.expires().isAfter(clock.instant()) && !found.used())
                .isPresent();
    }

    /** The token of a secret: one line to paste, which tells an agent where the engine is and how to know it. */
    public String token(String secret) {
        return token(secret, url);
    }

    private String token(String secret, String there) {
        var words = new HashMap<String, String>();
        words.put("url", there);
        words.put("secret", secret);
        words.put("ca_sha256", Fingerprint.of(authority.certificate()));
        // One that was made just before the other one signs is good after that too.
        authority.other().ifPresent(other -> words.put("other_ca_sha256", Fingerprint.of(other)));
        words.put("web_sha256", Fingerprint.of(web.get().getPublicKey()));
        var content = Json.write(words);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(content.getBytes(StandardCharsets.UTF_8));
    }

    /**
     * Takes in a host. The same token with the same key answers the same again, for a reply that was lost.
     *
     * @throws Failure FORBIDDEN when the token is unknown, too old or used by another host
     */
    @Override
    public Enrolment.Admission admit(Enrolment.Application application) {
        var secret = application.secret().reveal();
        var request = application.request();
        var name = Names.checked(application.name(), "a host");
        return database.transaction(tx -> {
            var enrolment = repository
                    .lock(tx, hash(secret))
                    .filter(found -> found.expires().isAfter(clock.instant()))
                    .orElseThrow(() -> Failure.forbidden("This token enrols no host")
                            .because("it is unknown or older than an hour")
                            .next("Get a new one with: bw host token"));
            var key = request.key().getEncoded();
            if (enrolment.used()) {
                if (!enrolment.usedBy(key)) {
                    throw Failure.forbidden("This token has enrolled another host already")
                            .next("Get a new one for each host with: bw host token");
                }
                return new Enrolment.Admission(
                        enrolment.hostId().orElseThrow(),
                        enrolment.certificate().orElseThrow(),
                        Pem.write(authority.trusted()));
            }
            Id<Host> id = enrolment.hostId().map(Id::<Host>of).orElseGet(Id::random);
            var certificate = Pem.write(authority.sign(request, id.value()));
            if (enrolment.hostId().isPresent()) {
                hosts.update(
                        tx, id, host -> known(host.enrolledAt(request.address(), application.port()), application));
                repository.use(tx, hash(secret), key, id.value(), certificate);
                return new Enrolment.Admission(id.value(), certificate, Pem.write(authority.trusted()));
            }
            hosts.insert(
                    tx,
                    known(
                            new Host(
                                    id,
                                    name,
                                    Id.of(enrolment.clusterId()),
                                    request.address(),
                                    application.port(),
                                    Host.Wanted.ACTIVE,
                                    org.bellwether.api.types.Host.builder().build()),
                            application));
            repository.use(tx, hash(secret), key, id.value(), certificate);
            events.add(
                    tx,
                    EventCode.HOST_ADDED,
                    Asker.engine(),
                    Concerns.NOTHING.withHost(id).withCluster(Id.of(enrolment.clusterId())),
                    "Host " + name + " at " + request.address() + " enrolled.");
            return new Enrolment.Admission(id.value(), certificate, Pem.write(authority.trusted()));
        });
    }

    /** One that let the engine's key in is reached over SSH from then on: it told its own keys over the channel of its token. */
    private static Host known(Host host, Enrolment.Application application) {
        return application
                .ssh()
                .map(ssh -> host.knownAs(org.bellwether.api.types.Ssh.builder()
                        .port((long) ssh.port())
                        .fingerprint(ssh.fingerprints())
                        .build()))
                .orElse(host);
    }

    private static byte[] hash(String secret) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
