package org.bellwether.agent.identity;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.bellwether.agent.platform.AtomicFile;
import org.bouncycastle.asn1.DERBitString;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.asn1.sec.ECPrivateKey;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequestBuilder;

/**
 * Makes this host one of the engine's: a key that never leaves the host, a request for a certificate, the answer. The
 * key is on disk before the request goes out, so that a lost answer is asked for again with the same key and token.
 */
public final class Enrolment {
    /** Where the host's page in Cockpit finds the address of the portals. */
    private static final String ENGINE = "engine-url";

    private static final Duration PATIENCE = Duration.ofSeconds(30);
    private static final int WRONG = 400;
    private static final int CURVE_BITS = 256;
    private static final String PENDING_KEY = "enrolling-key.pem";
    private static final String PENDING_PUBLIC = "enrolling-public.pem";
    private static final String ENROLMENT = "/ovirt-engine/services/enrolment";
    private static final String AUTHORITY =
            "/ovirt-engine/services/pki-resource?resource=ca-certificate&format=X509-PEM-CA";

    private final Path stateDirectory;

    /** Enrolment did not come to its end; the message says why and what to do. Nothing of the host was changed. */
    public static final class Failed extends Exception {
        private static final long serialVersionUID = 1L;

        Failed(String message) {
            super(message);
        }
    }

    /** What the host says of itself. */
    public record Host(String name, String address, int port, String hardwareUuid, Ssh ssh) {
        public Host(String name, String address, int port, String hardwareUuid) {
            this(name, address, port, hardwareUuid, Ssh.NONE);
        }
    }

    /**
     * How the engine, whose key was let in, gets in over SSH.
     *
     * @param keys fingerprints of the keys that sshd shows, with commas between; empty: it does not get in
     */
    public record Ssh(int port, String keys) {
        public static final Ssh NONE = new Ssh(0, "");
    }

    public Enrolment(Path stateDirectory) {
        this.stateDirectory = stateDirectory;
    }

    /** Enrols, or enrols again; answers the id that the engine gave this host. */
    public String enrol(String tokenLine, Host host) throws Failed {
        EnrolmentToken token = EnrolmentToken.parse(tokenLine);
        try {
            Path directory = HostIdentity.directory(stateDirectory);
            Files.createDirectories(directory);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx------"));
            KeyPair key = pendingKey(directory);
            List<X509Certificate> pinned = authorities(token);
            JsonNode answer = request(token, pinned, key, host);
            String certificatePem = required(answer, "certificate");
            String authorityPem = required(answer, "authority");
            String hostId = accept(certificatePem, authorityPem, pinned, key.getPublic(), token);
            AtomicFile.write(
                    stateDirectory.resolve(ENGINE),
                    (token.url() + "\n").getBytes(StandardCharsets.UTF_8),
                    HostIdentity.PUBLIC);
            HostIdentity.write(
                    stateDirectory, HostIdentity.pem("PRIVATE KEY", whole(key)), certificatePem, authorityPem);
            Files.deleteIfExists(directory.resolve(PENDING_KEY));
            Files.deleteIfExists(directory.resolve(PENDING_PUBLIC));
            return hostId;
        } catch (IOException e) {
            throw new Failed("This host was not enrolled: " + e.getMessage() + ". Check that " + token.url()
                    + " can be reached from here and that " + stateDirectory + " can be written, then run it again.");
        } catch (GeneralSecurityException | OperatorCreationException e) {
            throw new Failed("This host was not enrolled: " + e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new Failed("This host was not enrolled: it was interrupted. Run it again.");
        }
    }

    private static KeyPair pendingKey(Path directory) throws IOException, GeneralSecurityException {
        Path privateFile = directory.resolve(PENDING_KEY);
        Path publicFile = directory.resolve(PENDING_PUBLIC);
        if (Files.exists(privateFile) && Files.exists(publicFile)) {
            PrivateKey privateKey = HostIdentity.key(Files.readString(privateFile));
            return new KeyPair(HostIdentity.publicKey(Files.readString(publicFile)), privateKey);
        }
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair key = generator.generateKeyPair();
        AtomicFile.write(
                publicFile,
                HostIdentity.pem("PUBLIC KEY", key.getPublic().getEncoded()).getBytes(StandardCharsets.US_ASCII),
                HostIdentity.PUBLIC);
        AtomicFile.write(
                privateFile,
                HostIdentity.pem("PRIVATE KEY", key.getPrivate().getEncoded()).getBytes(StandardCharsets.US_ASCII),
                HostIdentity.PRIVATE);
        return key;
    }

    /** The private key with the public one in it: Java leaves that out, and GnuTLS (libvirt, QEMU) wants it. */
    private static byte[] whole(KeyPair key) throws IOException {
        PrivateKeyInfo bare = PrivateKeyInfo.getInstance(key.getPrivate().getEncoded());
        ECPrivateKey secret = ECPrivateKey.getInstance(bare.parsePrivateKey());
        byte[] point = SubjectPublicKeyInfo.getInstance(key.getPublic().getEncoded())
                .getPublicKeyData()
                .getBytes();
        ECPrivateKey both = new ECPrivateKey(CURVE_BITS, secret.getKey(), new DERBitString(point), null);
        return new PrivateKeyInfo(bare.getPrivateKeyAlgorithm(), both).getEncoded();
    }

    /** Fetches the authorities from whoever answers, and believes only those that have a fingerprint of the token's. */
    private static List<X509Certificate> authorities(EnrolmentToken token)
            throws Failed, IOException, GeneralSecurityException, InterruptedException {
        SSLContext anyone = SSLContext.getInstance("TLS");
        anyone.init(null, new TrustManager[] {new Anyone()}, new SecureRandom());
        String pem = send(
                anyone, HttpRequest.newBuilder(token.url().resolve(AUTHORITY)).GET(), "the engine's authority");
        List<X509Certificate> believed = new ArrayList<>();
        String first = "";
        for (X509Certificate authority : HostIdentity.certificates(pem)) {
            String fingerprint = HostIdentity.fingerprint(authority);
            first = first.isEmpty() ? fingerprint : first;
            if (token.authorities().contains(fingerprint)) {
                believed.add(authority);
            }
        }
        if (believed.isEmpty()) {
            throw new Failed(
                    "Who answers at " + token.url() + " is not the engine that made this token: its authority is "
                            + first + ". Somebody may be in between; or the token is of another engine.");
        }
        return believed;
    }

    private static JsonNode request(EnrolmentToken token, List<X509Certificate> authorities, KeyPair key, Host host)
            throws Failed, IOException, GeneralSecurityException, OperatorCreationException, InterruptedException {
        SSLContext pinned = SSLContext.getInstance("TLS");
        pinned.init(null, new TrustManager[] {PinnedEngine.of(authorities, token.web())}, new SecureRandom());
        byte[] csr = new JcaPKCS10CertificationRequestBuilder(
                        new X500NameBuilder(BCStyle.INSTANCE)
                                .addRDN(BCStyle.CN, host.name())
                                .build(),
                        key.getPublic())
                .build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate()))
                .getEncoded();
        JsonMapper json = JsonMapper.builder().build();
        Map<String, Object> told = new HashMap<>(Map.of(
                "token", token.line(),
                "csr", HostIdentity.pem("CERTIFICATE REQUEST", csr),
                "name", host.name(),
                "address", host.address(),
                "port", host.port(),
                "hardware_uuid", host.hardwareUuid()));
        if (!host.ssh().keys().isEmpty()) {
            told.put("ssh_port", host.ssh().port());
            told.put("ssh_fingerprints", host.ssh().keys());
        }
        String body = json.writeValueAsString(told);
        String answer = send(
                pinned,
                HttpRequest.newBuilder(token.url().resolve(ENROLMENT))
                        .header("Content-Type", "application/json")
                        .header("Accept", "application/json")
                        .POST(HttpRequest.BodyPublishers.ofString(body)),
                "the enrolment");
        try {
            return json.readTree(answer);
        } catch (JsonProcessingException e) {
            throw new Failed("The engine's answer to the enrolment cannot be read.");
        }
    }

    private static String send(SSLContext context, HttpRequest.Builder request, String what)
            throws Failed, IOException, InterruptedException {
        try (HttpClient client = HttpClient.newBuilder()
                .sslContext(context)
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(PATIENCE)
                .build()) {
            HttpResponse<String> response =
                    client.send(request.timeout(PATIENCE).build(), HttpResponse.BodyHandlers.ofString());
            if (response.statusCode() >= WRONG) {
                throw new Failed(
                        "The engine refused " + what + " (" + response.statusCode() + "): " + words(response.body()));
            }
            return response.body();
        }
    }

    private static String words(String body) {
        try {
            JsonNode node = JsonMapper.builder().build().readTree(body);
            String detail = node.path("detail").asText(node.path("error").asText(""));
            String reason = node.path("reason").asText("");
            if (!detail.isEmpty() || !reason.isEmpty()) {
                return (reason + " " + detail).strip();
            }
        } catch (JsonProcessingException e) {
            return body.strip();
        }
        return body.strip();
    }

    private static String accept(
            String certificatePem,
            String authorityPem,
            List<X509Certificate> pinned,
            PublicKey key,
            EnrolmentToken token)
            throws GeneralSecurityException, Failed {
        List<X509Certificate> authorities = HostIdentity.certificates(authorityPem);
        X509Certificate certificate = HostIdentity.certificate(certificatePem);
        if (authorities.stream().noneMatch(pinned::contains)) {
            throw new Failed("The engine at " + token.url() + " answered with another authority than it serves.");
        }
        HostIdentity.signer(certificate, authorities);
        if (!certificate.getPublicKey().equals(key)) {
            throw new Failed("The engine at " + token.url() + " answered with a certificate for another key.");
        }
        return HostIdentity.hostId(certificate);
    }

    private static String required(JsonNode answer, String key) throws Failed {
        String value = answer.path(key).asText("");
        if (value.isEmpty()) {
            throw new Failed("The engine's answer to the enrolment has no " + key + ".");
        }
        return value;
    }
}
