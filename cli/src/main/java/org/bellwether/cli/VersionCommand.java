package org.bellwether.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Properties;
import picocli.CommandLine.Command;

/** {@code bw version}. */
@Command(description = VersionCommand.DESCRIPTION)
final class VersionCommand implements Runnable {

    static final String DESCRIPTION = "Which version this is, and which the engine has.";

    private final Session session;

    VersionCommand(Session session) {
        this.session = session;
    }

    @Override
    public void run() {
        var printer = session.printer();
        String own = own();
        if (!printer.asJson()) {
            // Said first: it holds also when no engine answers.
            printer.line("bw " + own);
        }
        var product = session.engine().get("/").one("product_info");
        String engine = product.text("version.full_version");
        if (printer.asJson()) {
            printer.json(Json.object()
                    .put("bw", own)
                    .put("engine", engine)
                    .put("product", product.name())
                    .put("url", session.engine().url().toString()));
        } else {
            printer.line(Text.clean("%s %s at %s"
                    .formatted(product.name(), engine, session.engine().url())));
        }
    }

    private static String own() {
        try (var in = VersionCommand.class.getResourceAsStream("version.properties")) {
            if (in == null) {
                throw new IllegalStateException("version.properties is missing in the build");
            }
            var properties = new Properties();
            properties.load(in);
            return properties.getProperty("version", "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
