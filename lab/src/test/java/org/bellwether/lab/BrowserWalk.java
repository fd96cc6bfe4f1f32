package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A walk through pages in a real browser, whose steps are in a program of their own. */
final class BrowserWalk {
    private BrowserWalk() {}

    /**
     * Fails with what it said when not all was as it should be.
     *
     * @param program in the source tree
     * @param pictures the directory under the lab's target where it leaves them
     */
    static void walk(Duration longest, String program, String pictures, List<String> environment) {
        Path root = SourceTree.root();
        List<String> words = new ArrayList<>(List.of("env"));
        words.addAll(environment);
        words.add("SHOTS=" + root.resolve("lab/target").resolve(pictures));
        words.addAll(List.of("node", root.resolve(program).toString()));
        Command.Outcome walk = Command.attempt(longest, words);
        assertThat(walk.succeeded()).as(walk.output()).isTrue();
    }

    /** How a walk finds the engine, and who it is there. */
    static List<String> login(EngineProcess engine) {
        return List.of("BW_URL=" + engine.url(), "BW_USER=" + engine.user(), "BW_PASSWORD=" + engine.password());
    }
}
