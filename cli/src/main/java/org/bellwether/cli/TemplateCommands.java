package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Comparator;
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
                Column.of("VERSION NAME", "version.version_name"),
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
                                .line("First boot", VmSheet.firstBoot(each))
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
            @Option(
                            names = "--seal",
                            description =
                                    "Take out what is the machine's own: host keys, logs, addresses (needs virt-sysprep on a host).")
                    boolean seal,
            @Option(
                            names = "--version-of",
                            paramLabel = "TEMPLATE",
                            description = "Make it the newest version of this template; NAME is then the version's.")
                    @Nullable
                    String base,
            @Option(
                            names = "--domain",
                            paramLabel = "DOMAIN",
                            description = "The storage domain for its disks; where the machine's lie unless told.")
                    @Nullable
                    String domain,
            @Mixin FirstBootOptions firstBoot,
            @Mixin WaitOptions waiting) {
        ObjectNode template = Json.object().put("name", base == null ? name : base);
        if (base != null) {
            var version = template.putObject("version").put("version_name", name);
            version.putObject("base_template").put("id", first(base).id());
        }
        if (domain != null) {
            template.putObject("storage_domain")
                    .put(
                            "id",
                            session.lookup().find(Kind.STORAGE_DOMAIN, domain).id());
        }
        template.putObject("vm").put("id", session.lookup().find(Kind.VM, vm).id());
        if (description != null) {
            template.put("description", description);
        }
        firstBoot.into(template);
        var made = session.engine().post("/templates" + (seal ? "?seal=true" : ""), template);
        var ready = waiting.wait
                ? session.waiting(waiting).untilStatus(Kind.TEMPLATE.path(made), "template " + name, "ok")
                : made;
        session.printer().done(ready, "Template " + name + " is " + (waiting.wait ? "made" : "being made"));
    }

    /** The first of all versions, which share the name. */
    private Entity first(String nameOrId) {
        if (Json.isId(nameOrId)) {
            return session.lookup().find(Kind.TEMPLATE, nameOrId);
        }
        return session.engine().list(Kind.TEMPLATE.path()).stream()
                .filter(each -> each.name().equals(nameOrId))
                .min(Comparator.comparingLong(
                        each -> each.number("version.version_number").orElse(1)))
                .orElseThrow(() -> CommandFailure.refused(
                        404, "There is no template named " + nameOrId + ". See what there is with: bw template list"));
    }

    @Command(name = "import", description = "Makes a template from an archive (OVA).")
    void take(
            @Parameters(paramLabel = "FILE", description = "The archive, on this machine or on a host.") String file,
            @Mixin Archive.ImportOptions wish,
            @Mixin WaitOptions waiting) {
        var made = new Archive(session, Kind.TEMPLATE, waiting).take(file, wish);
        session.printer().done(made, "Template " + made.name() + " is " + (waiting.wait ? "made" : "being made"));
    }

    @Command(name = "export", description = "Writes a template into an archive (OVA).")
    void give(
            @Parameters(paramLabel = "TEMPLATE", description = "Its name or id.") String name,
            @Mixin Archive.ExportOptions wish,
            @Mixin WaitOptions waiting) {
        var template = session.lookup().find(Kind.TEMPLATE, name);
        var where = new Archive(session, Kind.TEMPLATE, waiting).give(template, wish);
        session.printer()
                .done(
                        template,
                        "Template " + template.name() + " is " + (waiting.wait ? "" : "being ") + "written to "
                                + where);
    }

    @Command(description = "Changes a template; machines that were made of it stay as they are.")
    void update(
            @Parameters(paramLabel = "TEMPLATE", description = "Its name or id.") String name,
            @Option(names = "--name", paramLabel = "NAME", description = "Another name, for all its versions.")
                    @Nullable
                    String renamed,
            @Option(names = "--version-name", paramLabel = "NAME", description = "Another name of this version.")
                    @Nullable
                    String version,
            @Mixin VmSettings settings,
            @Mixin FirstBootOptions firstBoot) {
        var template = session.lookup().find(Kind.TEMPLATE, name);
        ObjectNode change = Json.object();
        if (renamed != null) {
            change.put("name", renamed);
        }
        if (version != null) {
            change.putObject("version").put("version_name", version);
        }
        settings.into(change, session, java.util.Optional.empty());
        firstBoot.into(change);
        settings.refuseBeside();
        var changed = session.engine().put(Kind.TEMPLATE.path(template), change);
        session.printer().done(changed, "Template " + changed.name() + " is changed");
    }

    @Command(description = "Says what watchdog machines made from a template begin with.")
    void watchdog(
            @Parameters(paramLabel = "TEMPLATE", description = "Its name or id.") String name,
            @Parameters(
                            paramLabel = "ACTION",
                            description =
                                    "What happens when the guest does not answer it: reset, poweroff, pause, dump or"
                                            + " none; or off for no watchdog.")
                    String action) {
        var template = session.lookup().find(Kind.TEMPLATE, name);
        VmSettings.watchdog(Kind.TEMPLATE.path(template), action, session);
        session.printer().done(template, "The watchdog of the template " + template.name() + " is changed");
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
