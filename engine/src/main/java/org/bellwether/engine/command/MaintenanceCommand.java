package org.bellwether.engine.command;

import java.time.Clock;
import java.util.List;
import org.bellwether.engine.platform.operation.EngineMaintenance;
import org.bellwether.engine.platform.operation.Job;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code maintenance on} and {@code maintenance off}; works also while the engine is down. */
@Command(
        description = "Keeps the engine from beginning anything new, or lets it again.",
        synopsisSubcommandLabel = "on|off")
final class MaintenanceCommand {

    private final EngineCommand root;
    private final Clock clock;

    MaintenanceCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Command(
            description =
                    "From now on people begin nothing new. What runs goes on and is listed, and so does what the engine"
                            + " does by itself to keep machines running.")
    int on(
            @Option(
                            names = "--reason",
                            paramLabel = "TEXT",
                            defaultValue = "whoever runs it wants it quiet",
                            description = "Why; people are told.")
                    String reason,
            @Option(
                            names = "--except",
                            paramLabel = "CORRELATION-ID",
                            defaultValue = "",
                            description = "What is asked with this correlation id is begun all the same.")
                    String except) {
        var engine = root.engine();
        var other = AsOwner.sayWhenOther(engine, List.of("maintenance", "on", "--reason", reason, "--except", except));
        if (other.isPresent()) {
            return other.getAsInt();
        }
        try (var database = engine.database()) {
            List<Job> running = database.transaction(tx -> {
                EngineMaintenance.begin(
                        tx, EngineMaintenance.Kind.ASKED, reason, except.isEmpty() ? null : except, clock);
                return EngineMaintenance.running(tx);
            });
            System.out.println("The engine begins nothing new.");
            if (running.isEmpty()) {
                System.out.println("No operation runs.");
            } else {
                System.out.println("These still run and go on:");
                running.forEach(job -> System.out.println(
                        "  " + job.description() + ", since " + job.started() + ", asked by " + job.owner()));
            }
        }
        return 0;
    }

    @Command(description = "Ends the maintenance.")
    int off() {
        var engine = root.engine();
        var other = AsOwner.sayWhenOther(engine, List.of("maintenance", "off"));
        if (other.isPresent()) {
            return other.getAsInt();
        }
        try (var database = engine.database()) {
            var before = database.transaction(tx -> {
                var state = EngineMaintenance.now(tx);
                EngineMaintenance.end(tx);
                return state;
            });
            System.out.println(
                    before.isPresent() ? "The engine takes orders again." : "The engine was not in maintenance.");
        }
        return 0;
    }
}
