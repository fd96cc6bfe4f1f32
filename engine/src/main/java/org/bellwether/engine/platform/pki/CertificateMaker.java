package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * Makes certificates, with Bouncy Castle. It stands apart from {@link Authority} so that a start, which only reads what
 * was made, does not load that library: to prove the signatures of its archives costs half a second.
 */
final class CertificateMaker {
    /** Clocks of hosts may lag behind ours; a certificate from the future would be refused. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private static final SecureRandom RANDOM = new SecureRandom();

    private CertificateMaker() {}

    /** A new authority, which signs itself and is good for that long. */
    static Identity authority(Instant now, Duration life) {
        KeyPair pair = KeyPairs.generate();
        // Two authorities of two engines must not have the same name: a browser that knows both would pick the wrong
        // one.
        byte[] mark = new byte[4];
        RANDOM.nextBytes(mark);
        X500Name name = name("Bellwether authority " + java.util.HexFormat.of().formatHex(mark));
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(tolerance(life))),
                Date.from(now.plus(life)),
                name,
                pair.getPublic());
        try {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
            builder.addExtension(
                    Extension.subjectKeyIdentifier,
                    false,
                    new JcaX509ExtensionUtils().createSubjectKeyIdentifier(pair.getPublic()));
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException("The authority's certificate cannot be made.", impossible);
        }
        return new Identity(pair.getPrivate(), List.of(signed(builder, pair.getPrivate())));
    }

    /** A certificate of the authority's for a key; it ends with the authority, after which nobody would believe it. */
    static X509Certificate issue(Identity authority, Profile profile, PublicKey key, Instant now) {
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                authority.certificate(),
                serial(),
                Date.from(now.minus(tolerance(profile.life()))),
                Date.from(end(authority.certificate(), profile.life(), now)),
                new javax.security.auth.x500.X500Principal(encoded(name(profile.commonName()))),
                key);
        try {
            JcaX509ExtensionUtils extensions = new JcaX509ExtensionUtils();
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(false));
            // libvirt and QEMU refuse a certificate without key encipherment, though no EC key enciphers keys.
            builder.addExtension(
                    Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature | KeyUsage.keyEncipherment));
            builder.addExtension(Extension.extendedKeyUsage, false, profile.purposes());
            builder.addExtension(Extension.subjectAlternativeName, false, profile.alternativeNames());
            builder.addExtension(Extension.subjectKeyIdentifier, false, extensions.createSubjectKeyIdentifier(key));
            builder.addExtension(
                    Extension.authorityKeyIdentifier,
                    false,
                    extensions.createAuthorityKeyIdentifier(authority.publicKey()));
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException("The certificate cannot be made.", impossible);
        }
        return signed(builder, authority.key());
    }

    /** Until when one that is made now would be good. */
    static Instant end(X509Certificate authority, Duration life, Instant now) {
        Instant own = now.plus(life);
        Instant last = authority.getNotAfter().toInstant();
        return own.isBefore(last) ? own : last;
    }

    /** Whoever makes them live for minutes looks at how much of it is gone; an hour before its time would hide that. */
    private static Duration tolerance(Duration life) {
        Duration half = life.dividedBy(2);
        return half.compareTo(CLOCK_TOLERANCE) < 0 ? half : CLOCK_TOLERANCE;
    }

    private static X509Certificate signed(X509v3CertificateBuilder builder, java.security.PrivateKey key) {
        try {
            return Pem.certificate(builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key))
                    .getEncoded());
        } catch (OperatorCreationException | IOException impossible) {
            throw new IllegalStateException("The certificate cannot be signed.", impossible);
        }
    }

    private static X500Name name(String commonName) {
        return new X500NameBuilder(BCStyle.INSTANCE)
                .addRDN(BCStyle.CN, commonName)
                .build();
    }

    private static byte[] encoded(X500Name name) {
        try {
            return name.getEncoded();
        } catch (IOException impossible) {
            throw new IllegalStateException("A name cannot be written.", impossible);
        }
    }

    /** Positive and at most 20 bytes long, as RFC 5280 wants it; random, so that it needs no counter on disk. */
    private static BigInteger serial() {
        return new BigInteger(127, RANDOM).setBit(126);
    }
}
