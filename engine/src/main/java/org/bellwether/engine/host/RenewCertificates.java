package org.bellwether.engine.host;

import static java.util.Objects.requireNonNull;
import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.HostCertificates.Said;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAddress;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Fingerprint;
import org.bellwether.engine.platform.pki.HostRequest;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.engine.platform.pki.Pem;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.protocol.CertificateRequest;
import org.bellwether.protocol.IdentityAgentGrpc.IdentityAgentBlockingStub;
import org.bellwether.protocol.InstallCertificateRequest;
import org.bellwether.protocol.RequestCertificateRequest;
import org.bellwether.protocol.TrustAuthoritiesRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps certificates young: each host's is renewed at half of its life over the open channel, and the engine's own when it
 * is due. A host whose certificate has expired, because one of the two was away for too long, gets a new one and nothing else.
 * Hosts are told whom to trust, so that the authority itself can be replaced.
 */
public final class RenewCertificates implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(RenewCertificates.class);
    private static final Duration LIMIT = Duration.ofSeconds(15);
    private static final Duration LOOK = Duration.ofSeconds(2);
    private static final Duration AGAIN = Duration.ofSeconds(30);

    private final Hosts hosts;
    private final Agents agents;
    private final Authority authority;
    private final Clock clock;
    private final HostCertificates certificates = new HostCertificates();
    private final ReplaceAuthority replacement;
    /** Not before then is a host asked again of which an answer is awaited, or did not come. */
    private final Map<Id<Host>, Instant> pauses = new ConcurrentHashMap<>();

    private volatile Runnable web = () -> {};
    private final Thread thread = Thread.ofVirtual().name("certificates").unstarted(this::keep);

    public RenewCertificates(
            Hosts hosts, Agents agents, Authority authority, Database database, Events events, Clock clock) {
        this.hosts = hosts;
        this.agents = agents;
        this.authority = authority;
        this.clock = clock;
        replacement = new ReplaceAuthority(hosts, certificates, authority, database, events, clock);
    }

    public void serve(ApiRoutes routes) {
        routes.on("host", "enroll_certificate", EDIT_HOST_CONFIGURATION, request -> renewNow(request));
    }

    public void declare(Site.Builder site, Gate gate, Supplier<Identity> shown) {
        var pages = new CertificatePages(hosts, certificates, authority, replacement, gate, shown);
        site.on("GET", CertificatePages.PATH, pages).on("POST", CertificatePages.PATH, pages);
    }

    public void start() {
        thread.start();
    }

    /**
     * Looks after the HTTPS server's certificate too.
     *
     * @param kept the one to show, made anew when it is due
     * @param first the one that is shown now
     * @param show shows another one to connections that come from then on
     */
    public void keepWeb(Supplier<Identity> kept, Identity first, Consumer<Identity> show) {
        var shown = new AtomicReference<>(first);
        web = () -> {
            var young = kept.get();
            if (!young.certificate().equals(requireNonNull(shown.get()).certificate())) {
                show.accept(young);
                shown.set(young);
                log.info(
                        "The certificate of the HTTPS server was renewed and is good until {}",
                        young.certificate().getNotAfter().toInstant());
            }
        };
    }

    private Reply renewNow(ApiRequest request) {
        var host = hosts.get(request.<Host>id(0));
        Way way = question -> agents.of(host.id().value(), LIMIT).askIdentity(LIMIT, question);
        renew(host, way, hosts.observed(host.id()).since());
        return Reply.done();
    }

    private void keep() {
        try {
            while (true) {
                look("authority", replacement::look);
                look("engine", () -> agents.show(authority.engines(), authority.trusted()));
                look("hosts", () -> hosts.model().all().forEach(this::look));
                look("HTTPS server", web);
                Thread.sleep(LOOK);
            }
        } catch (InterruptedException closed) {
            // that is how it ends
        }
    }

    /** One whose certificate cannot be looked after must not keep the others from theirs. */
    private static void look(String whose, Runnable look) {
        try {
            look.run();
        } catch (RuntimeException e) {
            log.error("Looking after the certificate of the {} failed", whose, e);
        }
    }

    private void look(Host host) {
        var observed = hosts.observed(host.id());
        boolean expired = !observed.connected() && observed.lostBecause().contains("certificate");
        if (!observed.connected() && !expired) {
            return;
        }
        var said = certificates.of(host.id());
        boolean known =
                said.filter(each -> each.connected().equals(observed.since())).isPresent();
        if (known && !expired && !learns(said.orElseThrow()) && !renews(said.orElseThrow())) {
            return;
        }
        if (pauses.getOrDefault(host.id(), Instant.MIN).isAfter(clock.instant())) {
            return;
        }
        // A host that does not answer must not hold up the others, nor be asked all the time.
        pauses.put(host.id(), clock.instant().plus(AGAIN));
        Thread.ofVirtual().start(() -> {
            try {
                if (expired) {
                    var address = new HostAddress(host.id().value(), host.name(), host.address(), host.port());
                    renew(host, question -> agents.askExpired(address, LIMIT, question), observed.since());
                } else {
                    var lane = agents.of(host.id().value(), LIMIT);
                    care(host, question -> lane.askIdentity(LIMIT, question), observed.since());
                    pauses.remove(host.id());
                }
            } catch (Failure failure) {
                log.warn("The certificate of host {} was not renewed: {}", host.name(), failure.detail());
            }
        });
    }

    /** Whether it does not trust whom it should, or somebody whom it should not. */
    private boolean learns(Said said) {
        return said.learns() && !said.trusts().equals(trusted());
    }

    private Set<String> trusted() {
        return authority.trusted().stream().map(Fingerprint::of).collect(Collectors.toSet());
    }

    private boolean renews(Said said) {
        var signing = Fingerprint.of(authority.certificate());
        boolean moves = said.trusts().contains(signing) && !said.issuer().equals(signing);
        return moves || (!said.half().isAfter(clock.instant()) && authority.lastsLonger(said.notAfter()));
    }

    /** How a host is asked: over its lane, or the way that is open to one whose certificate has expired. */
    private interface Way {
        CertificateRequest ask(Function<IdentityAgentBlockingStub, CertificateRequest> question);
    }

    private static CertificateRequest ask(Way way) {
        return way.ask(agent -> agent.requestCertificate(RequestCertificateRequest.getDefaultInstance()));
    }

    private void care(Host host, Way way, Instant connected) {
        var said = certificates.hear(host.id(), connected, ask(way));
        // It keeps whom its certificate is of; so that is replaced first where it is of one that goes.
        if (learns(said) && trusted().contains(said.issuer())) {
            said = teach(host, way, connected);
        }
        if (renews(said)) {
            said = renew(host, way, connected);
        }
        if (learns(said)) {
            teach(host, way, connected);
        }
    }

    private Said teach(Host host, Way way, Instant connected) {
        var trusted = authority.trusted();
        var answer = way.ask(agent -> agent.trustAuthorities(TrustAuthoritiesRequest.newBuilder()
                .setAuthorities(Pem.write(trusted))
                .build()));
        log.info("The host {} was told to trust {} authorities", host.name(), trusted.size());
        return certificates.hear(host.id(), connected, answer);
    }

    private Said renew(Host host, Way way, Instant connected) {
        var request = ask(way);
        var certificate = authority.sign(
                HostRequest.of(request.getCsr(), host.address()),
                host.id().value(),
                Set.copyOf(request.getAuthoritiesList()));
        var installed = way.ask(agent -> agent.installCertificate(InstallCertificateRequest.newBuilder()
                .setCertificate(Pem.write(certificate))
                .build()));
        log.info(
                "The certificate of host {} was renewed and is good until {}",
                host.name(),
                certificate.getNotAfter().toInstant());
        return certificates.hear(host.id(), connected, installed);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
