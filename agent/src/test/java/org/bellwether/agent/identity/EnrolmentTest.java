package org.bellwether.agent.identity;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.util.UUID;
import org.bellwether.agent.TestAuthority;
import org.bellwether.agent.TestEngine;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a real HTTPS server with a real authority. */
class EnrolmentTest {
    private static final Enrolment.Host HOST = new Enrolment.Host("host1", "127.0.0.1", 54321, "uuid");

    @TempDir
    Path state;

    private TestEngine engine;

    @BeforeEach
    void begin() throws Exception {
        engine = new TestEngine("127.0.0.1");
    }

    @AfterEach
    void end() {
        engine.close();
    }

    @Test
    void a_host_gets_its_certificate_and_keeps_its_key() throws Exception {
        assertThatThrownBy(() -> HostIdentity.read(state)).hasMessageContaining("not enrolled");
        String id = new Enrolment(state).enrol(engine.token(), HOST);
        HostIdentity identity = HostIdentity.read(state);
        assertThat(identity.hostId()).isEqualTo(id);
        assertThat(identity.address()).isEqualTo("127.0.0.1");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(state.resolve("pki/serverkey.pem"))))
                .isEqualTo("rw-------");
        for (String name : new String[] {
            "cacert.pem",
            "servercert.pem",
            "clientcert.pem",
            "clientkey.pem",
            "ca-cert.pem",
            "server-cert.pem",
            "server-key.pem",
            "client-cert.pem",
            "client-key.pem"
        }) {
            assertThat(state.resolve("pki").resolve(name)).isNotEmptyFile();
        }
    }

    @Test
    void a_lost_answer_is_asked_for_again_with_the_same_key() throws Exception {
        engine.loseNextAnswer();
        assertThatThrownBy(() -> new Enrolment(state).enrol(engine.token(), HOST))
                .isInstanceOf(Enrolment.Failed.class)
                .hasMessageContaining("run it again");
        byte[] key = Files.readAllBytes(state.resolve("pki/enrolling-key.pem"));
        new Enrolment(state).enrol(engine.token(), HOST);
        assertThat(secret(HostIdentity.read(state).key()))
                .isEqualTo(secret(HostIdentity.key(new String(key, US_ASCII))));
        assertThat(state.resolve("pki/enrolling-key.pem")).doesNotExist();
    }

    @Test
    void another_authority_than_the_tokens_is_not_believed() {
        assertThatThrownBy(() -> new Enrolment(state).enrol(engine.token("0".repeat(64), "secret"), HOST))
                .hasMessageContaining("not the engine that made this token");
        assertThatThrownBy(() -> HostIdentity.read(state)).hasMessageContaining("not enrolled");
    }

    @Test
    void a_used_or_broken_token_is_refused_in_the_engines_words() throws Exception {
        String fingerprint = fingerprintOf(engine.token());
        assertThatThrownBy(() -> new Enrolment(state).enrol(engine.token(fingerprint, "wrong"), HOST))
                .hasMessageContaining("not good any more");
        assertThatThrownBy(() -> new Enrolment(state).enrol("no token", HOST)).hasMessageContaining("whole line");
    }

    @Test
    void only_the_engine_is_obeyed() throws Exception {
        new Enrolment(state).enrol(engine.token(), HOST);
        EngineOnly trust = EngineOnly.of(new LiveIdentity(HostIdentity.read(state)));
        trust.checkClientTrusted(chain(engine.authority().engine().certificate()), "ECDSA");
        assertThatThrownBy(() -> trust.checkClientTrusted(
                        chain(engine.authority()
                                .host(UUID.randomUUID().toString(), "127.0.0.1")
                                .certificate()),
                        "ECDSA"))
                .isInstanceOf(CertificateException.class)
                .hasMessageContaining("only the engine");
        try (TestEngine stranger = new TestEngine("127.0.0.1")) {
            assertThatThrownBy(() -> trust.checkClientTrusted(
                            chain(stranger.authority().engine().certificate()), "ECDSA"))
                    .isInstanceOf(CertificateException.class);
        }
    }

    @Test
    void an_engine_that_shows_the_organisations_certificate_is_known_by_its_key() throws Exception {
        try (TestEngine organised = new TestEngine("127.0.0.1", new TestAuthority("organisation"))) {
            assertThatThrownBy(() -> new Enrolment(state).enrol(organised.token(), HOST))
                    .as("an older token names no key")
                    .isInstanceOf(Enrolment.Failed.class);
            new Enrolment(state).enrol(organised.tokenWithKey(), HOST);
            assertThat(HostIdentity.read(state).authorities())
                    .containsExactly(organised.authority().certificate());
        }
    }

    private static BigInteger secret(PrivateKey key) {
        return ((ECPrivateKey) key).getS();
    }

    private static X509Certificate[] chain(X509Certificate certificate) {
        return new X509Certificate[] {certificate};
    }

    private static String fingerprintOf(String token) {
        String json =
                new String(java.util.Base64.getUrlDecoder().decode(token), java.nio.charset.StandardCharsets.UTF_8);
        return json.replaceFirst(".*\"ca_sha256\":\"([0-9a-f]+)\".*", "$1");
    }
}
