package org.bellwether.engine.platform.pki;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.PublicKey;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Consumer;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * The engine's certificate authority, and the one that takes its place. Made at the first start; keys never leave the data
 * folder. Each identity lies in one file with its key, so that a process killed at any instant leaves the old one or the new
 * one, never half of both. Safe for use by several threads.
 */
public final class Authority {
    /** How long an authority is good for unless the configuration says otherwise. */
    public static final Duration USUAL_LIFE = Duration.ofDays(3650);

    private static final Duration LONGEST_LEARNING = Duration.ofDays(30);
    private static final Duration LONGEST_MARGIN = Duration.ofHours(1);

    /** How far the replacement of an authority is. */
    public enum Stage {
        /** There is one authority. */
        STEADY,
        /** There is a next one; hosts and clients learn to trust it, and the one of now signs. */
        LEARNING,
        /** The next one signs; the previous one is trusted as long as somebody still has a certificate of it. */
        MOVING
    }

    private final Path folder;
    private final InstantSource clock;
    private final AuthorityFiles files;
    private final boolean writes;
    private volatile AuthorityFiles.Held held;
    private volatile Duration hostLife = Profile.HOST_LIFE;
    private volatile Duration life = USUAL_LIFE;
    private volatile List<X509Certificate> organisation = List.of();
    private @Nullable Identity before;
    private String written = "";

    private Authority(Path folder, InstantSource clock, AuthorityFiles files, boolean writes, Duration life) {
        this.folder = folder;
        this.clock = clock;
        this.files = files;
        this.writes = writes;
        this.life = life;
        this.held = files.read(clock.instant(), life);
    }

    /**
     * Opens the authority of a folder, making it if the folder has none. Only the engine's own process does.
     *
     * @throws Failure if its file is damaged: a new authority would silently cut off every enrolled host
     */
    public static Authority open(Path folder, InstantSource clock) {
        return open(folder, clock, USUAL_LIFE);
    }

    /** @param life how long an authority is good for that is made from now on */
    public static Authority open(Path folder, InstantSource clock, Duration life) {
        return open(folder, clock, life, _ -> {});
    }

    /** @param done hears of each file of an authority that was written or removed */
    static Authority open(Path folder, InstantSource clock, Duration life, Consumer<String> done) {
        PrivateFile.prepareFolder(folder);
        var authority = new Authority(folder, clock, new AuthorityFiles(folder, true, done), true, life);
        authority.publish();
        return authority;
    }

    /** For who looks beside an engine that may run: nothing is written, except what {@link #replace} begins. */
    public static Authority look(Path folder, InstantSource clock, Duration life) {
        return new Authority(folder, clock, new AuthorityFiles(folder, false, _ -> {}), false, life);
    }

    /** How long the certificates of hosts are good from now on; they are renewed at half of it. */
    public void hostLife(Duration newLife) {
        hostLife = newLife;
    }

    /** Whom clients must trust besides, because what the HTTPS server shows is the organisation's; nobody: it is ours. */
    public void organisation(List<X509Certificate> trusted) {
        organisation = List.copyOf(trusted);
        publish();
    }

    /** Takes in what somebody else wrote: the command line begins a replacement also while the engine runs. */
    public void refresh() {
        held = files.read(clock.instant(), life);
        publish();
    }

    /** How far the replacement is. */
    public Stage stage() {
        var now = held;
        if (now.previous().isPresent()) {
            return Stage.MOVING;
        }
        return now.next().isPresent() ? Stage.LEARNING : Stage.STEADY;
    }

    /** The certificate of the authority that signs now. */
    public X509Certificate certificate() {
        return held.signing().certificate();
    }

    /** The other one while there are two: the next, or the previous. */
    public Optional<X509Certificate> other() {
        var now = held;
        return now.previous()
                .or(() -> now.next().map(AuthorityFiles.Next::identity))
                .map(Identity::certificate);
    }

    /** Until when the next one waits at least before it signs, so that clients can learn of it. */
    public Optional<Instant> movesAfter() {
        return held.next().map(AuthorityFiles.Next::moveAfter);
    }

    /** Whom hosts and the engine trust now, the one that signs first. */
    public List<X509Certificate> trusted() {
        var all = new ArrayList<X509Certificate>();
        all.add(certificate());
        other().ifPresent(all::add);
        return List.copyOf(all);
    }

    /** Whom clients must trust now: the authorities, whose certificates hosts show, and whoever vouches for the HTTPS server. */
    public List<X509Certificate> trustedByClients() {
        var all = new ArrayList<>(trusted());
        all.addAll(organisation);
        return List.copyOf(all);
    }

    /** Where the certificates lie that programs on this machine trust. */
    public Path certificateFile() {
        return folder.resolve("ca.crt");
    }

    /** When its replacement is to begin by itself: with a quarter of its life left. */
    public Instant replacedAt() {
        return earlier(certificate(), whole(certificate()).dividedBy(4));
    }

    /** When the next one signs at the latest, whoever has not learnt of it. */
    public Instant movesAtLatest() {
        return earlier(certificate(), whole(certificate()).dividedBy(10));
    }

    /** When the previous one is trusted no more, a little before it ends: libvirt and QEMU refuse any list with one that has ended. */
    public Optional<Instant> previousEnds() {
        return held.previous()
                .map(Identity::certificate)
                .map(previous -> earlier(previous, shorter(whole(previous).dividedBy(20), LONGEST_MARGIN)));
    }

    private static Duration whole(X509Certificate certificate) {
        return Duration.between(
                certificate.getNotBefore().toInstant(),
                certificate.getNotAfter().toInstant());
    }

    private static Instant earlier(X509Certificate certificate, Duration left) {
        return certificate.getNotAfter().toInstant().minus(left);
    }

    /** For how long nothing must be heard of a host before the next one signs without waiting for it. */
    public Duration patience() {
        var patience = shorter(life.dividedBy(20), Duration.ofDays(1));
        return patience.compareTo(Duration.ofSeconds(10)) < 0 ? Duration.ofSeconds(10) : patience;
    }

    /**
     * Begins the replacement: makes the next authority. Asked again with {@code soon} it lets the next one sign as soon as the hosts
     * have learnt of it.
     *
     * @param soon whether clients get no time to learn of it
     * @throws Failure CONFLICT when the previous one is still trusted
     */
    public synchronized void replace(boolean soon) {
        refresh();
        var now = held;
        if (now.previous().isPresent()) {
            throw Failure.conflict("The authority is being replaced already")
                    .because(
                            "the previous one is trusted until every host has a certificate of the one that signs now, or until "
                                    + now.previous()
                                            .get()
                                            .certificate()
                                            .getNotAfter()
                                            .toInstant())
                    .undone("Nothing was changed")
                    .next("See which hosts it waits for: bellwether engine doctor");
        }
        if (now.next().isPresent() && !soon) {
            throw Failure.conflict("The authority is being replaced already")
                    .because("the next one will sign after " + now.next().get().moveAfter())
                    .undone("Nothing was changed")
                    .next("To have it sign as soon as the hosts know it: bellwether engine cert roll --now");
        }
        var next = now.next()
                .map(AuthorityFiles.Next::identity)
                .orElseGet(() -> CertificateMaker.authority(clock.instant(), life));
        var learning = soon ? Duration.ZERO : shorter(life.dividedBy(100), LONGEST_LEARNING);
        files.begin(next, clock.instant().plus(learning));
        refresh();
    }

    /** From now on the next authority signs. */
    public synchronized void move() {
        var now = held;
        now.next().ifPresent(next -> files.move(now.signing(), next.identity()));
        refresh();
    }

    /** The previous authority is trusted no more; its key is gone. */
    public synchronized void end() {
        files.end();
        before = null;
        refresh();
    }

    /** The HTTPS server's identity for these names, kept between starts as long as it fits. */
    public Identity web(List<String> names) {
        return kept("web.pem", Profile.web(names));
    }

    /** The identity under which the engine commands agents, kept between starts; its key stays, by which hosts let it in over SSH. */
    public Identity engine() {
        return kept("engine.pem", Profile.engine());
    }

    /** The engine's identities, one for each authority that a host may trust; the one to prefer first. */
    public synchronized List<Identity> engines() {
        var now = engine();
        var previous = held.previous();
        if (previous.isEmpty()) {
            return List.of(now);
        }
        var older = before;
        if (older == null || !good(older, previous.get(), Profile.engine())) {
            older = new Identity(
                    now.key(),
                    List.of(
                            issue(previous.get(), Profile.engine(), now.publicKey()),
                            previous.get().certificate()));
            before = older;
        }
        return List.of(now, older);
    }

    /** A certificate for a host's key; the caller decided that this host may have this id. */
    public X509Certificate sign(HostRequest request, UUID host) {
        return issue(held.signing(), Profile.host(host, request.address(), hostLife), request.key());
    }

    /**
     * The same for a host that may not have learnt of the authority that signs now.
     *
     * @param trusts SHA-256 of those that it trusts; nothing: it is too old to say, and trusts the oldest
     */
    public X509Certificate sign(HostRequest request, UUID host, Set<String> trusts) {
        var now = held;
        var signer = trusts.contains(Fingerprint.of(now.signing().certificate()))
                ? now.signing()
                : now.previous().orElse(now.signing());
        return issue(signer, Profile.host(host, request.address(), hostLife), request.key());
    }

    /** Whether a host's certificate that ends then would be good for longer if it were renewed now. */
    public boolean lastsLonger(Instant end) {
        return CertificateMaker.end(certificate(), hostLife, clock.instant()).isAfter(end.plusSeconds(1));
    }

    private X509Certificate issue(Identity signer, Profile profile, PublicKey key) {
        return CertificateMaker.issue(signer, profile, key, clock.instant());
    }

    private synchronized void publish() {
        if (!writes) {
            return;
        }
        String text = Pem.write(trustedByClients());
        if (!text.equals(written)) {
            PrivateFile.writePublic(certificateFile(), text);
            written = text;
        }
    }

    private synchronized Identity kept(String name, Profile profile) {
        Path file = folder.resolve(name);
        var signer = held.signing();
        Optional<Identity> present = PrivateFile.read(file).flatMap(Authority::readable);
        if (present.isPresent() && good(present.get(), signer, profile)) {
            return present.get();
        }
        // The key stays: people pin that of the web, and hosts have let that of the engine in over SSH.
        KeyPair pair =
                present.map(each -> new KeyPair(each.publicKey(), each.key())).orElseGet(KeyPairs::generate);
        Identity fresh = new Identity(
                pair.getPrivate(), List.of(issue(signer, profile, pair.getPublic()), signer.certificate()));
        if (writes) {
            PrivateFile.write(file, fresh.toPem());
        }
        return fresh;
    }

    /** A damaged identity is simply made anew: unlike the authority, nobody depends on it for ever. */
    private static Optional<Identity> readable(String text) {
        try {
            return Optional.of(Identity.ofPem(text));
        } catch (IllegalArgumentException damaged) {
            return Optional.empty();
        }
    }

    private boolean good(Identity present, Identity signer, Profile profile) {
        var certificate = present.certificate();
        // The name has a random mark of its authority. Checking the signature instead would slow every start down, and
        // tell no more of a file that only we can write.
        return certificate.getIssuerX500Principal().equals(signer.certificate().getSubjectX500Principal())
                && young(certificate, signer.certificate(), profile)
                && names(certificate).equals(names(profile));
    }

    /** Whether it is not in the last third of its life, or a new one would not live longer. */
    private boolean young(X509Certificate certificate, X509Certificate signer, Profile profile) {
        Instant end = certificate.getNotAfter().toInstant();
        return clock.instant().isBefore(earlier(certificate, whole(certificate).dividedBy(3)))
                || !CertificateMaker.end(signer, profile.life(), clock.instant())
                        .isAfter(end.plusSeconds(1));
    }

    private static Duration shorter(Duration one, Duration other) {
        return one.compareTo(other) < 0 ? one : other;
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
