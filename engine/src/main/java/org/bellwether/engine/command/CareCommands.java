package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Pem;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code doctor}, {@code cert} and {@code vacuum}. */
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
        EngineCommand.word(line, "cert", "Shows the certificates of the engine.", this::cert);
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

    private int cert() throws IOException {
        var engine = root.engine();
        for (var file : List.of("ca.crt", "web.pem", "engine.pem")) {
            var path = engine.pki().resolve(file);
            if (!Files.exists(path)) {
                throw Failure.notFound("There is no certificate " + path)
                        .next("Start the engine once; it makes what is missing");
            }
            var certificate = Pem.certificates(Files.readString(path)).getFirst();
            System.out.println(path);
            System.out.println("  for          " + certificate.getSubjectX500Principal());
            try {
                var names = certificate.getSubjectAlternativeNames();
                if (names != null) {
                    System.out.println("  names        "
                            + String.join(
                                    ", ",
                                    names.stream()
                                            .map(name -> String.valueOf(name.get(1)))
                                            .toList()));
                }
                System.out.println("  good until   " + certificate.getNotAfter().toInstant());
                System.out.println("  SHA-256      "
                        + HexFormat.ofDelimiter(":")
                                .withUpperCase()
                                .formatHex(MessageDigest.getInstance("SHA-256").digest(certificate.getEncoded())));
            } catch (GeneralSecurityException e) {
                throw Failure.internal("The certificate " + path + " cannot be read")
                        .next("Restart the engine, which makes it anew")
                        .from(e);
            }
        }
        System.out.println("Clients trust the first. The engine renews the others, and those of its hosts, by itself.");
        return 0;
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
