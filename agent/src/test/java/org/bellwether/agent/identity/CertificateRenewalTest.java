package org.bellwether.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import org.bellwether.agent.TestAuthority;
import org.bellwether.agent.TestEngine;
import org.bellwether.protocol.CertificateRequest;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A host whose engine replaces its authority. */
class CertificateRenewalTest {
    private static final Enrolment.Host HOST = new Enrolment.Host("host1", "127.0.0.1", 54321, "uuid");

    private final TestAuthority next = new TestAuthority("next");

    @TempDir
    Path state;

    private TestEngine engine;
    private LiveIdentity live;
    private CertificateRenewal renewal;
    private EngineOnly trust;

    @BeforeEach
    void enrol() throws Exception {
        engine = new TestEngine("127.0.0.1");
        new Enrolment(state).enrol(engine.token(), HOST);
        live = new LiveIdentity(HostIdentity.read(state));
        renewal = new CertificateRenewal(state, live, Clock.systemUTC());
        trust = EngineOnly.of(live);
    }

    @AfterEach
    void end() {
        engine.close();
    }

    @Test
    void it_learns_moves_and_forgets_and_obeys_whom_it_trusts() throws Exception {
        X509Certificate first = engine.authority().certificate();
        X509Certificate old = engine.authority().engine().certificate();
        X509Certificate young = next.engine().certificate();
        assertThat(trust.getAcceptedIssuers()).containsExactly(first);
        assertThatThrownBy(() -> trust.checkClientTrusted(chain(young), "ECDSA"))
                .isInstanceOf(CertificateException.class);

        CertificateRequest learnt = renewal.trust(pem(first) + pem(next.certificate()));
        assertThat(learnt.getAuthoritiesList())
                .containsExactly(HostIdentity.fingerprint(first), HostIdentity.fingerprint(next.certificate()));
        assertThat(learnt.getIssuer()).isEqualTo(HostIdentity.fingerprint(first));
        assertThat(trust.getAcceptedIssuers())
                .as("by which the engine sees how to come")
                .hasSize(2);
        trust.checkClientTrusted(chain(old), "ECDSA");
        trust.checkClientTrusted(chain(young), "ECDSA");
        for (String name : new String[] {"cacert.pem", "ca-cert.pem"}) {
            assertThat(HostIdentity.certificates(
                            Files.readString(state.resolve("pki").resolve(name))))
                    .as("libvirt and QEMU too")
                    .hasSize(2);
        }

        CertificateRequest moved =
                renewal.install(pem(next.sign(learnt.getCsr(), live.now().hostId(), "127.0.0.1")));
        assertThat(moved.getIssuer()).isEqualTo(HostIdentity.fingerprint(next.certificate()));

        renewal.trust(pem(next.certificate()));
        assertThat(HostIdentity.read(state).authorities()).containsExactly(next.certificate());
        trust.checkClientTrusted(chain(young), "ECDSA");
        assertThatThrownBy(() -> trust.checkClientTrusted(chain(old), "ECDSA"))
                .isInstanceOf(CertificateException.class);
    }

    @Test
    void it_does_not_cut_itself_off() throws Exception {
        String before = Files.readString(state.resolve("pki/cacert.pem"));
        assertThatThrownBy(() -> renewal.trust(pem(next.certificate())))
                .hasMessageContaining("none of the authorities");
        assertThatThrownBy(() -> renewal.trust("rubbish")).hasMessageContaining("cannot be trusted");
        assertThatThrownBy(() -> renewal.trust(pem(engine.authority().certificate())
                        + pem(engine.authority().engine().certificate())))
                .as("no authority")
                .hasMessageContaining("no authority");
        assertThatThrownBy(() -> renewal.install(
                        pem(next.sign(renewal.request().getCsr(), live.now().hostId(), "127.0.0.1"))))
                .as("of one that it has not learnt of")
                .hasMessageContaining("none of the authorities");
        assertThat(state.resolve("pki/cacert.pem")).hasContent(before);
    }

    @Test
    void one_that_has_ended_is_forgotten_without_the_engine() throws Exception {
        TestAuthority longer = new TestAuthority("longer", Duration.ofDays(9));
        X509Certificate first = engine.authority().certificate();
        CertificateRequest learnt = renewal.trust(pem(first) + pem(longer.certificate()));
        renewal.forgetEnded();
        assertThat(live.now().authorities()).hasSize(2);
        CertificateRenewal later =
                new CertificateRenewal(state, live, Clock.offset(Clock.systemUTC(), Duration.ofDays(3)));
        later.forgetEnded();
        assertThat(live.now().authorities())
                .as("its own certificate is of it: nothing would be left that is good")
                .hasSize(2);
        renewal.install(pem(longer.sign(learnt.getCsr(), live.now().hostId(), "127.0.0.1")));
        later.forgetEnded();
        assertThat(HostIdentity.read(state).authorities()).containsExactly(longer.certificate());
    }

    @Test
    void links_lead_libvirt_to_the_files_and_nobodys_own_are_touched(@TempDir Path system) throws Exception {
        Path pki = state.resolve("pki");
        LibvirtKeys.link(pki, system);
        assertThat(Files.readString(system.resolve("CA/cacert.pem")))
                .isEqualTo(Files.readString(pki.resolve("cacert.pem")));
        assertThat(system.resolve("libvirt/private/serverkey.pem")).isSymbolicLink();
        Path own = system.resolve("libvirt/servercert.pem");
        Files.delete(own);
        Files.writeString(own, "somebody's");
        LibvirtKeys.link(pki, system);
        assertThat(own).hasContent("somebody's").isRegularFile();
        Path stale = system.resolve("CA/cacert.pem");
        Files.delete(stale);
        Files.createSymbolicLink(stale, system.resolve("gone/pki/cacert.pem"));
        LibvirtKeys.link(pki, system);
        assertThat(stale.toRealPath()).isEqualTo(pki.resolve("cacert.pem").toRealPath());
    }

    private static String pem(X509Certificate certificate) {
        return TestAuthority.pem(certificate);
    }

    private static X509Certificate[] chain(X509Certificate certificate) {
        return new X509Certificate[] {certificate};
    }
}
