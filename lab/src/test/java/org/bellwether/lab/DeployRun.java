package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.BooleanSupplier;

/** {@code bw deploy}, again and again, as after each of its deaths. */
final class DeployRun {
    private static final Duration STEP = Duration.ofMinutes(5);

    private final EngineProcess engine;
    private final Path log;
    private final List<String> words;

    DeployRun(EngineProcess engine, Path log, List<String> words) {
        this.engine = engine;
        this.log = log;
        this.words = words;
    }

    /** Says it, and kills it as soon as that is so. */
    void killedWhen(String moment, BooleanSupplier so) {
        Process process;
        try {
            process = CommandLineRun.begin(
                    engine, ProcessBuilder.Redirect.to(log.toFile()), words.toArray(String[]::new));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        try {
            if (!Await.holds(STEP, () -> so.getAsBoolean() || !process.isAlive()) || !process.isAlive()) {
                throw new LabFailure("deploy did not come to where " + moment
                        + (process.isAlive() ? "" : "; it ended with " + process.exitValue()) + ": "
                        + LogFile.end(log));
            }
            Progress.say("deploy is killed when " + moment);
        } finally {
            process.destroyForcibly();
        }
    }

    /** Says it and lets it come to its end; answers what it said. */
    String complete(Duration longest) {
        return CommandLineRun.bw(longest, engine, words.toArray(String[]::new));
    }
}
