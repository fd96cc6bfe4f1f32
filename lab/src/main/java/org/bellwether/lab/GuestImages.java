package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** What guests boot from: made once for each recipe and package version, and kept for this user. */
public final class GuestImages {
    private GuestImages() {}

    /** The guest that boots in seconds (built in ten seconds, of 30 MB of packages). */
    public static Path tiny() {
        return built("guest", "tiny", Duration.ofMinutes(5));
    }

    /** A Debian with cloud-init, as people have it (built in a minute or two, of 150 MB of packages). */
    static Path debian() {
        return built("debian", "debian", Duration.ofMinutes(15));
    }

    private static Path built(String directory, String name, Duration patience) {
        Path recipe = SourceTree.root().resolve("lab").resolve(directory).resolve("build");
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "bellwether");
        String key = Command.run(recipe.toString(), "key").strip();
        Path image = cache.resolve(name + "-" + key + ".qcow2");
        if (!Files.exists(image)) {
            try {
                Files.createDirectories(cache);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Command.run(patience, List.of(recipe.toString(), "image", image.toString()));
        }
        return image;
    }
}
