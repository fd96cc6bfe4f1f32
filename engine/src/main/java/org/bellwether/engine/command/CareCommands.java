package org.bellwether.engine.command;

import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor} and {@code vacuum}. */
final class CareCommands {

    private final EngineCommand root;
    private final Clock clock;

    CareCommands(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    void addTo(CommandLine line) {
        EngineCommand.word(
                line,
                "doctor",
                "Looks at process, space, certificates, database, journal, hosts and storage, and says what to do."
                        + " Exit code 1 when something is bad.",
                this::doctor);
        line.addSubcommand("cert", new CertCommand(root, clock));
        line.addSubcommand("vacuum", new Vacuum(root));
    }

    private int doctor() {
        var engine = root.engine();
        var other = AsOwner.sayWhenOther(engine, List.of("doctor"));
        if (other.isPresent()) {
            return other.getAsInt();
        }
        var findings = new Doctor(engine, clock).look();
        findings.forEach(System.out::println);
        return Doctor.worst(findings).isPresent() ? 1 : 0;
    }

    /** {@code vacuum}. */
    @Command(description = "Gives back what deleted rows of the database took.")
    static final class Vacuum implements Callable<Integer> {

        private final EngineCommand root;

        @Option(names = "--full", description = "Also makes its files smaller; the engine waits meanwhile.")
        boolean full;

        Vacuum(EngineCommand root) {
            this.root = root;
        }

        @Override
        public Integer call() {
            var engine = root.engine();
            var other = AsOwner.sayWhenOther(engine, full ? List.of("vacuum", "--full") : List.of("vacuum"));
            if (other.isPresent()) {
                return other.getAsInt();
            }
            try (var database = engine.database()) {
                long before = database.size();
                database.vacuum(full);
                System.out.println(
                        "The database took " + (before >> 10) + " KiB and takes " + (database.size() >> 10) + " KiB.");
            }
            return 0;
        }
    }
}
