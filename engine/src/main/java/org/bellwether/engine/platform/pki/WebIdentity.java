package org.bellwether.engine.platform.pki;

import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the HTTPS server shows: the organisation's certificate where there is one, else one of the engine's authority. Files that
 * were replaced are taken into use when they are whole; what is wrong with them is told, and what is shown stays.
 */
public final class WebIdentity {
    private static final Logger log = LoggerFactory.getLogger(WebIdentity.class);
    /** Whoever replaces two files does not do it at once. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Authority authority;
    private final List<String> names;
    private final Optional<Files> files;
    private final InstantSource clock;
    private volatile @Nullable Identity own;
    private @Nullable Instant wrongSince;
    private String told = "";

    /** Where the organisation puts certificate and key. */
    public record Files(Path certificate, Path key) {}

    /**
     * Reads what there is.
     *
     * @param names under which the engine is reached
     * @throws Failure when the organisation's files cannot be used: whoever named them is there when the engine starts. One that
     *     has ended is no reason not to start; the engine shows its authority's then, and says so
     */
    public WebIdentity(Authority authority, List<String> names, Optional<Files> files, InstantSource clock) {
        this.authority = authority;
        this.names = List.copyOf(names);
        this.files = files;
        this.clock = clock;
        files.ifPresent(there -> {
            var first = OwnCertificate.read(there.certificate(), there.key());
            try {
                OwnCertificate.requireGood(first, there.certificate(), clock.instant());
                take(first);
            } catch (Failure ended) {
                told = ended.detail();
                log.error("{} {}", ended.detail(), "Until then the engine shows one of its own authority's.");
            }
        });
    }

    /** What to show now. */
    public Identity now() {
        var shown = own;
        return shown == null ? authority.web(names) : shown;
    }

    /** The certificate of it. */
    public X509Certificate certificate() {
        return now().certificate();
    }

    /** Looks whether there is something newer, and answers what to show now. */
    public synchronized Identity look() {
        files.ifPresent(this::look);
        return now();
    }

    private void look(Files there) {
        try {
            var found = OwnCertificate.read(there.certificate(), there.key());
            var shown = own;
            if (shown == null || !found.chain().equals(shown.chain())) {
                OwnCertificate.requireGood(found, there.certificate(), clock.instant());
                take(found);
            }
            wrongSince = null;
            told = "";
        } catch (Failure wrong) {
            var since = wrongSince == null ? clock.instant() : wrongSince;
            wrongSince = since;
            if (!told.equals(wrong.detail())
                    && Duration.between(since, clock.instant()).compareTo(PATIENCE) > 0) {
                told = wrong.detail();
                log.error("{} {}", wrong.detail(), "What was shown before is shown still.");
            }
        }
    }

    private void take(Identity found) {
        own = found;
        authority.organisation(OwnCertificate.trusted(found));
    }
}
