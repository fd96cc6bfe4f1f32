package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Date;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;
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
 * The engine's certificate authority. Made at the first start; its key never leaves the data folder. Each identity lies in
 * one file with its key, so that a process killed at any instant leaves the old one or the new one, never half of both.
 * Safe for use by several threads.
 */
public final class Authority {
    private static final Duration AUTHORITY_LIFE = Duration.ofDays(3650);
    /** Clocks of hosts may lag behind ours; a certificate from the future would be refused. */
    private static final Duration CLOCK_TOLERANCE = Duration.ofHours(1);

    private final Path folder;
    private final InstantSource clock;
    private final Identity identity;
    private final SecureRandom random = new SecureRandom();

    private Authority(Path folder, InstantSource clock, Identity identity) {
        this.folder = folder;
        this.clock = clock;
        this.identity = identity;
    }

    /**
     * Opens the authority of a folder, making it if the folder has none.
     *
     * @throws Failure if its file is damaged: a new authority would silently cut off every enrolled host
     */
    public static Authority open(Path folder, InstantSource clock) {
        PrivateFile.prepareFolder(folder);
        Path file = folder.resolve("authority.pem");
        Optional<String> text = PrivateFile.read(file);
        Identity identity;
        if (text.isPresent()) {
            try {
                identity = Identity.ofPem(text.get());
                identity.check();
            } catch (IllegalArgumentException damaged) {
                throw Failure.internal("The certificate authority in " + file + " is damaged")
                        .because(String.valueOf(damaged.getMessage()))
                        .undone("Nothing was changed")
                        .next("Restore the file from a backup; without it every host must be enrolled again")
                        .from(damaged);
            }
        } else {
            identity = create(clock.instant());
            PrivateFile.write(file, identity.toPem());
        }
        PrivateFile.writePublic(folder.resolve("ca.crt"), Pem.write(identity.certificate()));
        return new Authority(folder, clock, identity);
    }

    /** The authority's certificate, which clients and hosts must trust. */
    public X509Certificate certificate() {
        return identity.certificate();
    }

    /** Where the authority's certificate lies for programs on this machine. */
    public Path certificateFile() {
        return folder.resolve("ca.crt");
    }

    /** The HTTPS server's identity for these names, kept between starts as long as it fits. */
    public Identity web(List<String> names) {
        return kept("web.pem", Profile.web(names));
    }

    /** The identity under which the engine commands agents, kept between starts. */
    public Identity engine() {
        return kept("engine.pem", Profile.engine());
    }

    /** A certificate for a host's key; the caller decided that this host may have this id. */
    public X509Certificate sign(HostRequest request, UUID host) {
        return issue(Profile.host(host, request.address()), request.key());
    }

    private synchronized Identity kept(String name, Profile profile) {
        Path file = folder.resolve(name);
        Optional<Identity> present = PrivateFile.read(file).flatMap(this::usable);
        if (present.isPresent() && fits(present.get(), profile)) {
            return present.get();
        }
        KeyPair pair = KeyPairs.generate();
        Identity fresh =
                new Identity(pair.getPrivate(), List.of(issue(profile, pair.getPublic()), identity.certificate()));
        PrivateFile.write(file, fresh.toPem());
        return fresh;
    }

    /** A damaged identity is simply made anew: unlike the authority, nobody depends on its key. */
    private Optional<Identity> usable(String text) {
        try {
            Identity found = Identity.ofPem(text);
            // The name has a random mark of its authority. Checking the signature instead would slow every start down,
            // and
            // tell no more of a file that only we can write.
            return found.certificate()
                            .getIssuerX500Principal()
                            .equals(certificate().getSubjectX500Principal())
                    ? Optional.of(found)
                    : Optional.empty();
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private boolean fits(Identity present, Profile profile) {
        Instant renewal = present.certificate()
                .getNotAfter()
                .toInstant()
                .minus(profile.life().dividedBy(3));
        return clock.instant().isBefore(renewal) && names(present.certificate()).equals(names(profile));
    }

    private static List<String> names(X509Certificate certificate) {
        try {
            var names = certificate.getSubjectAlternativeNames();
            if (names == null) {
                return List.of();
            }
            return names.stream()
                    .map(name -> String.valueOf(name.get(1)))
                    .sorted()
                    .toList();
        } catch (GeneralSecurityException unreadable) {
            return List.of();
        }
    }

    /** In the spelling that a certificate gives back, which for addresses is not always the one they were written in. */
    private static List<String> names(Profile profile) {
        return java.util.stream.Stream.concat(
                        profile.names().stream().map(Authority::normalised),
                        java.util.stream.Stream.of(profile.uri()).filter(uri -> !uri.isEmpty()))
                .sorted()
                .toList();
    }

    private static String normalised(String name) {
        if (!Profile.isAddress(name)) {
            return name;
        }
        return java.net.InetAddress.ofLiteral(name).getHostAddress().toLowerCase(Locale.ROOT);
    }

    private static Identity create(Instant now) {
        KeyPair pair = KeyPairs.generate();
        // Two authorities of two engines must not have the same name: a browser that knows both would pick the wrong
        // one.
        byte[] mark = new byte[4];
        new SecureRandom().nextBytes(mark);
        X500Name name = name("Bellwether authority " + java.util.HexFormat.of().formatHex(mark));
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                name,
                serial(new SecureRandom()),
                Date.from(now.minus(CLOCK_TOLERANCE)),
                Date.from(now.plus(AUTHORITY_LIFE)),
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

    private X509Certificate issue(Profile profile, PublicKey key) {
        Instant now = clock.instant();
        X509v3CertificateBuilder builder = new JcaX509v3CertificateBuilder(
                identity.certificate(),
                serial(random),
                Date.from(now.minus(CLOCK_TOLERANCE)),
                Date.from(now.plus(profile.life())),
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
                    extensions.createAuthorityKeyIdentifier(identity.publicKey()));
        } catch (IOException | GeneralSecurityException impossible) {
            throw new IllegalStateException("The certificate cannot be made.", impossible);
        }
        return signed(builder, identity.key());
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
    private static BigInteger serial(SecureRandom random) {
        return new BigInteger(127, random).setBit(126);
    }
}
