package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of this machine with a deadline. */
public final class Command {
    private static final int WORD_LIMIT = 120;
    private static final Duration DEADLINE = Duration.ofSeconds(60);

    /** What a program answered: its exit status and all it wrote, errors included. */
    public record Outcome(int status, String output) {
        public boolean succeeded() {
            return status == 0;
        }
    }

    private Command() {}

    /** Runs a program to its end and answers what it wrote; throws {@link LabFailure} with its words when it fails. */
    public static String run(String... words) {
        return run(List.of(words));
    }

    public static String run(List<String> words) {
        return run(DEADLINE, words);
    }

    public static String run(Duration deadline, List<String> words) {
        Outcome outcome = attempt(deadline, words);
        if (!outcome.succeeded()) {
            throw new LabFailure("`%s` failed with status %d: %s"
                    .formatted(spoken(words), outcome.status(), outcome.output().strip()));
        }
        return outcome.output();
    }

    /** The command for a person: a class path would hide everything else, and an enrolment token is a secret. */
    private static String spoken(List<String> words) {
        List<String> shown = new ArrayList<>();
        for (String word : words) {
            boolean secret = !shown.isEmpty() && shown.getLast().equals("--enrol");
            String end = word.length() <= WORD_LIMIT ? word : word.substring(0, WORD_LIMIT) + "…";
            shown.add(secret ? "TOKEN" : end);
        }
        return String.join(" ", shown);
    }

    /** Runs a program whose failure is an answer too. */
    public static Outcome attempt(String... words) {
        return attempt(DEADLINE, List.of(words));
    }

    public static Outcome attempt(Duration deadline, List<String> words) {
        Path output = null;
        try {
            // A file and not a pipe: a daemon that the program leaves behind would hold the pipe open for ever.
            output = Files.createTempFile("bellwether-lab", ".out");
            Process process = new ProcessBuilder(words)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            if (!process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                process.destroyForcibly().waitFor();
                return new Outcome(124, "no end after " + deadline.toSeconds() + " s; " + text(output));
            }
            return new Outcome(process.exitValue(), text(output));
        } catch (IOException e) {
            return new Outcome(127, String.valueOf(e.getMessage()));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while running " + words.getFirst(), e);
        } finally {
            discard(output);
        }
    }

    /** Runs a program with this process's own terminal, in the directory in which it is said; answers its exit status. */
    static int show(List<String> words) {
        try {
            return new ProcessBuilder(words).inheritIO().start().waitFor();
        } catch (IOException e) {
            throw new LabFailure("cannot run " + words.getFirst() + ": " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while running " + words.getFirst(), e);
        }
    }

    private static String text(Path output) throws IOException {
        return new String(Files.readAllBytes(output), StandardCharsets.UTF_8);
    }

    private static void discard(@org.jspecify.annotations.Nullable Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
