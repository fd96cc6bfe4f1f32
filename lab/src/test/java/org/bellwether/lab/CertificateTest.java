package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Certificates of hosts that live for less than a minute: they renew by themselves, and nothing that runs notices. */
@InTurn(of = 2, on = 1)
@ExtendWith(World.Extension.class)
final class CertificateTest {
    private static final Duration LIFE = Duration.ofSeconds(40);
    private static final int RENEWALS = 4;

    private final World world;

    CertificateTest(World world) {
        this.world = world;
    }

    @BeforeEach
    void shorten_lives() {
        world.engine.stop();
        world.engine.start(Map.of("host-certificate-life", LIFE.toString()));
        enrolCertificates();
    }

    @AfterEach
    void lengthen_lives() {
        world.engine.stop();
        world.engine.start();
        enrolCertificates();
    }

    private void enrolCertificates() {
        for (LabHost host : world.hosts()) {
            new Inventory(world.api()).awaitHost(host.name());
            String id = world.api().named("/hosts", host.name()).path("id").asText();
            world.api().post("/hosts/" + id + "/enrollcertificate", "{}");
        }
    }

    @Test
    void certificates_renew_many_times_while_machines_migrate() {
        String vm = world.runningMachine("renewed-under", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        Set<String> seen = new HashSet<>();
        LabHost to = world.two;
        assertThat(world.one.agentRuns()).isTrue();
        String agent = world.one.run("cat", "/run/bellwether-agent.pid");
        while (seen.size() <= RENEWALS) {
            seen.add(serial(world.one));
            String target = to.name();
            world.migrate(vm, to);
            assertThat(Await.holds(
                            World.BOOT,
                            () -> world.hostOf(vm).equals(target)
                                    && world.status(vm).equals("up")))
                    .as("arrives on %s with the certificates of now", target)
                    .isTrue();
            to = to == world.two ? world.one : world.two;
        }
        assertThat(Await.holds(World.SOON, () -> shownByLibvirt(world.one).equals(serial(world.one))))
                .as("libvirt shows the newest one too, which it is told of")
                .isTrue();
        assertThat(world.one.run("cat", "/run/bellwether-agent.pid"))
                .as("no restart")
                .isEqualTo(agent);
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        world.stop(vm);
    }

    @Test
    void hosts_whose_certificates_expired_while_the_engine_was_away_come_back_by_themselves() {
        world.engine.stop();
        assertThat(Await.holds(Duration.ofMinutes(2), () -> expired(world.one) && expired(world.two)))
                .isTrue();
        // Open connections would not notice; a new one does.
        world.one.stopAgent();
        world.one.startAgent();
        world.engine.start(Map.of("host-certificate-life", LIFE.toString()));
        for (LabHost host : world.hosts()) {
            new Inventory(world.api()).awaitHost(host.name());
            assertThat(Await.holds(World.SOON, () -> !expired(host))).isTrue();
        }
    }

    private static String certificate(LabHost host) {
        return host.directory().resolve("agent/pki/servercert.pem").toString();
    }

    private static String serial(LabHost host) {
        return Command.run("openssl", "x509", "-noout", "-serial", "-in", certificate(host));
    }

    /** To hosts that send machines. */
    private static String shownByLibvirt(LabHost host) {
        return host.run(
                "sh",
                "-c",
                "openssl s_client -connect " + host.address() + ":" + LabHost.LIBVIRT_TLS_PORT
                        + " </dev/null 2>/dev/null | openssl x509 -noout -serial");
    }

    private static boolean expired(LabHost host) {
        return !Command.attempt("openssl", "x509", "-noout", "-checkend", "0", "-in", certificate(host))
                .succeeded();
    }
}
