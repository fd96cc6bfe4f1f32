package org.bellwether.engine.platform.lifecycle;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;

/** That an engine has moved into a machine of its own. What it left behind must not lead the same hosts once more. */
public final class MovedEngine {
    private static final String NAME = "moved-to";

    private MovedEngine() {}

    /** @throws Failure in words when the engine of this directory has moved away */
    public static void requireHere(Path data) {
        to(data).ifPresent(url -> {
            throw Failure.conflict("This engine does not start: it has moved to " + url)
                    .because("two engines would lead the same hosts")
                    .next("If that is undone, say: bellwether engine retire --undo");
        });
    }

    public static Optional<String> to(Path data) {
        try {
            return Files.exists(data.resolve(NAME))
                    ? Optional.of(Files.readString(data.resolve(NAME)).strip())
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    public static void write(Path data, String url) {
        try {
            var draft = Files.writeString(data.resolve(NAME + ".new"), url + "\n");
            Files.move(draft, data.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Whether there was something to undo. */
    public static boolean undo(Path data) {
        try {
            return Files.deleteIfExists(data.resolve(NAME));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
