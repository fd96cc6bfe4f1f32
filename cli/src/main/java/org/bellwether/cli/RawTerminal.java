package org.bellwether.cli;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** Hands every key to the program as it is typed, and puts the terminal back when closed. Nothing where there is none. */
final class RawTerminal implements AutoCloseable {

    private final String before;

    private RawTerminal(String before) {
        this.before = before;
    }

    static RawTerminal enter() {
        var before = stty("-g");
        if (!before.isEmpty()) {
            stty("raw", "-echo");
        }
        return new RawTerminal(before);
    }

    /** Whether there is a terminal at all. */
    boolean present() {
        return !before.isEmpty();
    }

    @Override
    public void close() {
        if (present()) {
            stty(before);
        }
    }

    /** What it says; empty when the input is no terminal. */
    private static String stty(String... words) {
        var command = Stream.concat(Stream.of("stty"), Stream.of(words)).toList();
        try {
            return said(command);
        } catch (IOException e) {
            return "";
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return "";
        }
    }

    private static String said(List<String> command) throws IOException, InterruptedException {
        var process = new ProcessBuilder(command)
                .redirectInput(ProcessBuilder.Redirect.INHERIT)
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
        boolean ended = process.waitFor(5, TimeUnit.SECONDS);
        return ended && process.exitValue() == 0 ? said : "";
    }
}
