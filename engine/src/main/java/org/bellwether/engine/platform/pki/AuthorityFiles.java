package org.bellwether.engine.platform.pki;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;

/**
 * The authorities of an engine as they lie on disk. What is under way is said by which files are there, and each step of it is
 * the writing or the removal of one file; so whatever dies when, whoever reads them next knows how to go on:
 *
 * <pre>
 * authority.pem                     signs; alone: nothing is under way
 * authority.pem and next.pem        all learn to trust the next one
 * authority.pem and previous.pem    the next one signs; the previous one is trusted still
 * all three                         a step between the two that was cut off, and is ended by who reads them
 * </pre>
 */
final class AuthorityFiles {
    static final String SIGNING = "authority.pem";
    static final String NEXT = "next.pem";
    static final String PREVIOUS = "previous.pem";

    private static final Pattern MOVE_AFTER = Pattern.compile("^move-after: (\\S+)$", Pattern.MULTILINE);

    private final Path folder;
    private final boolean writes;
    private final Consumer<String> done;
    private @Nullable Texts texts;
    private @Nullable Held held;

    private record Texts(Optional<String> signing, Optional<String> next, Optional<String> previous) {}

    /** One that will sign, and when at the earliest. */
    record Next(Identity identity, Instant moveAfter) {}

    /** @param signing makes certificates now */
    record Held(Identity signing, Optional<Next> next, Optional<Identity> previous) {}

    /**
     * @param writes whether this is the engine's own process, which ends what was cut off
     * @param done hears of each file that was written or removed; for tests that die there
     */
    AuthorityFiles(Path folder, boolean writes, Consumer<String> done) {
        this.folder = folder;
        this.writes = writes;
        this.done = done;
    }

    /** What is there now; the first authority is made when there is none. */
    synchronized Held read(Instant now, Duration life) {
        Texts found = new Texts(text(SIGNING), text(NEXT), text(PREVIOUS));
        if (held != null && found.equals(texts)) {
            return held;
        }
        if (found.signing().isEmpty()) {
            if (!writes) {
                throw Failure.notFound("There is no certificate authority in " + folder)
                        .next("Start the engine once; it makes one");
            }
            write(SIGNING, CertificateMaker.authority(now, life).toPem());
            return read(now, life);
        }
        Identity signing = identity(SIGNING, found.signing().get());
        Optional<Next> next = found.next().map(text -> next(text, now));
        Optional<Identity> previous = found.previous().map(text -> identity(PREVIOUS, text));
        boolean begun = previous.isPresent() && same(previous.get(), signing);
        if (writes && next.isPresent() && (begun || same(next.get().identity(), signing))) {
            finish(signing, next.get().identity());
            return read(now, life);
        }
        if (writes && next.isPresent() && previous.isPresent()) {
            remove(NEXT);
            return read(now, life);
        }
        if (begun) {
            // Whoever began that step is about to do the rest of it.
            previous = Optional.empty();
        } else if (previous.isPresent()) {
            next = Optional.empty();
        }
        Held read = new Held(signing, next, previous);
        texts = found;
        held = read;
        return read;
    }

    /** The next authority, made and not yet signing. */
    synchronized void begin(Identity next, Instant moveAfter) {
        write(NEXT, "move-after: " + moveAfter + "\n" + next.toPem());
    }

    /** From now on the next one signs. */
    synchronized void move(Identity signing, Identity next) {
        write(PREVIOUS, signing.toPem());
        finish(signing, next);
    }

    private void finish(Identity signing, Identity next) {
        if (!same(signing, next)) {
            write(SIGNING, next.toPem());
        }
        remove(NEXT);
    }

    /** The previous one is forgotten, with its key. */
    synchronized void end() {
        remove(PREVIOUS);
    }

    private Optional<String> text(String name) {
        return PrivateFile.read(folder.resolve(name));
    }

    private void write(String name, String text) {
        PrivateFile.write(folder.resolve(name), text);
        done.accept(name);
    }

    private void remove(String name) {
        try {
            Files.deleteIfExists(folder.resolve(name));
        } catch (IOException e) {
            throw Failure.internal("Cannot remove " + folder.resolve(name))
                    .because(String.valueOf(e.getMessage()))
                    .next("Give the engine's user the right to write there")
                    .from(e);
        }
        done.accept(name);
    }

    private Next next(String text, Instant now) {
        var matcher = MOVE_AFTER.matcher(text);
        Instant after = now;
        if (matcher.find()) {
            try {
                after = Instant.parse(Objects.requireNonNull(matcher.group(1)));
            } catch (DateTimeException unreadable) {
                after = now;
            }
        }
        return new Next(identity(NEXT, text), after);
    }

    private Identity identity(String name, String text) {
        try {
            Identity identity = Identity.ofPem(text);
            identity.check();
            return identity;
        } catch (IllegalArgumentException damaged) {
            throw Failure.internal("The certificate authority in " + folder.resolve(name) + " is damaged")
                    .because(String.valueOf(damaged.getMessage()))
                    .undone("Nothing was changed")
                    .next(
                            name.equals(NEXT)
                                    ? "Remove the file: nobody depends on it yet, and another one is made"
                                    : "Restore the file from a backup; without it every host must be enrolled again")
                    .from(damaged);
        }
    }

    private static boolean same(Identity one, Identity other) {
        X509Certificate first = one.certificate();
        return first.equals(other.certificate());
    }
}
