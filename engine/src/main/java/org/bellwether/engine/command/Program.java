package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;

/** One version of the engine as the package lays it out: its own Java, its jars, and the class path that names them. */
record Program(Path home) {

    private static final String CLASS_PATH = "class-path";
    private static final String PREVIOUS = ".previous";

    /**
     * The one that runs this.
     *
     * @throws Failure when it does not come from the package
     */
    static Program own() {
        return Optional.ofNullable(System.getProperty("bellwether.program"))
                .map(home -> new Program(Path.of(home)))
                .filter(program -> Files.exists(program.home().resolve(CLASS_PATH)))
                .orElseThrow(() -> Failure.badRequest("Only an engine that was installed by its package is upgraded so")
                        .undone("Nothing was changed")
                        .next("In a source tree say ./bw up, which builds and starts what is there"));
    }

    String version() {
        try {
            return Files.readString(home.resolve("version")).strip();
        } catch (IOException e) {
            return "unknown";
        }
    }

    /** Says {@code bellwether engine …} to the engine with this version of it; answers the exit code. */
    int engine(Path configuration, List<String> words) {
        var all = new ArrayList<String>();
        all.add(home.resolve("jre/bin/java").toString());
        all.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        all.add("-Dbellwether.command=" + System.getProperty("bellwether.command", "bellwether"));
        all.add("-Dbellwether.program=" + home);
        all.add("@" + home.resolve(CLASS_PATH));
        all.add(EngineCommand.class.getName());
        all.addAll(words);
        all.addAll(List.of("--config", configuration.toString()));
        return Programs.show(all);
    }

    /** Keeps a copy beside this one, which stays when other files take this one's place; replaces an older copy. */
    Program keep() throws IOException {
        var kept = home.resolveSibling(home.getFileName() + PREVIOUS);
        var draft = home.resolveSibling(home.getFileName() + PREVIOUS + ".new");
        Trees.remove(draft);
        // The package manager puts new files in the place of old ones and does not write into them: links do.
        if (Programs.show(List.of("cp", "-al", home.toString(), draft.toString())) != 0) {
            Trees.remove(draft);
            Programs.run("cp", "-a", home.toString(), draft.toString());
        }
        // They belong to jars at one place.
        for (var cache : List.of(FastStart.ENGINE, FastStart.COMMAND_LINE)) {
            Files.deleteIfExists(draft.resolve("lib").resolve(cache));
        }
        var moved = Files.readString(home.resolve(CLASS_PATH)).replace(home + "/", kept + "/");
        var classPath = Files.writeString(draft.resolve(CLASS_PATH + ".new"), moved);
        Files.move(classPath, draft.resolve(CLASS_PATH), StandardCopyOption.ATOMIC_MOVE);
        Trees.remove(kept);
        Files.move(draft, kept, StandardCopyOption.ATOMIC_MOVE);
        return new Program(kept);
    }
}
