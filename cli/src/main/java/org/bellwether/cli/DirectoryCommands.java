package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw directory …}. */
@Command(description = DirectoryCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class DirectoryCommands {

    static final String DESCRIPTION = "Directories of users beside the engine's own: LDAP and Active Directory.";

    private static final String PATH = "/ovirt-engine/services/directories";

    private final Session session;

    DirectoryCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists directories.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(PATH),
                        Column.of("NAME", "name"),
                        Column.of("KIND", "kind"),
                        Column.of("AT", "url"),
                        Column.of("BASE", "base"),
                        Column.of("LOOKS AS", "bind_dn"));
    }

    @Command(description = "Shows a directory.")
    void show(@Parameters(paramLabel = "DIRECTORY", description = "Its name.") String name) {
        session.printer()
                .show(
                        session.engine().get(PATH + "/" + name),
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Kind", each.text("kind"))
                                .line("At", each.text("url"))
                                .line("Base", each.text("base"))
                                .line("Client", each.text("client_id"))
                                .line("Looks as", each.text("bind_dn"))
                                .line("Authority", each.text("ca_file")));
    }

    @Command(
            description = {
                "Adds a directory, whose users sign on as name@DIRECTORY,",
                "or a provider of OpenID Connect, whose users sign on at its page."
            },
            footer = {
                "Further settings of directories: start_tls=true, ca_file=FILE (on the engine), default=true (names",
                "without a profile are its users), login_attribute, entry_attribute, user_filter, group_filter, and for",
                "tickets of Kerberos kerberos_keytab=FILE (on the engine) and kerberos_principal=HTTP/host@REALM; of",
                "providers: ca_file, scopes, login_attribute (the claim that is the name), groups_claim.",
                "A provider wants to know where users come back to:",
                "https://ENGINE/ovirt-engine/sso/openid/callback"
            })
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name, which is the profile of the sign-on.")
                    String name,
            @Option(names = "--kind", paramLabel = "KIND", defaultValue = "ldap", description = "ldap, ad or oidc.")
                    String kind,
            @Option(
                            names = "--server",
                            paramLabel = "URL",
                            required = true,
                            description = "Such as ldaps://ldap.example.org; of a provider its issuer, https://….")
                    String url,
            @Option(names = "--base", paramLabel = "DN", description = "Below it is everybody; for ldap and ad.")
                    @Nullable
                    String base,
            @Option(names = "--client-id", paramLabel = "ID", description = "Of the engine at the provider; for oidc.")
                    @Nullable
                    String client,
            @Option(names = "--bind-dn", paramLabel = "DN", description = "The account that the engine looks with.")
                    @Nullable
                    String bindDn,
            @Option(
                            names = "--bind-password-file",
                            paramLabel = "FILE",
                            description =
                                    "Where that account's password or the client's secret is; - is the standard input.")
                    @Nullable
                    Path passwordFile,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A further setting.") @Nullable
                    Map<String, String> settings) {
        ObjectNode body =
                body(settings, passwordFile).put("name", name).put("kind", kind).put("url", url);
        if (base != null) {
            body.put("base", base);
        }
        if (client != null) {
            body.put("client_id", client);
        }
        if (bindDn != null) {
            body.put("bind_dn", bindDn);
        }
        session.printer()
                .done(
                        session.engine().post(PATH, body),
                        "The directory " + name + " is there; try it: bw directory test " + name);
    }

    @Command(description = "Changes a directory; what is set to nothing is taken away.")
    void set(
            @Parameters(paramLabel = "DIRECTORY", description = "Its name.") String name,
            @Option(names = "--set", paramLabel = "NAME=VALUE", description = "A setting.") @Nullable
                    Map<String, String> settings,
            @Option(names = "--bind-password-file", paramLabel = "FILE", description = "Where the password is.")
                    @Nullable
                    Path passwordFile) {
        session.printer()
                .done(
                        session.engine().put(PATH + "/" + name, body(settings, passwordFile)),
                        "The directory " + name + " is changed");
    }

    private static ObjectNode body(@Nullable Map<String, String> settings, @Nullable Path passwordFile) {
        ObjectNode body = SettingsBody.of(settings);
        SettingsBody.secret(body, "password", passwordFile);
        return body;
    }

    @Command(description = "Asks a directory for somebody, and says whether it answered.")
    void test(@Parameters(paramLabel = "DIRECTORY", description = "Its name.") String name) {
        var answer = session.engine().post(PATH + "/" + name + "/test", Json.object());
        session.printer()
                .line(
                        answer.text("users").equals("0") && !answer.text("kind").equals("oidc")
                                ? "The directory answers, but tells of nobody below its base"
                                : "The directory answers");
    }

    @Command(description = "Lists users that a directory knows, by name, full name or mail; * stands for anything.")
    void search(
            @Parameters(paramLabel = "DIRECTORY", description = "Its name.") String name,
            @Parameters(paramLabel = "TEXT", description = "Such as 'jo*'.") String text) {
        var id = HexFormat.of().withUpperCase().formatHex((name + "-authz").getBytes(StandardCharsets.UTF_8));
        session.printer()
                .list(
                        session.engine().list("/domains/" + id + "/users?search=" + Paths.encode("usrname=" + text)),
                        Column.of("NAME", "user_name"),
                        Column.of("FIRST NAME", "name"),
                        Column.of("LAST NAME", "last_name"),
                        Column.of("MAIL", "email"));
    }

    @Command(description = "Removes a directory of which nobody is known.")
    void remove(@Parameters(paramLabel = "DIRECTORY", description = "Its name.") String name) {
        var directory = session.engine().get(PATH + "/" + name);
        session.engine().delete(PATH + "/" + name);
        session.printer().gone(directory, "The directory " + name + " is removed");
    }
}
