package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/**
 * Takes a test's lab down when the test's process is gone without having done it. It is a shell that waits for the end
 * of its input, which comes when the owner ends, however it ends.
 */
final class Janitor {
    private Janitor() {}

    static void watch(String lab) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        try {
            new ProcessBuilder(
                            "setsid",
                            "bash",
                            "-c",
                            "trap '' INT TERM HUP; while read -r line; do :; done; exec \"$@\"",
                            "bellwether-janitor",
                            java,
                            "-Xmx32m",
                            "-cp",
                            Classpath.current(),
                            LabMain.class.getName(),
                            "remove",
                            lab)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(Path.of("/dev/null").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
