package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.security.PrivateKey;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.util.io.pem.PemObject;
import org.bouncycastle.util.io.pem.PemWriter;

/** Reads and writes PEM text: certificates, private keys in PKCS#8, signing requests. */
public final class Pem {
    /** Far above any certificate or key that we take; refused beyond it, so that a stranger cannot make us parse megabytes. */
    static final int MAXIMUM_LENGTH = 64 * 1024;

    private Pem() {}

    public static String write(X509Certificate certificate) {
        try {
            return block("CERTIFICATE", certificate.getEncoded());
        } catch (CertificateException impossible) {
            throw new IllegalStateException("A certificate that was read cannot be written.", impossible);
        }
    }

    /** The private key in PKCS#8. The text is as secret as the key. */
    public static String write(PrivateKey key) {
        return block("PRIVATE KEY", key.getEncoded());
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
        for (Object part : parts(text)) {
            if (part instanceof X509CertificateHolder holder) {
                found.add(certificate(holder));
            }
        }
        if (found.isEmpty()) {
            throw new IllegalArgumentException("The text holds no certificate.");
        }
        return List.copyOf(found);
    }

    /**
     * The first private key of a text.
     *
     * @throws IllegalArgumentException if the text is not PEM or holds no key in PKCS#8
     */
    public static PrivateKey privateKey(String text) {
        for (Object part : parts(text)) {
            if (part instanceof PrivateKeyInfo info) {
                try {
                    return new JcaPEMKeyConverter().getPrivateKey(info);
                } catch (IOException unreadable) {
                    throw new IllegalArgumentException("The private key cannot be read.", unreadable);
                }
            }
        }
        throw new IllegalArgumentException("The text holds no private key in PKCS#8.");
    }

    /** The signing request of a text, if that is what it is. */
    static Optional<PKCS10CertificationRequest> request(String text) {
        for (Object part : parts(text)) {
            if (part instanceof PKCS10CertificationRequest request) {
                return Optional.of(request);
            }
        }
        return Optional.empty();
    }

    static X509Certificate certificate(X509CertificateHolder holder) {
        try {
            return new JcaX509CertificateConverter().getCertificate(holder);
        } catch (CertificateException unreadable) {
            throw new IllegalArgumentException("The certificate cannot be read.", unreadable);
        }
    }

    private static List<Object> parts(String text) {
        if (text.length() > MAXIMUM_LENGTH) {
            throw new IllegalArgumentException("The PEM text is longer than " + MAXIMUM_LENGTH + " characters.");
        }
        List<Object> found = new ArrayList<>();
        try (PEMParser parser = new PEMParser(new StringReader(text))) {
            for (Object part = parser.readObject(); part != null; part = parser.readObject()) {
                found.add(part);
            }
        } catch (IOException | RuntimeException broken) {
            // The parser answers hostile input with whatever its ASN.1 reader happens to throw.
            throw new IllegalArgumentException("The text is not valid PEM.", broken);
        }
        return found;
    }

    private static String block(String type, byte[] content) {
        StringWriter text = new StringWriter();
        try (PemWriter writer = new PemWriter(text)) {
            writer.writeObject(new PemObject(type, content));
        } catch (IOException impossible) {
            throw new UncheckedIOException(impossible);
        }
        return text.toString();
    }
}
