package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.lifecycle.MovedEngine;
import org.bellwether.engine.platform.operation.EngineMaintenance;
import picocli.CommandLine;

/** {@code start}, {@code stop}, {@code restart} and {@code status}. */
final class RunningCommands {

    private final EngineCommand root;

    RunningCommands(EngineCommand root) {
        this.root = root;
    }

    void addTo(CommandLine line) {
        EngineCommand.word(line, "start", "Starts the engine and answers when it serves.", this::start);
        EngineCommand.word(
                line,
                "stop",
                "Ends the engine in order. Machines run on, and operations go on at the next start.",
                this::stop);
        EngineCommand.word(line, "restart", "Ends the engine and starts it again.", () -> {
            stop();
            return start();
        });
        EngineCommand.word(
                line, "status", "Says whether the engine runs and serves. Exit code 3 when it does not run.", () -> {
                    int code = status();
                    if (System.getProperty("bellwether.program") != null) {
                        Upgrade.words(Path.of(UpgradeCommand.DIRECTORY)).ifPresent(System.out::println);
                    }
                    return code;
                });
    }

    private int start() {
        var engine = root.engine();
        var service = new EngineService(engine);
        goOnWithAnUpgrade(engine);
        // systemd's is root's business; a process of its own belongs to the engine's user.
        var other = service.bySystemd() ? OptionalInt.empty() : AsOwner.sayWhenOther(engine, List.of("start"));
        if (other.isPresent()) {
            return other.getAsInt();
        }
        service.start();
        System.out.println("The engine serves at " + url(engine));
        return 0;
    }

    /** Between two versions only root can say which one is to run. */
    private static void goOnWithAnUpgrade(Installation engine) {
        if (System.getProperty("bellwether.program") == null
                || !engine.file().equals(Installation.PACKAGED)
                || !"root".equals(System.getProperty("user.name"))) {
            return;
        }
        try {
            new Upgrade(
                            engine,
                            Path.of(UpgradeCommand.DIRECTORY),
                            Duration.parse(UpgradeCommand.PATIENCE),
                            Clock.systemUTC())
                    .goOn();
        } catch (IOException e) {
            throw Failure.internal("How far the engine's upgrade is cannot be read")
                    .because(String.valueOf(e.getMessage()))
                    .from(e);
        } catch (Failure notUpgraded) {
            if (!new EngineService(engine).serves()) {
                throw notUpgraded;
            }
            System.out.println(notUpgraded.detail());
        }
    }

    private int stop() {
        new EngineService(root.engine()).stop();
        System.out.println("The engine is down; machines run on.");
        return 0;
    }

    private int status() {
        var engine = root.engine();
        var pid = engine.pid();
        if (pid.isEmpty()) {
            System.out.println(MovedEngine.to(engine.config().dataDirectory())
                    .map(url -> "The engine is down here: it has moved to " + url)
                    .orElse("The engine is down. Start it with: bellwether engine start"));
            return EngineCommand.NOT_RUNNING;
        }
        boolean serves = new EngineService(engine).serves();
        System.out.println(
                serves
                        ? "The engine runs (process " + pid.get() + ") and serves at " + url(engine)
                        : "The engine runs (process " + pid.get()
                                + ") and does not serve, or not yet. See: bellwether engine log");
        MovedEngine.to(engine.data())
                .ifPresent(url -> System.out.println("It has moved to " + url
                        + " and is to end here. Say so again: bellwether engine retire --to " + url));
        maintenance(engine)
                .ifPresent(state -> System.out.println("It is in maintenance since " + state.since() + ": "
                        + state.reason() + ". End that with: bellwether engine maintenance off"));
        return serves ? 0 : 1;
    }

    private static Optional<EngineMaintenance.State> maintenance(Installation engine) {
        try (var database = engine.database()) {
            return database.transaction(EngineMaintenance::now);
        }
    }

    private static String url(Installation engine) {
        return "https://" + engine.config().externalName() + ":"
                + engine.config().httpsPort() + "/ovirt-engine";
    }
}
