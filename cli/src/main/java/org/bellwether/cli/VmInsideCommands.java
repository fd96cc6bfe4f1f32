package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code bw vm inside …}. */
@Command(
        description = "What the agent inside a machine's guest tells, and what it does there.",
        synopsisSubcommandLabel = "COMMAND")
final class VmInsideCommands {

    private static final String VM = "The machine's name or id.";

    private final Session session;

    VmInsideCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Shows what the guest tells of itself: system, addresses, file systems, users, programs.")
    void show(@Parameters(paramLabel = "VM", description = VM) String name) {
        var vm = session.lookup().find(Kind.VM, name);
        String path = Kind.VM.path(vm);
        var now = session.engine().get(path);
        ObjectNode told = Json.object().put("id", vm.id()).put("name", vm.name());
        for (String part : List.of("fqdn", "guest_operating_system", "guest_time_zone")) {
            if (now.json().has(part)) {
                told.set(part, now.json().get(part));
            }
        }
        list(told, "reported_devices", session.engine().list(path + "/reporteddevices"));
        list(told, "file_systems", fileSystems(session.engine().list(path + "/statistics")));
        list(told, "sessions", session.engine().list(path + "/sessions"));
        list(told, "applications", session.engine().list(path + "/applications"));
        session.printer().show(new Entity(told), VmInsideCommands::sheet);
    }

    private static void list(ObjectNode told, String name, List<Entity> entities) {
        var array = JsonNodeFactory.instance.arrayNode();
        entities.forEach(entity -> array.add(entity.json()));
        told.set(name, array);
    }

    /** They come as JSON within one value. */
    private static List<Entity> fileSystems(List<Entity> statistics) {
        List<Entity> found = new ArrayList<>();
        for (var statistic : statistics) {
            if (statistic.name().equals("disks.usage")) {
                statistic.list("values").stream()
                        .findFirst()
                        .flatMap(value -> Json.parse(value.text("detail")))
                        .ifPresent(all -> all.forEach(each -> found.add(new Entity(each))));
            }
        }
        return found;
    }

    private static Sheet sheet(Entity told) {
        return new Sheet()
                .line("Name", told.name())
                .line("Host name", told.text("fqdn"))
                .line("System", told.text("guest_operating_system.distribution"))
                .line("Version", told.text("guest_operating_system.version.full_version"))
                .line("Kernel", told.text("guest_operating_system.kernel.version.full_version"))
                .line("Time zone", told.text("guest_time_zone.name"))
                .section(
                        "Network interfaces",
                        Printer.table(
                                told.plain("reported_devices"),
                                Column.of("NAME", "name"),
                                Column.of("MAC", "mac.address"),
                                new Column(
                                        "ADDRESSES",
                                        device -> device.list("ips").stream()
                                                .map(ip -> ip.text("address"))
                                                .collect(Collectors.joining(", ")))))
                .section(
                        "File systems",
                        Printer.table(
                                told.plain("file_systems"),
                                Column.of("PATH", "path"),
                                Column.of("TYPE", "fs"),
                                new Column("SIZE", each -> Text.size(each.number("total"))),
                                new Column("USED", each -> Text.size(each.number("used"))),
                                new Column("", VmInsideCommands::share)))
                .section(
                        "Users",
                        Printer.table(
                                told.plain("sessions"),
                                Column.of("NAME", "user.user_name"),
                                Column.of("FROM", "ip.address")))
                .section("Programs", Printer.table(told.plain("applications"), Column.of("NAME", "name")));
    }

    private static String share(Entity fileSystem) {
        long total = fileSystem.number("total").orElse(0);
        return total <= 0 ? "" : Math.round(100.0 * fileSystem.number("used").orElse(0) / total) + " %";
    }

    @Command(description = "Has the guest write everything out and write nothing more until it is thawed.")
    void freeze(@Parameters(paramLabel = "VM", description = VM) String name) {
        act(name, "freezefilesystems", "are frozen");
    }

    @Command(description = "Lets the guest write again.")
    void thaw(@Parameters(paramLabel = "VM", description = VM) String name) {
        act(name, "thawfilesystems", "are thawed");
    }

    private void act(String name, String action, String done) {
        var vm = session.lookup().find(Kind.VM, name);
        session.engine().post(Kind.VM.path(vm) + "/" + action, Json.object());
        session.printer().done(vm, "The file systems of machine " + vm.name() + " " + done);
    }
}
