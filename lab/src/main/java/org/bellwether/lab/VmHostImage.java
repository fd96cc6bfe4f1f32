package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What every host that is a virtual machine boots from; made once for each recipe, package version and JDK, and kept for
 * this user.
 */
record VmHostImage(Path directory) {
    private static @Nullable VmHostImage built;

    /** The image, built if there is none yet (some minutes and 250 MB of packages). */
    static synchronized VmHostImage build() {
        VmHostImage known = built;
        if (known == null) {
            known = made();
            built = known;
        }
        return known;
    }

    private static VmHostImage made() {
        Path recipe = SourceTree.root().resolve("lab/vmhost/build");
        Path cache = Path.of(System.getProperty("user.home"), ".cache", "bellwether");
        String jdk = "JAVA_HOME=" + System.getProperty("java.home");
        String key = Command.run("env", jdk, recipe.toString(), "key").strip();
        Path directory = cache.resolve("vmhost-" + key);
        if (!Files.exists(directory)) {
            try {
                Files.createDirectories(cache);
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
            Command.run(Duration.ofMinutes(15), List.of("env", jdk, recipe.toString(), "image", directory.toString()));
        }
        return new VmHostImage(directory);
    }

    /** The Java that is on the disk. */
    Path java() {
        return directory.resolve("jre/bin/java");
    }

    Path disk() {
        return directory.resolve("disk.raw");
    }

    Path kernel() {
        return directory.resolve("vmlinuz");
    }

    Path initrd() {
        return directory.resolve("initrd");
    }
}
