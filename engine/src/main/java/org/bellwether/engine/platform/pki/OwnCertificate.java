package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.io.StringReader;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.List;
import org.bellwether.engine.platform.Failure;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.openssl.PEMEncryptedKeyPair;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.pkcs.PKCS8EncryptedPrivateKeyInfo;

/**
 * A certificate that an organisation made for the HTTPS server, with its key, in two files of whatever kind OpenSSL writes. Read
 * with Bouncy Castle, which takes them all; an engine without such files does not load it.
 */
public final class OwnCertificate {
    private OwnCertificate() {}

    /**
     * Reads and checks the two.
     *
     * @param certificate the certificate, with those between it and one that clients know behind it
     * @param key its key, elliptic or RSA, without a passphrase
     * @throws Failure that says which file is wrong, why, and what to do
     */
    public static Identity read(Path certificate, Path key) {
        var chain = chain(certificate);
        var identity = new Identity(key(key), chain);
        try {
            identity.check();
        } catch (IllegalArgumentException another) {
            throw wrong(key, "it is not the key of the certificate in " + certificate)
                    .next("Put certificate and key there that were made together")
                    .from(another);
        }
        return identity;
    }

    /**
     * Whether its time is now.
     *
     * @throws Failure when it has ended, or has not begun
     */
    public static void requireGood(Identity identity, Path certificate, Instant now) {
        var shown = identity.certificate();
        if (!now.isBefore(shown.getNotAfter().toInstant())) {
            throw wrong(certificate, "it was good until " + shown.getNotAfter().toInstant())
                    .next("Put a renewed one there; the engine takes it into use by itself");
        }
        if (now.isBefore(shown.getNotBefore().toInstant())) {
            throw wrong(certificate, "it is good from " + shown.getNotBefore().toInstant() + " on")
                    .next("Check this machine's clock");
        }
    }

    /** Whom clients must know to trust it: the authorities that it brings along, or else itself. */
    public static List<X509Certificate> trusted(Identity identity) {
        var authorities = identity.chain().stream()
                .filter(each -> each.getBasicConstraints() >= 0)
                .toList();
        return authorities.isEmpty() ? List.of(identity.certificate()) : authorities;
    }

    /** Whether clients take it under that name; a star stands for the first part of a name. */
    public static boolean speaksFor(X509Certificate certificate, String name) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            return names != null
                    && names.stream()
                            .map(each -> String.valueOf(each.get(1)))
                            .anyMatch(each -> each.equalsIgnoreCase(name)
                                    || (each.startsWith("*.")
                                            && name.indexOf('.') > 0
                                            && each.substring(1).equalsIgnoreCase(name.substring(name.indexOf('.')))));
        } catch (CertificateParsingException unreadable) {
            return false;
        }
    }

    private static List<X509Certificate> chain(Path file) {
        try {
            return Pem.certificates(text(file));
        } catch (IllegalArgumentException broken) {
            throw wrong(file, String.valueOf(broken.getMessage()))
                    .next("Put a certificate there in PEM, and those that vouch for it behind it")
                    .from(broken);
        }
    }

    private static PrivateKey key(Path file) {
        try (var parser = new PEMParser(new StringReader(text(file)))) {
            for (Object found = parser.readObject(); found != null; found = parser.readObject()) {
                if (found instanceof PrivateKeyInfo info) {
                    return generated(info);
                }
                if (found instanceof PEMKeyPair pair) {
                    return generated(pair.getPrivateKeyInfo());
                }
                if (found instanceof PKCS8EncryptedPrivateKeyInfo || found instanceof PEMEncryptedKeyPair) {
                    throw wrong(file, "it has a passphrase, and nobody is there to say it when the engine starts")
                            .next("Put the key there without it: openssl pkey -in OLD -out " + file
                                    + "; the file must be the engine's user's, mode 600");
                }
            }
        } catch (IOException | RuntimeException broken) { // a parser that throws what it does not declare
            if (broken instanceof Failure failure) {
                throw failure;
            }
            throw wrong(file, String.valueOf(broken.getMessage()))
                    .next("Put a private key there in PEM")
                    .from(broken);
        }
        throw wrong(file, "there is no private key in it").next("Put a private key there in PEM");
    }

    private static PrivateKey generated(PrivateKeyInfo info) throws IOException {
        boolean rsa = PKCSObjectIdentifiers.rsaEncryption.equals(
                info.getPrivateKeyAlgorithm().getAlgorithm());
        try {
            return KeyFactory.getInstance(rsa ? "RSA" : "EC")
                    .generatePrivate(new PKCS8EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException e) {
            throw new IOException("it is neither an elliptic key nor one of RSA", e);
        }
    }

    private static String text(Path file) {
        return PrivateFile.read(file)
                .orElseThrow(
                        () -> wrong(file, "there is no such file")
                                .next(
                                        "Put it there, or take web.certificate-file and web.key-file out of the engine's configuration"));
    }

    private static Failure wrong(Path file, String why) {
        return Failure.badRequest("The HTTPS server cannot show what is in " + file)
                .because(why)
                .undone("Nothing was changed");
    }
}
