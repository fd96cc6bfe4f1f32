package org.bellwether.engine.host;

import static java.util.Objects.requireNonNull;
import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAddress;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.HostRequest;
import org.bellwether.engine.platform.pki.Identity;
import org.bellwether.engine.platform.pki.Pem;
import org.bellwether.protocol.CertificateRequest;
import org.bellwether.protocol.IdentityAgentGrpc.IdentityAgentBlockingStub;
import org.bellwether.protocol.InstallCertificateRequest;
import org.bellwether.protocol.RequestCertificateRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps certificates young: each host's is renewed at half of its life over the open channel, and the engine's own when it
 * is due. A host whose certificate has expired, because one of the two was away for too long, gets a new one and nothing else.
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
    private final Map<Id<Host>, Instant> due = new ConcurrentHashMap<>();
    private volatile Runnable web = () -> {};
    private final Thread thread = Thread.ofVirtual().name("certificates").unstarted(this::keep);

    public RenewCertificates(Hosts hosts, Agents agents, Authority authority, Clock clock) {
        this.hosts = hosts;
        this.agents = agents;
        this.authority = authority;
        this.clock = clock;
    }

    public void serve(ApiRoutes routes) {
        routes.on("host", "enroll_certificate", EDIT_HOST_CONFIGURATION, request -> renewNow(request));
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
        renew(host, question -> agents.of(host.id().value(), LIMIT).askIdentity(LIMIT, question));
        return Reply.done();
    }

    private void keep() {
        try {
            while (true) {
                look("engine", () -> {
                    var engine = authority.engine();
                    agents.show(engine.key(), engine.certificate());
                });
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
        if (due.getOrDefault(host.id(), Instant.MIN).isAfter(clock.instant())) {
            return;
        }
        // A host that does not answer must not hold up the others, nor be asked all the time.
        due.put(host.id(), clock.instant().plus(AGAIN));
        Thread.ofVirtual().start(() -> {
            try {
                if (expired) {
                    var address = new HostAddress(host.id().value(), host.name(), host.address(), host.port());
                    renew(host, question -> agents.askExpired(address, LIMIT, question));
                } else {
                    ask(host);
                }
            } catch (Failure failure) {
                log.warn("The certificate of host {} was not renewed: {}", host.name(), failure.detail());
            }
        });
    }

    private void ask(Host host) {
        var lane = agents.of(host.id().value(), LIMIT);
        var known = lane.askIdentity(
                LIMIT, agent -> agent.requestCertificate(RequestCertificateRequest.getDefaultInstance()));
        var half = half(known);
        if (half.isAfter(clock.instant())) {
            due.put(host.id(), half);
        } else {
            renew(host, question -> lane.askIdentity(LIMIT, question));
        }
    }

    /** How a host is asked: over its lane, or the way that is open to one whose certificate has expired. */
    private interface Way {
        CertificateRequest ask(Function<IdentityAgentBlockingStub, CertificateRequest> question);
    }

    private void renew(Host host, Way way) {
        var request = way.ask(agent -> agent.requestCertificate(RequestCertificateRequest.getDefaultInstance()));
        var certificate = authority.sign(
                HostRequest.of(request.getCsr(), host.address()), host.id().value());
        var installed = way.ask(agent -> agent.installCertificate(InstallCertificateRequest.newBuilder()
                .setCertificate(Pem.write(certificate))
                .build()));
        due.put(host.id(), half(installed));
        log.info(
                "The certificate of host {} was renewed and is good until {}",
                host.name(),
                certificate.getNotAfter().toInstant());
    }

    private static Instant half(CertificateRequest known) {
        return Instant.ofEpochMilli((known.getNotBeforeMs() + known.getNotAfterMs()) / 2);
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
