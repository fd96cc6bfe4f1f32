package org.bellwether.cli;

import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw vm device …}. */
@Command(
        description = "Devices of a host that a machine is given; it then runs only there.",
        synopsisSubcommandLabel = "COMMAND")
final class VmDeviceCommands {

    private static final String VM = "The machine's name or id.";

    private final Session session;

    VmDeviceCommands(Session session) {
        this.session = session;
    }

    private Entity vm(String nameOrId) {
        return session.lookup().find(Kind.VM, nameOrId);
    }

    private static String path(Entity vm) {
        return Kind.VM.path(vm) + "/hostdevices";
    }

    @Command(description = "Lists the devices that a machine is given.")
    void list(@Parameters(paramLabel = "VM", description = VM) String vm) {
        var printer = session.printer();
        var devices = session.engine().list(path(vm(vm)));
        var hosts = printer.asJson()
                ? java.util.Map.<String, String>of()
                : session.lookup().names(Kind.HOST);
        printer.list(
                devices,
                Column.of("NAME", "name"),
                Column.of("KIND", "capability"),
                new Column("HOST", each -> hosts.getOrDefault(each.text("host.id"), "")));
    }

    @Command(description = "Gives a machine a device of a host, from its next start on.")
    void add(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DEVICE", description = "Its name; see them with bw host devices HOST.")
                    String device,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            description = "Whose device it is; the one to which the machine is pinned unless told.")
                    @Nullable
                    String host) {
        var machine = vm(vm);
        var wish = Json.object().put("name", device);
        if (host != null) {
            wish.putObject("host")
                    .put("id", session.lookup().find(Kind.HOST, host).id());
        }
        var given = session.engine().post(path(machine), wish);
        session.printer()
                .done(given, "Machine " + machine.name() + " has the device " + device + " from its next start on");
    }

    @Command(description = "Takes a device of a host away from a machine, from its next start on.")
    void remove(
            @Parameters(paramLabel = "VM", description = VM) String vm,
            @Parameters(paramLabel = "DEVICE", description = "Its name.") String device) {
        var machine = vm(vm);
        var given = session.lookup().find(path(machine), "device", device);
        session.engine().delete(path(machine) + "/" + given.id());
        session.printer()
                .gone(given, "Machine " + machine.name() + " has the device " + device + " no more at its next start");
    }

    /** The devices of a host, with what keeps each from being given away. */
    static void ofHost(Session session, Entity host) {
        session.printer()
                .list(
                        session.engine().list(Kind.HOST.path(host) + "/devices"),
                        Column.of("NAME", "name"),
                        Column.of("KIND", "capability"),
                        new Column("VENDOR", each -> each.find("vendor.name").orElse(each.text("vendor.id"))),
                        new Column("PRODUCT", each -> each.find("product.name").orElse(each.text("product.id"))),
                        Column.of("DRIVER", "driver"),
                        Column.of("IOMMU GROUP", "iommu_group"),
                        new Column(
                                "PARTS",
                                each -> each.list("m_dev_types").stream()
                                        .map(type -> type.name() + " (" + type.text("available_instances") + ")")
                                        .collect(java.util.stream.Collectors.joining(", "))),
                        Column.of("REMARK", "comment"));
    }
}
