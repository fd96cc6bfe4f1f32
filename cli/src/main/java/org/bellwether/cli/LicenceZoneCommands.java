package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw licence-zone …}. */
@Command(
        description = LicenceZoneCommands.DESCRIPTION,
        synopsisSubcommandLabel = "COMMAND",
        footer = {
            "Whatever lets more be used (cores, hosts, machines, processors of a machine) is refused without --because;",
            "the reason is kept with who gave it. Whether a licensor accepts a zone is for the licensor to say."
        })
final class LicenceZoneCommands {

    static final String DESCRIPTION = "Machines that run on declared cores only, for licences, and the evidence of it.";

    private static final String PATH = "/ovirt-engine/services/licence-zones";
    private static final String REASON = "The reason, for the record; needed for what lets more be used.";

    private final Session session;

    LicenceZoneCommands(Session session) {
        this.session = session;
    }

    private static String path(String zone) {
        return PATH + "/" + Paths.encode(zone);
    }

    @Command(description = "Lists licence zones.")
    void list() {
        session.printer()
                .list(
                        session.engine().list(PATH),
                        Column.of("NAME", "name"),
                        Column.of("CLUSTER", "cluster_name"),
                        Column.of("HOSTS", "footprint.hosts"),
                        Column.of("CORES", "footprint.cores"),
                        Column.of("MACHINES", "footprint.machines"),
                        Column.of("VERDICT", "verdict"));
    }

    @Command(
            description = "Shows a licence zone: its hosts, its machines and where they were seen, and who changed it.",
            footer = "Verdicts: within, beyond, unproven (a host has not told), idle (no machine of it runs).")
    void show(@Parameters(paramLabel = "ZONE", description = "Its name.") String name) {
        session.printer().show(session.engine().get(path(name)), LicenceZoneCommands::sheet);
    }

    private static Sheet sheet(Entity zone) {
        return new Sheet()
                .line("Name", zone.name())
                .line("Cluster", zone.text("cluster_name"))
                .line("Sockets", zone.text("footprint.sockets"))
                .line("Cores", zone.text("footprint.cores"))
                .line("Threads", zone.text("footprint.threads"))
                .line("Verdict", zone.text("verdict"))
                .section(
                        "Hosts",
                        Printer.table(
                                zone.plain("hosts"),
                                Column.of("HOST", "name"),
                                Column.of("DECLARED", "cpus"),
                                Column.of("SOCKETS", "declared_sockets"),
                                Column.of("CORES", "declared_cores"),
                                Column.of("THREADS", "declared_threads"),
                                Column.of("OF THREADS", "all_threads"),
                                Column.of("BY", "by")))
                .section(
                        "Machines",
                        Printer.table(
                                zone.plain("machines"),
                                Column.of("MACHINE", "name"),
                                Column.of("ALLOWED CPUS", "cpus"),
                                Column.of("HOST", "host_name"),
                                Column.of("SEEN ON CPUS", "seen"),
                                Column.of("VERDICT", "verdict")))
                .section(
                        "Changes",
                        Printer.table(
                                zone.plain("changes"),
                                new Column(
                                        "AT",
                                        change -> change.time("at")
                                                .map(Text::time)
                                                .orElse("")),
                                Column.of("BY", "by"),
                                Column.of("CHANGE", "what"),
                                Column.of("REASON", "because")));
    }

    @Command(description = "Makes a licence zone, which covers nothing yet.")
    void create(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--cluster", paramLabel = "CLUSTER", required = true, description = "Whose hosts it is of.")
                    String cluster) {
        var made = session.engine().post(PATH, Json.object().put("name", name).put("cluster", cluster));
        session.printer().done(made, "The licence zone " + name + " is made; declare cores and assign machines");
    }

    @Command(
            description = "Declares processors of a host for a zone, in place of those that were declared before.",
            footer =
                    "The host is kept as it is now: when its processors are others, no machine of the zone starts there.")
    void declare(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = "Its name or id.")
                    String host,
            @Option(
                            names = "--cpus",
                            paramLabel = "CPUS",
                            required = true,
                            description = "Hardware threads by their numbers, such as 0-3,8-11, or all.")
                    String cpus,
            @Option(names = "--because", paramLabel = "REASON", description = REASON) @Nullable String because) {
        change(name, "declare", because, Json.object().put("host", host).put("cpus", cpus));
    }

    @Command(description = "Takes a host out of a zone.")
    void withdraw(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--host", paramLabel = "HOST", required = true, description = "Its name or id.")
                    String host) {
        change(name, "withdraw", null, Json.object().put("host", host));
    }

    @Command(description = "Puts a machine that is down into a zone: it runs on declared cores from then on.")
    void assign(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--vm", paramLabel = "VM", required = true, description = "Its name or id.") String vm,
            @Option(names = "--because", paramLabel = "REASON", description = REASON) @Nullable String because) {
        change(name, "assign", because, Json.object().put("vm", vm));
    }

    @Command(description = "Says how many processors a machine of a zone may have.")
    void allow(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--vm", paramLabel = "VM", required = true, description = "Its name or id.") String vm,
            @Option(names = "--cpus", paramLabel = "COUNT", required = true, description = "How many.") int cpus,
            @Option(names = "--because", paramLabel = "REASON", description = REASON) @Nullable String because) {
        change(name, "allow", because, Json.object().put("vm", vm).put("cpus", Integer.toString(cpus)));
    }

    @Command(description = "Takes a machine out of a zone: it may run anywhere then.")
    void release(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--vm", paramLabel = "VM", required = true, description = "Its name or id.") String vm,
            @Option(names = "--because", paramLabel = "REASON", description = REASON) @Nullable String because) {
        change(name, "release", because, Json.object().put("vm", vm));
    }

    private void change(String zone, String what, @Nullable String because, ObjectNode body) {
        if (because != null) {
            body.put("because", because);
        }
        session.printer().show(session.engine().post(path(zone) + "/" + what, body), LicenceZoneCommands::sheet);
    }

    @Command(description = "Removes a zone; its evidence is kept.")
    void remove(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--because", paramLabel = "REASON", description = REASON) @Nullable String because) {
        var zone = session.engine().get(path(name));
        session.engine().delete(path(name) + (because == null ? "" : "?because=" + Paths.encode(because)));
        session.printer().gone(zone, "The licence zone " + name + " is removed; its evidence is kept");
    }

    @Command(
            description =
                    "Writes the evidence of a zone to a file: as a page to print, or as CSV when its name ends so.",
            footer = "Also of a zone that was removed. --language de writes the page in German.")
    void report(
            @Parameters(paramLabel = "ZONE", description = "Its name.") String name,
            @Option(names = "--to", paramLabel = "FILE", required = true, description = "The file, .html or .csv.")
                    Path file,
            @Option(names = "--language", paramLabel = "LANGUAGE", description = "en or de.", defaultValue = "en")
                    String language) {
        boolean csv = file.toString().endsWith(".csv");
        var bytes = session.engine()
                .bytes("GET", path(name) + (csv ? "/report.csv" : "/report.html?language=" + Paths.encode(language)));
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + file + " cannot be written: " + e.getMessage());
        }
        session.printer()
                .line(file + ": "
                        + new String(bytes, StandardCharsets.UTF_8).lines().count() + " lines");
    }
}
