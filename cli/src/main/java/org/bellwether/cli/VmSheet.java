package org.bellwether.cli;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;

/** A machine as people want to see it. */
final class VmSheet {

    /** What the engine is to send along with the machine. */
    static final String FOLLOWED =
            "host,cluster,template,nics.vnic_profile,reported_devices,disk_attachments.disk.storage_domains";

    private VmSheet() {}

    static Sheet of(Entity vm) {
        return new Sheet()
                .line("Name", vm.name())
                .line("Id", vm.id())
                .line("Description", vm.text("description"))
                .line("Status", status(vm))
                .line("Stopped because", vm.status().equals("down") ? vm.text("stop_reason") : "")
                .line("Host", vm.text("host.name"))
                .line("Cluster", vm.text("cluster.name"))
                .line("Template", vm.text("template.name"))
                .line("Memory", Text.size(vm.number("memory")))
                .line("CPUs", cpus(vm))
                .line("Highly available", vm.flag("high_availability.enabled") ? "yes" : "no")
                .line("Lease", vm.text("lease.storage_domain.id"))
                .line("Guest OS", guestOs(vm))
                .line("Host name", vm.text("fqdn"))
                .line("IP addresses", addresses(vm))
                .line("First boot", firstBoot(vm))
                .line("Made", vm.time("creation_time").map(Text::time))
                .section("Disks", disks(vm.list("disk_attachments")))
                .section("Network interfaces", nics(vm.list("nics")));
    }

    /** What a guest is told at its first boot; its password is nobody's to see. */
    static String firstBoot(Entity of) {
        var told = new ArrayList<String>();
        say(told, "host name ", of.text("initialization.host_name"));
        say(told, "user ", of.text("initialization.user_name"));
        long keys = of.text("initialization.authorized_ssh_keys")
                .lines()
                .filter(line -> !line.isBlank())
                .count();
        say(told, "SSH keys: ", keys == 0 ? "" : Long.toString(keys));
        say(told, "time zone ", of.text("initialization.timezone"));
        say(told, "DNS ", of.text("initialization.dns_servers"));
        say(told, "domain ", of.text("initialization.domain"));
        say(told, "a script of ", lines(of.text("initialization.custom_script")));
        return String.join(", ", told);
    }

    private static void say(List<String> told, String what, String value) {
        if (!value.isBlank()) {
            told.add(what + value);
        }
    }

    private static String lines(String script) {
        long lines = script.lines().count();
        return lines == 0 ? "" : lines + (lines == 1 ? " line" : " lines");
    }

    static Table disks(List<Entity> attachments) {
        return Printer.table(attachments, attachmentColumns());
    }

    static Column[] attachmentColumns() {
        return new Column[] {
            Column.of("NAME", "disk.name"),
            Column.of("STATUS", "disk.status"),
            new Column("SIZE", each -> Text.size(each.number("disk.provisioned_size"))),
            new Column(
                    "STORAGE",
                    each -> each.list("disk.storage_domains").stream()
                            .map(Entity::name)
                            .collect(Collectors.joining(", "))),
            Column.of("FORMAT", "disk.format"),
            Column.of("INTERFACE", "interface"),
            new Column("BOOT", each -> each.flag("bootable") ? "yes" : "no"),
            new Column("ACTIVE", each -> each.flag("active") ? "yes" : "no"),
            Column.of("ID", "id")
        };
    }

    static Table nics(List<Entity> nics) {
        return Printer.table(nics, nicColumns());
    }

    static Column[] nicColumns() {
        return new Column[] {
            Column.of("NAME", "name"),
            Column.of("MAC", "mac.address"),
            Column.of("PROFILE", "vnic_profile.name"),
            Column.of("INTERFACE", "interface"),
            new Column("LINKED", each -> each.flag("linked") ? "yes" : "no"),
            new Column("PLUGGED", each -> each.flag("plugged") ? "yes" : "no"),
            Column.of("ID", "id")
        };
    }

    static String cpus(Entity vm) {
        var topology = vm.one("cpu.topology");
        if (topology.json().isMissingNode()) {
            return "";
        }
        return Long.toString(topology.number("sockets").orElse(1)
                * topology.number("cores").orElse(1)
                * topology.number("threads").orElse(1));
    }

    private static String status(Entity vm) {
        return vm.status().replace('_', ' ')
                + vm.find("status_detail").map(detail -> " (" + detail + ")").orElse("");
    }

    private static String guestOs(Entity vm) {
        var os = vm.one("guest_operating_system");
        return List.of(
                        os.text("distribution"),
                        os.find("kernel.version.full_version")
                                .map(v -> "Linux " + v)
                                .orElse(""))
                .stream()
                .filter(part -> !part.isBlank())
                .collect(Collectors.joining(", "));
    }

    /** Without the guest's own loopback and link-local addresses, by which nobody reaches it. */
    private static String addresses(Entity vm) {
        return vm.list("reported_devices").stream()
                .flatMap(device -> device.list("ips").stream())
                .map(ip -> ip.text("address"))
                .filter(VmSheet::reachable)
                .distinct()
                .collect(Collectors.joining(", "));
    }

    private static boolean reachable(String address) {
        return !address.isBlank()
                && !address.startsWith("127.")
                && !address.equals("::1")
                && !address.startsWith("fe80:");
    }

    /** The host's name once the machine runs somewhere. */
    static Optional<String> host(Session session, Entity vm) {
        return vm.find("host.id")
                .flatMap(id -> session.engine().find("/hosts/" + id).map(Entity::name));
    }
}
