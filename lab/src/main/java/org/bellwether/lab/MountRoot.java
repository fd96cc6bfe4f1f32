package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where agents mount storage: the same path on every host, so that a machine finds its disks after a migration. */
final class MountRoot {
    static final Path DIRECTORY = Path.of("/rhev/data-center/mnt");

    private MountRoot() {}

    static void create() throws IOException {
        Files.createDirectories(DIRECTORY);
    }

    /** Removes the directories that only the lab needed, where they are empty. */
    static void discard() {
        for (Path path = DIRECTORY; path != null && path.getNameCount() > 0; path = path.getParent()) {
            try {
                Files.deleteIfExists(path);
            } catch (IOException e) {
                return;
            }
        }
    }
}
