package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Map;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw template …}. */
@Command(description = TemplateCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class TemplateCommands {

    static final String DESCRIPTION = "Templates, from which machines are made.";

    private final Session session;

    TemplateCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists templates.")
    void list() {
        var templates = session.engine().list("/templates");
        var printer = session.printer();
        Map<String, String> clusters =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.CLUSTER);
        printer.list(
                templates,
                Column.of("NAME", "name"),
                Column.of("VERSION", "version.version_number"),
                Column.of("STATUS", "status"),
                new Column("CLUSTER", each -> clusters.getOrDefault(each.text("cluster.id"), "")),
                new Column("MEMORY", each -> Text.size(each.number("memory"))),
                new Column("CPUS", VmSheet::cpus),
                Column.of("ID", "id"));
    }

    @Command(description = "Shows a template, its disks and network interfaces.")
    void show(@Parameters(paramLabel = "TEMPLATE", description = "Its name or id.") String name) {
        var template = session.lookup().find(Kind.TEMPLATE, name);
        var found = session.engine()
                .get(Kind.TEMPLATE.path(template)
                        + "?follow=cluster,nics.vnic_profile,disk_attachments.disk.storage_domains");
        session.printer()
                .show(
                        found,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line("Status", each.status())
                                .line("Version", each.text("version.version_number"))
                                .line("Cluster", each.text("cluster.name"))
                                .line("Memory", Text.size(each.number("memory")))
                                .line("CPUs", VmSheet.cpus(each))
                                .line("Made", each.time("creation_time").map(Text::time))
                                .section("Disks", VmSheet.disks(each.list("disk_attachments")))
                                .section("Network interfaces", VmSheet.nics(each.list("nics"))));
    }

    @Command(description = "Makes a template of a machine that is down.")
    void create(
            @Parameters(paramLabel = "NAME", description = "The template's name.") String name,
            @Option(names = "--vm", paramLabel = "VM", required = true, description = "The machine, by name or id.")
                    String vm,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description,
            @Mixin WaitOptions waiting) {
        ObjectNode template = Json.object().put("name", name);
        template.putObject("vm").put("id", session.lookup().find(Kind.VM, vm).id());
        if (description != null) {
            template.put("description", description);
        }
        var made = session.engine().post("/templates", template);
        var ready = waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.TEMPLATE.path(made), "template " + name, "ok")
                : made;
        session.printer().done(ready, "Template " + name + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(description = "Removes a template of which no machine is made.")
    void remove(
            @Parameters(paramLabel = "TEMPLATE", description = "Its name or id.") String name,
            @Mixin WaitOptions waiting) {
        var template = session.lookup().find(Kind.TEMPLATE, name);
        session.engine().delete(Kind.TEMPLATE.path(template));
        if (waiting.wait) {
            session.waiting(waiting).untilGone(Kind.TEMPLATE.path(template), "template " + template.name());
        }
        session.printer()
                .gone(template, "Template " + template.name() + " is " + (waiting.wait ? "removed" : "being removed"));
    }
}
