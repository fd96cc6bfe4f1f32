package org.bellwether.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts a main class of this build in a JVM of its own. */
final class Jvm {
    private Jvm() {}

    static List<String> command(String heap, String main, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                heap,
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                Classpath.of(main),
                main));
        words.addAll(arguments);
        return words;
    }
}
