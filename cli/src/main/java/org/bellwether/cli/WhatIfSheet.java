package org.bellwether.cli;

import java.util.List;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;

/** What would follow if a part of a cluster failed, as people want to read it. */
final class WhatIfSheet {

    private WhatIfSheet() {}

    /** Of each host, whether its highly available machines would find a place. */
    static Sheet ofCluster(Entity state) {
        var hosts = state.plain("hosts");
        var sheet = new Sheet()
                .line("Cluster", state.name())
                .line(
                        "Any one host may fail",
                        state.number("machines").orElse(0) == 0
                                ? "no machine that runs is highly available"
                                : state.flag("kept") ? "yes" : "no")
                .line("As of", state.time("at").map(Object::toString))
                .section(
                        "If that host failed",
                        Printer.table(
                                hosts,
                                Column.of("HOST", "name"),
                                Column.of("HA MACHINES", "machines"),
                                new Column("WITHOUT A PLACE", WhatIfSheet::stranded)));
        hosts.stream()
                .filter(host -> !host.plain("stranded").isEmpty())
                .forEach(host -> sheet.section(
                        "If " + host.name() + " failed, these would find no place", machines(host.plain("stranded"))));
        return sheet;
    }

    private static String stranded(Entity host) {
        var machines = host.plain("stranded");
        return machines.isEmpty()
                ? "none"
                : machines.size() + ": " + machines.stream().map(Entity::name).collect(Collectors.joining(", "));
    }

    /** What becomes of each machine that a loss concerns. */
    static Sheet ofLoss(Entity answer) {
        var machines = answer.plain("machines");
        var sheet = new Sheet()
                .line("Restart elsewhere", count(machines, "restarts"))
                .line("Find no place", count(machines, "stranded"))
                .line("Stay down", count(machines, "stays_down"))
                .line("Pause", count(machines, "pauses"))
                .line("End", count(machines, "ends"));
        return machines.isEmpty()
                ? sheet.line("Concerned", "no machine")
                : sheet.section("Machines", machines(machines));
    }

    private static String count(List<Entity> machines, String outcome) {
        long number = machines.stream()
                .filter(each -> each.text("outcome").equals(outcome))
                .count();
        return number == 0 ? "" : Long.toString(number);
    }

    private static Table machines(List<Entity> machines) {
        return Printer.table(
                machines,
                Column.of("MACHINE", "name"),
                Column.of("PRIORITY", "priority"),
                Column.of("NOW ON", "host_name"),
                new Column("THEN", WhatIfSheet::then),
                new Column("BECAUSE", WhatIfSheet::because));
    }

    private static String then(Entity machine) {
        return switch (machine.text("outcome")) {
            case "restarts" -> "on " + machine.text("to_name");
            case "stranded" -> "nowhere";
            case "stays_down" -> "down";
            case "pauses" -> "paused";
            default -> "ended";
        };
    }

    private static String because(Entity machine) {
        var help = machine.plain("changes");
        return machine.text("reason")
                + (help.isEmpty()
                        ? ""
                        : " (would help: "
                                + help.stream()
                                        .map(each -> each.json().asText())
                                        .collect(Collectors.joining("; "))
                                + ")");
    }
}
