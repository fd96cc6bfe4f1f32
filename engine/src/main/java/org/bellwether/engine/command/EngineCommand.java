package org.bellwether.engine.command;

import java.nio.file.Path;
import java.time.Clock;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** {@code bellwether engine …}: reads the words, does them, and turns every failure into sentences and an exit code. */
@Command(
        description = "Runs the engine, on the engine's machine.",
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "",
            "The engine is the one of /etc/bellwether/engine.properties, or --config or BW_ENGINE_CONFIG names"
                    + " another.",
            "Exit codes: 0 done, 1 refused or failed, 2 wrong usage, 3 the engine does not run (status)."
        })
public final class EngineCommand {

    static final int NOT_RUNNING = 3;

    @Option(
            names = "--config",
            paramLabel = "FILE",
            scope = ScopeType.INHERIT,
            description = "The engine's configuration.")
    @Nullable
    Path configuration;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            scope = ScopeType.INHERIT,
            description = "Print this and do nothing.")
    boolean help;

    public static void main(String[] arguments) {
        quietLogs();
        System.exit(run(arguments));
    }

    /** Does what the words say; answers the exit code. */
    public static int run(String... arguments) {
        var root = new EngineCommand();
        var line = new CommandLine(root)
                .setCommandName(System.getProperty("bellwether.command", "bellwether") + " engine");
        var clock = Clock.systemUTC();
        new RunningCommands(root).addTo(line);
        line.addSubcommand("maintenance", new MaintenanceCommand(root, clock));
        line.addSubcommand("backup", new BackupCommand(root, clock));
        line.addSubcommand("restore", new RestoreCommand(root, clock));
        new CareCommands(root, clock).addTo(line);
        line.addSubcommand("setup", new SetupCommand(root));
        line.addSubcommand("retire", new RetireCommand(root));
        line.addSubcommand("env", new EnvCommand(root));
        line.addSubcommand("upgrade", new UpgradeCommand(root, clock));
        line.addSubcommand("log", new LogCommand(root));
        line.addSubcommand("support-bundle", new SupportBundleCommand(root, clock));
        line.setExecutionExceptionHandler((thrown, _, _) -> failed(thrown));
        return line.execute(arguments);
    }

    /** A word without options of its own. */
    static void word(CommandLine line, String name, String description, Callable<Integer> work) {
        var spec = CommandLine.Model.CommandSpec.wrapWithoutInspection(work);
        spec.usageMessage().description(description);
        line.addSubcommand(name, spec);
    }

    private static int failed(Exception thrown) {
        Throwable cause = thrown;
        while (cause.getCause() != null && !(cause instanceof Failure)) {
            cause = cause.getCause();
        }
        System.err.println(
                cause instanceof Failure failure
                        ? failure.detail()
                        : "This did not work: " + (cause.getMessage() == null ? cause.toString() : cause.getMessage()));
        return CommandLine.ExitCode.SOFTWARE;
    }

    /** The file in which the engine is configured. */
    Path file() {
        return Optional.ofNullable(configuration)
                .or(() -> Optional.ofNullable(System.getenv("BW_ENGINE_CONFIG"))
                        .filter(file -> !file.isBlank())
                        .map(Path::of))
                .orElse(Installation.PACKAGED)
                .toAbsolutePath();
    }

    Installation engine() {
        return Installation.read(file());
    }

    /** What libraries tell their developers does not belong between the answers. */
    private static void quietLogs() {
        var logs = org.slf4j.LoggerFactory.getILoggerFactory();
        if (logs instanceof ch.qos.logback.classic.LoggerContext context) {
            context.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME).setLevel(ch.qos.logback.classic.Level.ERROR);
        }
    }
}
