package org.bellwether.engine.platform.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.Failure;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Certificates that OpenSSL made, as an organisation would. */
class WebIdentityTest {
    private static final List<String> NAMES = List.of("localhost");

    /** A certificate that OpenSSL makes now has begun by then. */
    private Instant now = Instant.now().plus(Duration.ofHours(1));

    @TempDir
    Path folder;

    private Authority authority;

    @BeforeEach
    void open() {
        authority = Authority.open(folder.resolve("pki"), () -> now);
    }

    @ParameterizedTest
    @ValueSource(strings = {"rsa:2048", "ec"})
    void the_organisations_certificate_is_shown_and_clients_are_told_whom_to_trust(String kind) throws Exception {
        make(kind, "engine.example", 30, "shown");
        WebIdentity web = web("shown");
        assertThat(web.certificate().getSubjectX500Principal().getName()).isEqualTo("CN=engine.example");
        assertThat(web.now().keyStore("x".toCharArray()).size()).isEqualTo(1);
        assertThat(OwnCertificate.speaksFor(web.certificate(), "engine.example"))
                .isTrue();
        assertThat(OwnCertificate.speaksFor(web.certificate(), "other.example")).isFalse();
        assertThat(authority.trusted()).as("hosts do not").doesNotContain(web.certificate());
        List<X509Certificate> published = Pem.certificates(Files.readString(folder.resolve("pki/ca.crt")));
        assertThat(published).containsExactly(authority.certificate(), web.certificate());
    }

    @Test
    void a_key_in_the_old_form_is_taken_too() throws Exception {
        make("rsa:2048", "engine.example", 30, "shown");
        run("openssl", "rsa", "-traditional", "-in", file("shown.key"), "-out", file("old.key"));
        assertThat(Files.readString(folder.resolve("old.key"))).contains("BEGIN RSA PRIVATE KEY");
        Files.move(
                folder.resolve("old.key"),
                folder.resolve("shown.key"),
                java.nio.file.StandardCopyOption.REPLACE_EXISTING);
        assertThat(web("shown").certificate().getSubjectX500Principal().getName())
                .isEqualTo("CN=engine.example");
    }

    @Test
    void files_that_are_replaced_are_taken_into_use_when_they_fit_together() throws Exception {
        make("ec", "engine.example", 30, "shown");
        WebIdentity web = web("shown");
        X509Certificate first = web.look().certificate();
        make("rsa:2048", "engine.example", 60, "newer");
        copy("newer.crt", "shown.crt");
        assertThat(web.look().certificate()).as("its key is not there yet").isEqualTo(first);
        copy("newer.key", "shown.key");
        X509Certificate second = web.look().certificate();
        assertThat(second).isNotEqualTo(first);
        Files.writeString(folder.resolve("shown.crt"), "rubbish");
        assertThat(web.look().certificate()).isEqualTo(second);
        Files.delete(folder.resolve("shown.crt"));
        assertThat(web.look().certificate()).isEqualTo(second);
    }

    @Test
    void what_cannot_be_shown_is_refused_at_start_with_the_reason() throws Exception {
        make("ec", "engine.example", 30, "one");
        make("ec", "engine.example", 30, "two");
        copy("two.key", "one.key");
        assertThatThrownBy(() -> web("one")).isInstanceOf(Failure.class).hasMessageContaining("not the key of");
        assertThatThrownBy(() -> web("none")).isInstanceOf(Failure.class).hasMessageContaining("no such file");
        run(
                "openssl",
                "pkey",
                "-aes256",
                "-passout",
                "pass:secret",
                "-in",
                file("two.key"),
                "-out",
                file("locked.key"));
        copy("two.crt", "locked.crt");
        assertThatThrownBy(() -> web("locked")).isInstanceOf(Failure.class).hasMessageContaining("passphrase");
    }

    @Test
    void one_that_has_ended_does_not_keep_the_engine_from_starting() throws Exception {
        make("ec", "engine.example", 30, "shown");
        now = now.plus(Duration.ofDays(40));
        WebIdentity web = web("shown");
        web.certificate().verify(authority.certificate().getPublicKey());
        make("ec", "engine.example", 60, "shown");
        assertThat(web.look().certificate().getSubjectX500Principal().getName()).isEqualTo("CN=engine.example");
    }

    private WebIdentity web(String name) {
        return new WebIdentity(
                authority,
                NAMES,
                Optional.of(new WebIdentity.Files(folder.resolve(name + ".crt"), folder.resolve(name + ".key"))),
                () -> now);
    }

    private void make(String kind, String name, int days, String to) throws Exception {
        List<String> words = new ArrayList<>(List.of("openssl", "req", "-x509", "-newkey", kind));
        if (kind.equals("ec")) {
            words.addAll(List.of("-pkeyopt", "ec_paramgen_curve:P-256"));
        }
        words.addAll(List.of(
                "-nodes",
                "-days",
                Integer.toString(days),
                "-subj",
                "/CN=" + name,
                "-addext",
                "subjectAltName=DNS:" + name,
                "-keyout",
                file(to + ".key"),
                "-out",
                file(to + ".crt")));
        run(words.toArray(String[]::new));
    }

    private String file(String name) {
        return folder.resolve(name).toString();
    }

    private void copy(String from, String to) throws IOException {
        Files.copy(folder.resolve(from), folder.resolve(to), java.nio.file.StandardCopyOption.REPLACE_EXISTING);
    }

    private void run(String... words) throws Exception {
        Path said = folder.resolve("openssl.log");
        Process process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(said.toFile())
                .start();
        assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(said)).isZero();
    }
}
