package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw notification …}. */
@Command(description = NotificationCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class NotificationCommands {

    static final String DESCRIPTION = "Who is told of events: by mail, signed webhook or SNMP trap.";

    private static final String PATH = "/ovirt-engine/services/notifications";

    private final Session session;

    NotificationCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists channels.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(PATH),
                        Column.of("NAME", "name"),
                        Column.of("KIND", "kind"),
                        Column.of("ON", "enabled"),
                        Column.of("FROM SEVERITY", "severity"),
                        Column.of("ONLY CODES", "codes"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Shows a channel, and for SNMP version 3 by which id receivers know this engine.")
    void show(@Parameters(paramLabel = "CHANNEL", description = "Its name or id.") String name) {
        session.printer().show(session.engine().get(PATH + "/" + name), NotificationCommands::sheet);
    }

    private static Sheet sheet(Entity channel) {
        var sheet = new Sheet()
                .line("Name", channel.name())
                .line("Kind", channel.text("kind"))
                .line("On", channel.text("enabled"))
                .line("From severity", channel.text("severity"))
                .line("Only codes", channel.text("codes"));
        for (String setting : new String[] {
            "host", "port", "security", "from", "to", "url", "address", "version", "user", "auth", "privacy", "oid"
        }) {
            sheet.line(setting.substring(0, 1).toUpperCase(Locale.ROOT) + setting.substring(1), channel.text(setting));
        }
        return sheet.line("Engine id", channel.text("engine_id"));
    }

    @Command(
            description = "Makes a channel.",
            footer = {
                "mail needs host=…, from=…, and to=… unless only users are told who subscribed; it takes port, user,",
                "and security=starttls or tls. webhook needs url=…; snmp needs address=192.0.2.7/162, and for version 3",
                "version=3 and user=…; it takes auth=sha, sha224, sha256, sha384 or sha512, privacy=aes128, aes192 or",
                "aes256, and oid. The secret is the password, the key of the webhook's signature, the community, or in",
                "version 3 the passphrase of the signature; traps are encrypted when there is a privacy secret too."
            })
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--kind", paramLabel = "KIND", required = true, description = "mail, webhook or snmp.")
                    String kind,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "What it needs; see below.") @Nullable
                    Map<String, String> settings,
            @Option(
                            names = "--severity",
                            paramLabel = "SEVERITY",
                            description = "The least that is told: normal, warning, error or alert.")
                    @Nullable
                    String severity,
            @Option(names = "--codes", paramLabel = "CODES", description = "Only these events, such as 119,120.")
                    @Nullable
                    String codes,
            @Option(
                            names = "--secret-file",
                            paramLabel = "FILE",
                            description = "Where the secret is; - reads it from the standard input.")
                    @Nullable
                    Path secretFile,
            @Option(
                            names = "--privacy-secret-file",
                            paramLabel = "FILE",
                            description = "Where the passphrase is that traps are encrypted with.")
                    @Nullable
                    Path privacyFile) {
        var channel = session.engine()
                .post(
                        PATH,
                        body(settings, severity, codes, secretFile, privacyFile)
                                .put("name", name)
                                .put("kind", kind));
        session.printer().done(channel, "Notifications go over " + name + "; try it: bw notification test " + name);
    }

    @Command(description = "Changes a channel; what is set to nothing is taken away.")
    void set(
            @Parameters(paramLabel = "CHANNEL", description = "Its name or id.") String name,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "What it needs.") @Nullable
                    Map<String, String> settings,
            @Option(names = "--severity", paramLabel = "SEVERITY", description = "The least that is told.") @Nullable
                    String severity,
            @Option(names = "--codes", paramLabel = "CODES", description = "Only these events.") @Nullable String codes,
            @Option(names = "--secret-file", paramLabel = "FILE", description = "Where the secret is.") @Nullable
                    Path secretFile,
            @Option(
                            names = "--privacy-secret-file",
                            paramLabel = "FILE",
                            description = "Where the passphrase of the encryption is; an empty one takes it away.")
                    @Nullable
                    Path privacyFile,
            @Option(names = "--enabled", paramLabel = "BOOLEAN", description = "Whether it is on.") @Nullable
                    Boolean enabled) {
        ObjectNode body = body(settings, severity, codes, secretFile, privacyFile);
        if (enabled != null) {
            body.put("enabled", enabled.toString());
        }
        session.printer().done(session.engine().put(PATH + "/" + name, body), "The channel " + name + " is changed");
    }

    private static ObjectNode body(
            @Nullable Map<String, String> settings,
            @Nullable String severity,
            @Nullable String codes,
            @Nullable Path secretFile,
            @Nullable Path privacyFile) {
        ObjectNode body = SettingsBody.of(settings);
        if (severity != null) {
            body.put("severity", severity);
        }
        if (codes != null) {
            body.put("codes", codes);
        }
        SettingsBody.secret(body, "secret", secretFile);
        SettingsBody.secret(body, "privacy_secret", privacyFile);
        return body;
    }

    @Command(description = "Sends a test over a channel and says whether it arrived.")
    void test(@Parameters(paramLabel = "CHANNEL", description = "Its name or id.") String name) {
        session.engine().post(PATH + "/" + name + "/test", Json.object());
        session.printer().line("The test has left over " + name);
    }

    @Command(description = "Lists what was sent over a channel and what still waits, the newest first.")
    void deliveries(@Parameters(paramLabel = "CHANNEL", description = "Its name or id.") String name) {
        session.printer()
                .list(
                        session.engine().list(PATH + "/" + name + "/deliveries"),
                        Column.of("EVENT", "event"),
                        Column.of("STATE", "state"),
                        Column.of("ATTEMPTS", "attempts"),
                        Column.of("NEXT", "next_attempt"),
                        Column.of("TO", "recipient"),
                        Column.of("ERROR", "error"));
    }

    @Command(description = "Removes a channel, with what waits to be sent over it.")
    void remove(@Parameters(paramLabel = "CHANNEL", description = "Its name or id.") String name) {
        var channel = session.engine().get(PATH + "/" + name);
        session.engine().delete(PATH + "/" + name);
        session.printer().gone(channel, "The channel " + name + " is removed");
    }
}
