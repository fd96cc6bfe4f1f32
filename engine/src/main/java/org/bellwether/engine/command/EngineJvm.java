package org.bellwether.engine.command;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the engine's process is started, in whatever way: by systemd, by hand, in the lab. */
public final class EngineJvm {

    /**
     * For a server that encrypts much: only the second compiler knows the processor's instructions for it, which makes a
     * page of machines eight times as fast. What that compiler allocates goes back to the system every ten seconds.
     */
    public static final List<String> OPTIONS = List.of(
            "-Xmx256m",
            // What 20,000 machines need lives in 55 MB. Room that answers take for a moment is to be used again, not to
            // grow.
            "-Xms64m",
            "-XX:MaxNewSize=24m",
            "-XX:SurvivorRatio=4",
            "-XX:MinHeapFreeRatio=10",
            "-XX:MaxHeapFreeRatio=25",
            // What a burst took goes back with the first collection after it, and not with the fourth.
            "-XX:-ShrinkHeapInSteps",
            "-XX:+UseSerialGC",
            "-XX:+UseCompactObjectHeaders",
            "-XX:TrimNativeHeapInterval=10000",
            // What it says is English wherever it runs, and a thousand locales need not be looked at for that at a
            // start.
            "-Duser.language=",
            "-Duser.country=",
            // Else a start makes hundreds of method handles for constructors that it calls a few times.
            "-Djdk.reflect.useNativeAccessorOnly=true");

    static final String MAIN = "org.bellwether.engine.EngineMain";

    private EngineJvm() {}

    /** Prints the options, for the file of them that the package has. */
    public static void main(String[] arguments) {
        OPTIONS.forEach(System.out::println);
        System.out.println("--enable-native-access=ALL-UNNAMED");
    }

    /** The words that start an engine of the same build as this process. */
    static List<String> command(Path configuration, String... more) {
        var words = new ArrayList<String>();
        words.add(java());
        words.addAll(OPTIONS);
        var classPath = classPath();
        var cache = Path.of(classPath.split(File.pathSeparator, 2)[0]).resolveSibling(FastStart.ENGINE);
        if (Files.exists(cache)) {
            words.add("-XX:AOTCache=" + cache);
        }
        words.addAll(List.of(more));
        words.addAll(List.of(
                "--enable-native-access=ALL-UNNAMED", "-cp", classPath, MAIN, "--config", configuration.toString()));
        return words;
    }

    /**
     * The words that start the command line of the same build, as the package's script does.
     *
     * @param option more for its JVM
     */
    static List<String> commandLine(String option, String... said) {
        var words = new ArrayList<>(List.of(java(), "-Xmx128m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", option));
        words.addAll(List.of("--enable-native-access=ALL-UNNAMED", "-cp", classPath(), "org.bellwether.cli.Main"));
        words.addAll(List.of(said));
        return words;
    }

    static String classPath() {
        return System.getProperty("java.class.path");
    }

    private static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }
}
