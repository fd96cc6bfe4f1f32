package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Where the engine, the agent and the lab itself are loaded from when the lab starts them. */
final class Classpath {
    private Classpath() {}

    /**
     * The class path of this build. Surefire starts tests from a jar that only names the others, so the build writes
     * the list to a file whose name it passes in {@code bellwether.classpath}.
     */
    static String current() {
        String file = System.getProperty("bellwether.classpath");
        if (file == null) {
            return System.getProperty("java.class.path");
        }
        try {
            return Path.of(file).resolveSibling("classes") + ":"
                    + Files.readString(Path.of(file)).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
