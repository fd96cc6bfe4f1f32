package org.bellwether.cli;

import java.io.BufferedOutputStream;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** The command line {@code bw}: reads the words, does them, and turns every failure into a sentence and an exit code. */
public final class Main {

    private final Map<String, String> environment;
    private final PrintStream out;
    private final PrintStream err;

    /** For programs and tests that run it within themselves. */
    public Main(Map<String, String> environment, PrintStream out, PrintStream err) {
        this.environment = environment;
        this.out = out;
        this.err = err;
    }

    /** Ends the process with 0, or with the code of what went wrong. */
    public static void main(String[] arguments) {
        var out = new PrintStream(
                new BufferedOutputStream(new FileOutputStream(FileDescriptor.out), 8192),
                false,
                StandardCharsets.UTF_8);
        var err = new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
        System.exit(new Main(System.getenv(), out, err).run(arguments));
    }

    /** Answers the exit code. */
    public int run(String... arguments) {
        var options = new Options();
        try (var session = new Session(options, environment, out, err)) {
            return Words.commandLine(options, session, arguments)
                    .setOut(new PrintWriter(out, true, StandardCharsets.UTF_8))
                    .setErr(new PrintWriter(err, true, StandardCharsets.UTF_8))
                    .setExecutionExceptionHandler((thrown, _, _) -> failed(thrown, session))
                    .setParameterExceptionHandler((thrown, _) -> misused(thrown, session))
                    .execute(arguments);
        } finally {
            out.flush();
        }
    }

    private int failed(Exception thrown, Session session) {
        out.flush();
        if (session.debug()) {
            thrown.printStackTrace(err);
        }
        if (thrown instanceof CommandFailure failure) {
            err.println("bw: " + Text.clean(failure.sentence()));
            return failure.kind().exitCode();
        }
        err.println("bw: The command itself made a mistake: " + Text.clean(String.valueOf(thrown))
                + ". Say it again with --debug and report what it prints as a defect.");
        return CommandFailure.Kind.REFUSED.exitCode();
    }

    private int misused(ParameterException thrown, Session session) {
        if (session.debug()) {
            thrown.printStackTrace(err);
        }
        var command = thrown.getCommandLine();
        err.println("bw: " + Text.sentence(String.valueOf(thrown.getMessage())));
        UnmatchedArgumentException.printSuggestions(thrown, command.getErr());
        err.println("See: " + command.getCommandSpec().qualifiedName() + " --help");
        return CommandLine.ExitCode.USAGE;
    }
}
