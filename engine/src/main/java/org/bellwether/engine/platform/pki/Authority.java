package org.bellwether.engine.platform.pki;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Failure;

/**
 * The engine's certificate authority. Made at the first start; its key never leaves the data folder. Each identity lies in
 * one file with its key, so that a process killed at any instant leaves the old one or the new one, never half of both.
 * Safe for use by several threads.
 */
public final class Authority {
    private final Path folder;
    private final InstantSource clock;
    private final Identity identity;
    private volatile Duration hostLife = Profile.HOST_LIFE;

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
            identity = CertificateMaker.authority(clock.instant());
            PrivateFile.write(file, identity.toPem());
        }
        PrivateFile.writePublic(folder.resolve("ca.crt"), Pem.write(identity.certificate()));
        return new Authority(folder, clock, identity);
    }

    /** How long the certificates of hosts are good from now on; they are renewed at half of it. */
    public void hostLife(Duration life) {
        hostLife = life;
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
        return issue(Profile.host(host, request.address(), hostLife), request.key());
    }

    private X509Certificate issue(Profile profile, PublicKey key) {
        return CertificateMaker.issue(identity, profile, key, clock.instant());
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
}
