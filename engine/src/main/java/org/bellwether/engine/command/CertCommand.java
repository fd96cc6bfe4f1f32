package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.Pem;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code cert}, and {@code cert roll}, which works also while the engine is down. */
@Command(description = "Shows the certificates of the engine.", synopsisSubcommandLabel = "[roll]")
final class CertCommand implements Callable<Integer> {

    private final EngineCommand root;
    private final Clock clock;

    CertCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        var engine = root.engine();
        for (var file : List.of("ca.crt", "web.pem", "engine.pem")) {
            show(engine.pki().resolve(file));
        }
        if (engine.config().webFiles().isPresent()) {
            show(engine.config().webFiles().get().certificate());
        }
        System.out.println("Clients trust the first. The engine renews the others, and those of its hosts, by itself.");
        if (Files.isReadable(engine.pki().resolve("authority.pem"))) {
            System.out.println(
                    stage(Authority.look(engine.pki(), clock, engine.config().authorityLife())));
        }
        return 0;
    }

    private static String stage(Authority authority) {
        return switch (authority.stage()) {
            case STEADY -> "The authority is replaced by itself from " + authority.replacedAt() + " on.";
            case LEARNING ->
                "The authority is being replaced: hosts and clients learn to trust the next one, which signs after "
                        + authority.movesAfter().map(Object::toString).orElse("that") + ".";
            case MOVING ->
                "The authority was replaced; the previous one is trusted until every host has moved, or until "
                        + authority.previousEnds().map(Object::toString).orElse("its end") + ".";
        };
    }

    @Command(
            description =
                    "Replaces the certificate authority without a stop: hosts learn to trust the next one, get certificates of"
                            + " it, and forget the previous one. The engine does it by itself before its authority ends.")
    int roll(
            @Option(
                            names = "--now",
                            description =
                                    "The next one signs as soon as the hosts know it; clients that keep a copy of ca.crt get no"
                                            + " time to fetch it again.")
                    boolean now) {
        var engine = root.engine();
        var other = AsOwner.sayWhenOther(engine, now ? List.of("cert", "roll", "--now") : List.of("cert", "roll"));
        if (other.isPresent()) {
            return other.getAsInt();
        }
        var authority = Authority.look(engine.pki(), clock, engine.config().authorityLife());
        authority.replace(now);
        System.out.println(stage(authority));
        System.out.println(
                engine.pid().isPresent()
                        ? "The engine goes on with it by itself."
                        : "The engine goes on with it by itself when it runs.");
        return 0;
    }

    private static void show(Path path) throws IOException {
        if (!Files.exists(path)) {
            throw Failure.notFound("There is no certificate " + path)
                    .next("Start the engine once; it makes what is missing");
        }
        System.out.println(path);
        var all = Pem.certificates(Files.readString(path));
        // Of a bundle each; of a chain the first alone, whose authority stands in the bundle.
        for (var certificate : path.endsWith("ca.crt") ? all : List.of(all.getFirst())) {
            show(path, certificate);
        }
    }

    private static void show(Path path, X509Certificate certificate) {
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
}
