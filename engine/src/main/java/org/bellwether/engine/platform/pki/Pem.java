package org.bellwether.engine.platform.pki;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;

/**
 * Reads and writes PEM text: certificates, private keys in PKCS#8, signing requests. With the JDK alone wherever it can:
 * Bouncy Castle's archives are signed, which keeps them out of the start-up cache, and an ordinary start only reads.
 */
public final class Pem {
    /** Far above any certificate or key that we take; refused beyond it, so that a stranger cannot make us parse megabytes. */
    static final int MAXIMUM_LENGTH = 64 * 1024;

    private static final String CERTIFICATE = "CERTIFICATE";
    private static final String PRIVATE_KEY = "PRIVATE KEY";
    private static final Pattern BLOCK =
            Pattern.compile("-----BEGIN ([A-Z0-9 ]{1,40})-----\\s([A-Za-z0-9+/=\\s]*+)-----END \\1-----");

    private Pem() {}

    public static String write(X509Certificate certificate) {
        try {
            return block(CERTIFICATE, certificate.getEncoded());
        } catch (CertificateException impossible) {
            throw new IllegalStateException("A certificate that was read cannot be written.", impossible);
        }
    }

    /** The private key in PKCS#8. The text is as secret as the key. */
    public static String write(PrivateKey key) {
        return block(PRIVATE_KEY, key.getEncoded());
    }

    /** One after the other, as servers expect a chain: the own certificate first. */
    public static String write(List<X509Certificate> chain) {
        StringBuilder text = new StringBuilder();
        chain.forEach(certificate -> text.append(write(certificate)));
        return text.toString();
    }

    /**
     * All certificates of a text, in their order.
     *
     * @throws IllegalArgumentException if the text is not PEM or holds no certificate
     */
    public static List<X509Certificate> certificates(String text) {
        List<X509Certificate> found = new ArrayList<>();
        for (byte[] content : blocks(text, CERTIFICATE)) {
            found.add(certificate(content));
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("The text holds no certificate.");
        }
        return List.copyOf(found);
    }

    /**
     * The first private key of a text.
     *
     * @throws IllegalArgumentException if the text is not PEM or holds no elliptic key in PKCS#8
     */
    public static PrivateKey privateKey(String text) {
        List<byte[]> found = blocks(text, PRIVATE_KEY);
        if (found.isEmpty()) {
            throw new IllegalArgumentException("The text holds no private key in PKCS#8.");
        }
        try {
            return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(found.getFirst()));
        } catch (GeneralSecurityException unreadable) {
            throw new IllegalArgumentException("The private key cannot be read.", unreadable);
        }
    }

    /** The signing request of a text, if that is what it is. */
    static Optional<PKCS10CertificationRequest> request(String text) {
        List<byte[]> found = blocks(text, "CERTIFICATE REQUEST");
        if (found.isEmpty()) {
            return Optional.empty();
        }
        try {
            return Optional.of(new PKCS10CertificationRequest(found.getFirst()));
        } catch (IOException | RuntimeException broken) {
            // The parser answers hostile input with whatever its ASN.1 reader happens to throw.
            throw new IllegalArgumentException("The signing request cannot be read.", broken);
        }
    }

    static X509Certificate certificate(byte[] content) {
        try {
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(content));
        } catch (CertificateException unreadable) {
            throw new IllegalArgumentException("The certificate cannot be read.", unreadable);
        }
    }

    private static List<byte[]> blocks(String text, String type) {
        if (text.length() > MAXIMUM_LENGTH) {
            throw new IllegalArgumentException("The PEM text is longer than " + MAXIMUM_LENGTH + " characters.");
        }
        List<byte[]> found = new ArrayList<>();
        Matcher matcher = BLOCK.matcher(text);
        while (matcher.find()) {
            if (matcher.group(1).equals(type)) {
                found.add(Base64.getMimeDecoder().decode(matcher.group(2)));
            }
        }
        return found;
    }

    private static String block(String type, byte[] content) {
        Base64.Encoder encoder = Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));
        return "-----BEGIN " + type + "-----\n" + encoder.encodeToString(content) + "\n-----END " + type + "-----\n";
    }
}
