package org.bellwether.agent.identity;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.MessageDigest;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SignatureException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.bellwether.agent.platform.AtomicFile;

/**
 * Who this host is: the id in its certificate, and the addresses that the certificate speaks for.
 *
 * @param hostId a UUID given by the engine
 * @param address where other hosts and the engine reach this host
 * @param authorities whom this host trusts: one, or two while the engine replaces its authority
 * @param directory key and certificates, in names that libvirt and QEMU look for
 */
public record HostIdentity(
        String hostId,
        String address,
        PrivateKey key,
        X509Certificate certificate,
        List<X509Certificate> authorities,
        Path directory) {

    static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");
    static final Set<PosixFilePermission> PUBLIC = PosixFilePermissions.fromString("rw-r--r--");
    private static final String KEY = "serverkey.pem";
    private static final String CERTIFICATE = "servercert.pem";
    private static final String AUTHORITY = "cacert.pem";
    private static final String URI_PREFIX = "bellwether:host:";
    private static final int SAN_DNS = 2;
    private static final int SAN_URI = 6;
    private static final int SAN_IP = 7;

    /** This host is not enrolled, or what it was given cannot be read. The message says what to do. */
    public static final class Unusable extends Exception {
        private static final long serialVersionUID = 1L;

        Unusable(String message) {
            super(message);
        }
    }

    /** Where key and certificates are kept below the agent's state. */
    public static Path directory(Path stateDirectory) {
        return stateDirectory.resolve("pki");
    }

    /** Reads what enrolment left. */
    public static HostIdentity read(Path stateDirectory) throws Unusable {
        Path directory = directory(stateDirectory);
        if (!Files.exists(directory.resolve(CERTIFICATE))) {
            throw new Unusable(
                    "This host is not enrolled: there is no certificate in " + directory
                            + ". Make a token in the engine and run the agent with --enrol TOKEN --name NAME --address ADDRESS.");
        }
        try {
            X509Certificate certificate = certificate(Files.readString(directory.resolve(CERTIFICATE)));
            PrivateKey key = key(Files.readString(directory.resolve(KEY)));
            List<X509Certificate> authorities = certificates(Files.readString(directory.resolve(AUTHORITY)));
            signer(certificate, authorities);
            return new HostIdentity(
                    hostId(certificate), address(certificate), key, certificate, authorities, directory);
        } catch (IOException | GeneralSecurityException | IllegalArgumentException e) {
            throw new Unusable("Key or certificate in " + directory + " cannot be used (" + e.getMessage()
                    + "). Enrol this host again with a new token.");
        }
    }

    /**
     * Keeps what the engine answered. Names are those that libvirt (pkipath) and QEMU (migration over TLS) look for; the
     * certificate that says "enrolled" goes last, so that a crash before leaves a host that is not enrolled yet.
     */
    static void write(Path stateDirectory, String keyPem, String certificatePem, String authorityPem)
            throws IOException {
        Path directory = directory(stateDirectory);
        for (String name : List.of(KEY, "clientkey.pem", "server-key.pem", "client-key.pem")) {
            AtomicFile.write(directory.resolve(name), ascii(keyPem), PRIVATE);
        }
        writeAuthorities(stateDirectory, authorityPem);
        writeCertificate(stateDirectory, certificatePem);
    }

    /** Whom to trust. The one that {@link #read} looks at goes last: what it says is so everywhere. */
    static void writeAuthorities(Path stateDirectory, String pem) throws IOException {
        Path directory = directory(stateDirectory);
        for (String name : List.of("ca-cert.pem", AUTHORITY)) {
            AtomicFile.write(directory.resolve(name), ascii(pem), PUBLIC);
        }
    }

    /** A newer certificate for the same key: whichever of the files are new when something dies, they fit. */
    static void writeCertificate(Path stateDirectory, String certificatePem) throws IOException {
        Path directory = directory(stateDirectory);
        for (String name : List.of("clientcert.pem", "client-cert.pem", "server-cert.pem", CERTIFICATE)) {
            AtomicFile.write(directory.resolve(name), ascii(certificatePem), PUBLIC);
        }
    }

    static X509Certificate certificate(String pem) throws CertificateException {
        return (X509Certificate) CertificateFactory.getInstance("X.509")
                .generateCertificate(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)));
    }

    /** All of a text, which must have one. */
    static List<X509Certificate> certificates(String pem) throws CertificateException {
        List<X509Certificate> all = new ArrayList<>();
        for (var each : CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))) {
            all.add((X509Certificate) each);
        }
        if (all.isEmpty()) {
            throw new CertificateException("there is no certificate");
        }
        return List.copyOf(all);
    }

    /** The authority that signed this host's certificate. */
    public X509Certificate issuer() {
        try {
            return signer(certificate, authorities);
        } catch (SignatureException e) {
            throw new IllegalStateException("it was checked when it was read", e);
        }
    }

    /** Which of them signed it. */
    static X509Certificate signer(X509Certificate certificate, List<X509Certificate> authorities)
            throws SignatureException {
        for (X509Certificate authority : authorities) {
            if (signed(authority, certificate)) {
                return authority;
            }
        }
        throw new SignatureException("it is of none of the authorities that this host trusts");
    }

    private static boolean signed(X509Certificate authority, X509Certificate certificate) {
        try {
            certificate.verify(authority.getPublicKey());
            return true;
        } catch (GeneralSecurityException notByThisOne) {
            return false;
        }
    }

    /** SHA-256 of its DER form, in hexadecimal digits. */
    static String fingerprint(X509Certificate certificate) throws GeneralSecurityException {
        return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded()));
    }

    static String pem(String kind, byte[] der) {
        String body = Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(der);
        return "-----BEGIN " + kind + "-----\n" + body + "\n-----END " + kind + "-----\n";
    }

    static PrivateKey key(String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(der(pem)));
    }

    static PublicKey publicKey(String pem) throws GeneralSecurityException {
        return KeyFactory.getInstance("EC").generatePublic(new java.security.spec.X509EncodedKeySpec(der(pem)));
    }

    /** The id that the engine wrote into a host's certificate. */
    static String hostId(X509Certificate certificate) throws CertificateException, InvalidKeySpecException {
        for (String uri : names(certificate, SAN_URI)) {
            if (uri.startsWith(URI_PREFIX)) {
                return uri.substring(URI_PREFIX.length());
            }
        }
        throw new CertificateException("it is not a host's certificate: it has no name " + URI_PREFIX + "…");
    }

    static List<String> names(X509Certificate certificate, int kind) throws CertificateException {
        var alternatives = certificate.getSubjectAlternativeNames();
        return alternatives == null
                ? List.of()
                : alternatives.stream()
                        .filter(name -> name.get(0) instanceof Integer type && type == kind)
                        .map(name -> String.valueOf(name.get(1)))
                        .toList();
    }

    private static String address(X509Certificate certificate) throws CertificateException {
        for (int kind : new int[] {SAN_IP, SAN_DNS}) {
            for (String name : names(certificate, kind)) {
                return name;
            }
        }
        throw new CertificateException("it has no address in it");
    }

    private static byte[] der(String pem) {
        return Base64.getMimeDecoder().decode(pem.replaceAll("-----[A-Z ]+-----", ""));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
