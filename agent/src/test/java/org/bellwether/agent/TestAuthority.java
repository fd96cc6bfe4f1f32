package org.bellwether.agent;

import java.io.IOException;
import java.io.StringReader;
import java.io.StringWriter;
import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.jcajce.JcaPKCS10CertificationRequest;

/** An engine's authority for tests: signs what the engine would sign. */
public final class TestAuthority {
    private final KeyPair key = keys();
    private final String name;
    private final Duration life;
    private final X509Certificate certificate;

    /** A key with its certificate. */
    public record Holder(KeyPair key, X509Certificate certificate) {}

    public TestAuthority() {
        this("authority");
    }

    public TestAuthority(String name) {
        this(name, Duration.ofDays(1));
    }

    public TestAuthority(String name, Duration life) {
        this.name = "CN=" + name;
        this.life = life;
        this.certificate = sign(this.name, key.getPublic(), List.of(), true);
    }

    public X509Certificate certificate() {
        return certificate;
    }

    public Holder engine() {
        return holder("CN=engine", List.of(uri("bellwether:engine")));
    }

    public Holder host(String id, String address) {
        return holder("CN=" + id, List.of(uri("bellwether:host:" + id), ip(address)));
    }

    public Holder web(String address) {
        return holder("CN=web", List.of(ip(address)));
    }

    /** Signs a host's request, whatever it says of itself. */
    public X509Certificate sign(String requestPem, String id, String address) {
        try (PEMParser parser = new PEMParser(new StringReader(requestPem))) {
            PublicKey publicKey =
                    new JcaPKCS10CertificationRequest((PKCS10CertificationRequest) parser.readObject()).getPublicKey();
            return sign("CN=" + id, publicKey, List.of(uri("bellwether:host:" + id), ip(address)), false);
        } catch (IOException | GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }

    public static String pem(Object object) {
        StringWriter text = new StringWriter();
        try (JcaPEMWriter writer = new JcaPEMWriter(text)) {
            writer.writeObject(object);
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        return text.toString();
    }

    private Holder holder(String name, List<GeneralName> names) {
        KeyPair own = keys();
        return new Holder(own, sign(name, own.getPublic(), names, false));
    }

    private X509Certificate sign(String subject, PublicKey publicKey, List<GeneralName> names, boolean authority) {
        try {
            Instant now = Instant.now();
            JcaX509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                    new X500Name(name),
                    new BigInteger(120, new SecureRandom()),
                    Date.from(now.minus(Duration.ofMinutes(5))),
                    Date.from(now.plus(life)),
                    new X500Name(subject),
                    publicKey);
            extensions(builder, names, authority);
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(new JcaContentSignerBuilder("SHA256withECDSA").build(key.getPrivate())));
        } catch (GeneralSecurityException | OperatorCreationException | CertIOException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void extensions(JcaX509v3CertificateBuilder builder, List<GeneralName> names, boolean authority)
            throws CertIOException {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!authority) {
            builder.addExtension(Extension.extendedKeyUsage, false, new ExtendedKeyUsage(new KeyPurposeId[] {
                KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
            }));
            builder.addExtension(
                    Extension.subjectAlternativeName,
                    false,
                    new GeneralNames(new ArrayList<>(names).toArray(GeneralName[]::new)));
        }
    }

    private static GeneralName uri(String value) {
        return new GeneralName(GeneralName.uniformResourceIdentifier, value);
    }

    private static GeneralName ip(String value) {
        return new GeneralName(GeneralName.iPAddress, value);
    }

    private static KeyPair keys() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException(e);
        }
    }
}
