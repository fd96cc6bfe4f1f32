package org.bellwether.agent.platform;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;

/**
 * A child process with a deadline: an array of arguments, never a shell line. A child that is late is killed; one that
 * cannot be killed (it hangs in the kernel on a dead mount) is left behind and named.
 *
 * @param directory where it runs; absent: where the agent runs
 */
public record Command(List<String> arguments, @Nullable Path directory) {
    private static final int MOST_OUTPUT = 4 * 1024 * 1024;
    private static final int MOST_WORDS = 2000;

    public Command {
        arguments = List.copyOf(arguments);
    }

    public static Command of(String... arguments) {
        return new Command(List.of(arguments), null);
    }

    /** One that works on storage's files, as {@link FileIdentity#program} has it. */
    public static Command onStorage(List<String> arguments, @Nullable Path directory) {
        return new Command(FileIdentity.program(arguments, directory), null);
    }

    public Command in(Path place) {
        return new Command(arguments, place);
    }

    /**
     * How it ended.
     *
     * @param words what it said on its error output, cut to what a person reads
     */
    public record Outcome(int status, String output, String words) {
        public boolean worked() {
            return status == 0;
        }
    }

    /**
     * Runs to the end.
     *
     * @throws Refusal TIMED_OUT when the deadline is over; the child has been killed then. NOT_FOUND when there is no
     *     such program.
     */
    public Outcome run(Duration deadline) {
        return run(deadline, "");
    }

    /**
     * Runs to the end.
     *
     * @param told what it reads from its standard input; short, for it is written before anything is read
     */
    public Outcome run(Duration deadline, String told) {
        Process process = start(told);
        StringBuilder output = new StringBuilder();
        StringBuilder words = new StringBuilder();
        Thread reader = read(process.getInputStream(), text -> append(output, text, MOST_OUTPUT));
        Thread errorReader = read(process.getErrorStream(), text -> append(words, text, MOST_WORDS));
        await(process, deadline);
        join(reader);
        join(errorReader);
        synchronized (output) {
            synchronized (words) {
                return new Outcome(
                        process.exitValue(), output.toString(), words.toString().strip());
            }
        }
    }

    /** Starts it; the caller reads, waits and, if need be, kills. Its messages are in the C locale. */
    public Process start() {
        return start("");
    }

    private Process start(String told) {
        ProcessBuilder builder = new ProcessBuilder(arguments);
        Path place = directory;
        if (place != null) {
            builder.directory(place.toFile());
        }
        Map<String, String> environment = builder.environment();
        environment.put("LC_ALL", "C");
        try {
            Process process = builder.start();
            tell(process, told);
            return process;
        } catch (IOException e) {
            throw Refusal.of(
                            Error.Code.NOT_FOUND,
                            "The program " + arguments.getFirst() + " could not be started on this host")
                    .because(String.valueOf(e.getMessage()))
                    .next("Install the package it comes from.");
        }
    }

    /** One that ends before it has read what it is told says so by how it ends. */
    private static void tell(Process process, String told) {
        try (OutputStream input = process.getOutputStream()) {
            input.write(told.getBytes(StandardCharsets.UTF_8));
        } catch (IOException ended) {
            // See above.
        }
    }

    /** Reads a stream to its end on a thread of its own. */
    public static Thread read(InputStream stream, Consumer<String> sink) {
        return Thread.ofPlatform().daemon().name("child-output").start(() -> {
            char[] buffer = new char[4096];
            try (InputStreamReader text = new InputStreamReader(stream, StandardCharsets.UTF_8)) {
                for (int n = text.read(buffer); n >= 0; n = text.read(buffer)) {
                    sink.accept(new String(buffer, 0, n));
                }
            } catch (IOException e) {
                sink.accept("(its output could not be read: " + e.getMessage() + ")");
            }
        });
    }

    private void await(Process process, Duration deadline) {
        boolean ended;
        try {
            ended = process.waitFor(deadline.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw Refusal.of(Error.Code.TIMED_OUT, "The agent is stopping; " + arguments.getFirst() + " was ended");
        }
        if (!ended) {
            process.destroyForcibly();
            boolean dead = waitShortly(process);
            throw Refusal.of(
                            Error.Code.TIMED_OUT,
                            arguments.getFirst() + " did not end within " + deadline.toSeconds() + " s")
                    .because("asked to: " + String.join(" ", arguments))
                    .undone(
                            dead
                                    ? "It was killed"
                                    : "It hangs in the kernel and could not be killed: process " + process.pid());
        }
    }

    private static boolean waitShortly(Process process) {
        try {
            return process.waitFor(2, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    private static void append(StringBuilder text, String more, int most) {
        synchronized (text) {
            text.append(more, 0, Math.min(more.length(), Math.max(0, most - text.length())));
        }
    }

    private static void join(Thread reader) {
        try {
            reader.join(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
