package org.bellwether.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The command {@code bellwether engine} on this machine, which works beside the engine and without it. */
final class EngineProgram {
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
        var all = new ArrayList<>(command);
        all.addAll(List.of(words));
        try {
            var process = new ProcessBuilder(all).redirectErrorStream(true).start();
            process.getOutputStream().close();
            String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
            if (process.waitFor() != 0) {
                throw CommandFailure.refused(0, String.join(" ", all) + " did not work: " + said);
            }
            return said;
        } catch (IOException e) {
            throw CommandFailure.usage("The engine's own command cannot be run on this machine: " + e.getMessage()
                    + ". Say this where the engine is installed, as root, or name it with --engine-command.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CommandFailure.inVain("Interrupted while waiting for " + String.join(" ", all) + ".");
        }
    }
}
