package org.bellwether.lab;

import java.nio.file.Files;
import java.nio.file.Path;

/** The checkout that this build belongs to; recipes are read from there. */
final class SourceTree {
    private SourceTree() {}

    static Path root() {
        String home = System.getProperty("bellwether.home");
        Path root = Path.of(home == null ? "" : home).toAbsolutePath().normalize();
        if (!Files.exists(root.resolve("lab/guest/build"))) {
            throw new LabFailure(root + " is not a checkout of Bellwether; start this through ./bw");
        }
        return root;
    }
}
