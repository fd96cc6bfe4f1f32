package org.bellwether.lab;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.engine.command.EngineJvm;

/** Starts a main class of this build in a JVM of its own. */
final class Jvm {
    private static final String JAVA =
            Path.of(System.getProperty("java.home"), "bin", "java").toString();

    /** For a program that mostly waits. */
    private static final List<String> SMALL = List.of("-Xmx96m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private static final List<String> COMMAND = List.of("-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1");

    private Jvm() {}

    static List<String> engine(List<String> more, List<String> arguments) {
        return command(EngineJvm.OPTIONS, more, "org.bellwether.engine.EngineMain", arguments);
    }

    /** {@code bellwether engine …}. */
    static List<String> engineCommand(List<String> arguments) {
        return command(COMMAND, List.of(), "org.bellwether.engine.command.EngineCommand", arguments);
    }

    static List<String> agent(List<String> arguments) {
        return command(SMALL, List.of(), "org.bellwether.agent.AgentMain", arguments);
    }

    /** {@code bellwether engine-ha}, on a host. */
    static List<String> engineHa(List<String> arguments) {
        return command(SMALL, List.of(), "org.bellwether.agent.keeper.EngineHaCommand", arguments);
    }

    /** As `bw` starts it. */
    static List<String> commandLine(List<String> more, List<String> arguments) {
        return command(COMMAND, more, "org.bellwether.cli.Main", arguments);
    }

    /** As `bw` starts it to carry gigabytes: only the second compiler knows the processor's instructions for encryption. */
    static List<String> carryingCommandLine(List<String> arguments) {
        return command(
                List.of("-Xmx128m", "-XX:+UseSerialGC"),
                from(FastStarts.commandLine(Site.build())),
                "org.bellwether.cli.Main",
                arguments);
    }

    /** What makes a program start from what an earlier run of it has loaded, when that was kept. */
    static List<String> from(Path cache) {
        return Files.exists(cache) ? List.of("-XX:AOTCache=" + cache) : List.of();
    }

    private static List<String> command(List<String> kind, List<String> more, String main, List<String> arguments) {
        List<String> words = new ArrayList<>();
        words.add(JAVA);
        words.addAll(kind);
        words.addAll(more);
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", Classpath.of(main), main));
        words.addAll(arguments);
        return words;
    }
}
