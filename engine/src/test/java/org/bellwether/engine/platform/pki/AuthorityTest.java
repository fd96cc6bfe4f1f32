package org.bellwether.engine.platform.pki;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.ExtensionsGenerator;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class AuthorityTest {
    private static final Instant NOW = Instant.parse("2026-11-22T12:00:00Z");

    @TempDir
    Path folder;

    @Test
    void the_authority_and_its_identities_survive_a_restart() {
        Authority first = open(NOW);
        X509Certificate web =
                first.web(List.of("localhost", "127.0.0.1", "::1")).certificate();
        X509Certificate engine = first.engine().certificate();
        Authority second = open(NOW.plus(Duration.ofDays(1)));
        assertThat(second.certificate()).isEqualTo(first.certificate());
        assertThat(second.web(List.of("localhost", "127.0.0.1", "::1")).certificate())
                .isEqualTo(web);
        assertThat(second.engine().certificate()).isEqualTo(engine);
    }

    @Test
    void secret_files_are_readable_by_their_owner_only() throws Exception {
        open(NOW).web(List.of("localhost"));
        for (String name : List.of("authority.pem", "web.pem")) {
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve(name))))
                    .isEqualTo("rw-------");
        }
        assertThat(Files.readString(folder.resolve("ca.crt"))).doesNotContain("PRIVATE");
    }

    @Test
    void a_process_killed_while_writing_leaves_nothing_that_confuses_the_next() throws Exception {
        Files.writeString(folder.resolve("authority.pem.unfinished"), "-----BEGIN PRIVATE KEY-----\nMIG");
        Authority authority = open(NOW);
        assertThat(authority.certificate().getBasicConstraints()).isZero();
        assertThat(folder.resolve("authority.pem.unfinished")).doesNotExist();
    }

    @Test
    void a_damaged_authority_is_refused_and_left_alone() throws Exception {
        open(NOW);
        Path file = folder.resolve("authority.pem");
        String half = Files.readString(file).substring(0, 200);
        Files.writeString(file, half);
        assertThatThrownBy(() -> open(NOW)).isInstanceOf(Failure.class).hasMessageContaining("Restore the file");
        assertThat(Files.readString(file)).isEqualTo(half);
    }

    @Test
    void an_authority_whose_key_is_another_ones_is_refused() throws Exception {
        open(NOW);
        Path file = folder.resolve("authority.pem");
        String certificate = Pem.write(Pem.certificates(Files.readString(file)));
        Files.writeString(file, Pem.write(KeyPairs.generate().getPrivate()) + certificate);
        assertThatThrownBy(() -> open(NOW)).isInstanceOf(Failure.class);
    }

    @Test
    void the_web_certificate_is_made_anew_when_it_ages_or_its_names_change_or_it_is_damaged() throws Exception {
        X509Certificate old = open(NOW).web(List.of("localhost")).certificate();
        assertThat(open(NOW.plus(Duration.ofDays(200)))
                        .web(List.of("localhost"))
                        .certificate())
                .isEqualTo(old);
        assertThat(open(NOW.plus(Duration.ofDays(300)))
                        .web(List.of("localhost"))
                        .certificate())
                .isNotEqualTo(old);
        X509Certificate other =
                open(NOW).web(List.of("localhost", "engine.example")).certificate();
        assertThat(other.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(List.of(2, "localhost"), List.of(2, "engine.example"));
        Files.writeString(folder.resolve("web.pem"), "rubbish");
        assertThat(open(NOW).web(List.of("localhost", "engine.example")).certificate())
                .isNotEqualTo(other);
    }

    @Test
    void a_web_certificate_of_another_authority_is_not_used() throws Exception {
        open(NOW).web(List.of("localhost"));
        Files.delete(folder.resolve("authority.pem"));
        Authority next = open(NOW);
        next.web(List.of("localhost")).certificate().verify(next.certificate().getPublicKey());
    }

    @Test
    void the_engine_is_a_client_and_nothing_else() throws Exception {
        X509Certificate engine = open(NOW).engine().certificate();
        assertThat(engine.getExtendedKeyUsage()).containsExactly("1.3.6.1.5.5.7.3.2");
        assertThat(engine.getSubjectAlternativeNames()).containsExactly(List.of(6, "bellwether:engine"));
        assertThat(engine.getBasicConstraints()).isEqualTo(-1);
    }

    @Test
    void a_host_gets_a_certificate_for_its_key_and_nothing_of_its_request_but_the_key() throws Exception {
        Authority authority = open(NOW);
        KeyPair pair = KeyPairs.generate();
        UUID host = UUID.randomUUID();
        ExtensionsGenerator wishes = new ExtensionsGenerator();
        wishes.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
        PKCS10CertificationRequest greedy = new JcaPKCS10CertificationRequestBuilder(
                        new X500Name("CN=engine,O=evil"), pair.getPublic())
                .addAttribute(PKCSObjectIdentifiers.pkcs_9_at_extensionRequest, wishes.generate())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate()));
        HostRequest request = HostRequest.of(pem(greedy), "192.0.2.7");
        X509Certificate certificate = authority.sign(request, host);
        certificate.verify(authority.certificate().getPublicKey());
        assertThat(certificate.getPublicKey()).isEqualTo(pair.getPublic());
        assertThat(certificate.getSubjectX500Principal().getName()).isEqualTo("CN=" + host);
        assertThat(certificate.getBasicConstraints()).isEqualTo(-1);
        assertThat(certificate.getSubjectAlternativeNames())
                .containsExactlyInAnyOrder(List.of(7, "192.0.2.7"), List.of(6, "bellwether:host:" + host));
        assertThat(certificate.getExtendedKeyUsage())
                .containsExactlyInAnyOrder("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
        assertThat(Duration.between(NOW, certificate.getNotAfter().toInstant())).isEqualTo(Duration.ofDays(30));
        assertThat(Fingerprint.of(certificate.getPublicKey())).isEqualTo(request.fingerprint());
    }

    @Test
    void a_request_signed_with_another_key_is_refused() throws Exception {
        KeyPair own = KeyPairs.generate();
        KeyPair stolen = KeyPairs.generate();
        String pem = pem(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), stolen.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(own.getPrivate())));
        assertThatThrownBy(() -> HostRequest.of(pem, "host1"))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not signed with its own key");
    }

    @Test
    void a_request_with_a_key_of_another_kind_is_refused() throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(2048);
        KeyPair pair = generator.generateKeyPair();
        String pem = pem(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withRSA").build(pair.getPrivate())));
        assertThatThrownBy(() -> HostRequest.of(pem, "host1")).hasMessageContaining("P-256");
    }

    @Test
    void broken_requests_and_addresses_are_refused_in_words() throws Exception {
        String good = pem(KeyPairs.generate());
        for (String bad : List.of(
                "",
                "rubbish",
                "-----BEGIN CERTIFICATE REQUEST-----\nAAAA\n-----END CERTIFICATE REQUEST-----\n",
                good.substring(0, good.length() / 2),
                good.replace("A", "B"),
                "x".repeat(Pem.MAXIMUM_LENGTH + 1),
                Pem.write(KeyPairs.generate().getPrivate()))) {
            assertThatThrownBy(() -> HostRequest.of(bad, "host1"))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("certificate request was refused");
        }
        for (String address : List.of("", "a b", "-x", "1.2.3.4/24", "x\ny", "DNS:evil", "x,IP:1.2.3.4", "é.example")) {
            assertThatThrownBy(() -> HostRequest.of(good, address))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("address");
        }
    }

    private Authority open(Instant now) {
        return Authority.open(folder, InstantSource.fixed(now));
    }

    private static String pem(KeyPair pair) throws Exception {
        return pem(new JcaPKCS10CertificationRequestBuilder(new X500Name("CN=x"), pair.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(pair.getPrivate())));
    }

    private static String pem(PKCS10CertificationRequest request) throws Exception {
        java.io.StringWriter text = new java.io.StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject("CERTIFICATE REQUEST", request.getEncoded()));
        }
        return text.toString();
    }
}
