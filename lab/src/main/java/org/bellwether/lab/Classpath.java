package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

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

    /** The class path for a program: the agent's does not hold the engine, nor the other way round, and nobody's the lab. */
    static String of(String main) {
        String stranger = main.contains(".agent.") ? "engine" : "agent";
        Pattern its = Pattern.compile(".*/(lab|" + stranger + ")(/target/classes|-[0-9][^/]*\\.jar)");
        return Stream.of(current().split(":"))
                .filter(entry -> !its.matcher(entry).matches())
                .collect(Collectors.joining(":"));
    }
}
