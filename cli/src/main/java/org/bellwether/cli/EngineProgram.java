package org.bellwether.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** The command {@code bellwether engine} on this machine, which works beside the engine and without it. */
final class EngineProgram {
    private static final Pattern MOVED = Pattern.compile("has moved to (\\S+)");
    private static final Pattern EXPORT = Pattern.compile("(?m)^export (BW_[A-Z]+)='(.*)'$");

    private final List<String> command;

    /** @param words its name and first words, with blanks between */
    EngineProgram(String words) {
        this.command = List.of(words.strip().split("\\s+"));
    }

    /**
     * Runs it and answers what it said.
     *
     * @throws CommandFailure with its words when it did not do it
     */
    String run(String... words) {
        var said = say(words);
        if (said.code() != 0) {
            throw CommandFailure.refused(
                    0, String.join(" ", command) + " " + String.join(" ", words) + " did not work: " + said.words());
        }
        return said.words();
    }

    /** Where the engine has moved, when it has, or is about to. */
    Optional<String> movedTo() {
        // Its exit code says whether it runs here, which is no failure.
        var found = MOVED.matcher(say("status").words());
        return found.find() ? Optional.of(found.group(1)) : Optional.empty();
    }

    /** Whether an engine serves here. */
    boolean serves() {
        return say("status").code() == 0;
    }

    /** Sets an engine up here by these answers, or goes on with that, and starts it. */
    void setUp(Path answers) {
        var words = new ArrayList<>(command);
        words.set(words.size() - 1, "setup");
        words.addAll(List.of("--answers", answers.toString()));
        var said = said(words);
        if (said.code() != 0) {
            throw CommandFailure.refused(0, String.join(" ", words) + " did not work: " + said.words());
        }
    }

    /** How this engine is reached, and as whom, as the environment of this command. */
    Map<String, String> environment() {
        Map<String, String> found = new HashMap<>();
        var lines = EXPORT.matcher(run("env"));
        while (lines.find()) {
            found.put(lines.group(1), lines.group(2).replace("'\\''", "'"));
        }
        return found;
    }

    private record Said(int code, String words) {}

    private Said say(String... words) {
        var all = new ArrayList<>(command);
        all.addAll(List.of(words));
        return said(all);
    }

    private static Said said(List<String> all) {
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            return new Said(process.waitFor(), said);
        } catch (IOException e) {
            throw CommandFailure.usage("The engine's own command cannot be run on this machine: " + e.getMessage()
                    + ". Say this where the engine is installed, as root, or name it with --engine-command.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while waiting for " + String.join(" ", all) + ".");
        }
    }
}
