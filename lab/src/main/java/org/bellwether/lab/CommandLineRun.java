package org.bellwether.lab;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Runs the {@code bw} command against an engine of the lab, as a person would. */
final class CommandLineRun {
    private static final Duration LONGEST = Duration.ofMinutes(4);

    private CommandLineRun() {}

    /** @throws LabFailure with what it said, when it did not succeed */
    static String bw(EngineProcess engine, String... words) {
        return bw(LONGEST, engine, words);
    }

    /** As {@link #bw(EngineProcess, String...)}, for what takes longer than most. */
    static String bw(Duration longest, EngineProcess engine, String... words) {
        Command.Outcome outcome = Command.attempt(longest, line(engine, words));
        if (!outcome.succeeded()) {
            throw new LabFailure("bw " + String.join(" ", words) + ": " + outcome.output());
        }
        return outcome.output();
    }

    /**
     * Runs it on a host, from where the lab's engine is not reached but over the machine's own network.
     *
     * @throws LabFailure with what it said, when it did not succeed
     */
    static String bw(LabHost host, EngineProcess engine, String... words) {
        Command.Outcome outcome = Command.attempt(LONGEST, host.onMachineNetwork(line(engine, words)));
        if (!outcome.succeeded()) {
            throw new LabFailure("bw " + String.join(" ", words) + " on " + host.name() + ": " + outcome.output());
        }
        return outcome.output();
    }

    static Command.Outcome attempt(EngineProcess engine, String... words) {
        return Command.attempt(LONGEST, line(engine, words));
    }

    /** Begins it, for whoever wants to kill it. */
    static Process begin(EngineProcess engine, String... words) throws IOException {
        return begin(engine, ProcessBuilder.Redirect.DISCARD, words);
    }

    /** @param output where what it says goes */
    static Process begin(EngineProcess engine, ProcessBuilder.Redirect output, String... words) throws IOException {
        return new ProcessBuilder(line(engine, words))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
    }

    private static List<String> line(EngineProcess engine, String... words) {
        List<String> all = new ArrayList<>(List.of(
                "env", "BW_URL=" + engine.url(), "BW_PASSWORD=" + engine.password(), "BW_CA=" + engine.authority()));
        all.addAll(Jvm.carryingCommandLine(List.of(words)));
        return all;
    }
}
