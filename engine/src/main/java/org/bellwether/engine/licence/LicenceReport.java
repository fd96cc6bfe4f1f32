package org.bellwether.engine.licence;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.engine.placement.HostThread;

/**
 * The evidence of a licence zone, for people: as a table for programs and as a page to print. Pure.
 *
 * @param zone as it is now; absent: it was removed
 */
record LicenceReport(
        String name,
        Optional<LicenceZone> zone,
        String cluster,
        List<LicenceChange> changes,
        List<LicenceRun> runs,
        Instant at) {

    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss").withZone(ZoneOffset.UTC);

    private static final List<String> COLUMNS = List.of(
            "zone",
            "machine",
            "machine_id",
            "machine_cpus",
            "host",
            "host_hardware_uuid",
            "host_processor",
            "host_sockets",
            "host_cores",
            "host_threads",
            "declared_cpus",
            "declared_sockets",
            "declared_cores",
            "declared_threads",
            "seen_cpus",
            "verdict",
            "from_utc",
            "until_utc");

    /** One line for each time that a machine was seen to run somewhere. */
    String csv() {
        var text = new StringBuilder(String.join(",", COLUMNS)).append("\r\n");
        for (var run : runs) {
            text.append(List.of(
                                    name,
                                    run.vmName(),
                                    run.vm(),
                                    run.cpus(),
                                    run.hostName(),
                                    run.hardware(),
                                    run.model(),
                                    run.all().sockets(),
                                    run.all().cores(),
                                    run.all().threads(),
                                    run.declared(),
                                    run.extent().sockets(),
                                    run.extent().cores(),
                                    run.extent().threads(),
                                    run.seen(),
                                    run.verdict().name().toLowerCase(Locale.ROOT),
                                    time(run.from()),
                                    time(run.until()))
                            .stream()
                            .map(LicenceReport::cell)
                            .collect(Collectors.joining(",")))
                    .append("\r\n");
        }
        return text.toString();
    }

    /** In quotes, and so that no program that opens it takes a name for a formula. */
    private static String cell(Object value) {
        var text = String.valueOf(value);
        var plain = text.matches("[=+@\\t\\r-].*") ? "'" + text : text;
        return "\"" + plain.replace("\"", "\"\"") + "\"";
    }

    /** A page without scripts and styles: browsers print it as it is. */
    String page(LicenceWords words) {
        var page = new StringBuilder("<!DOCTYPE html><html lang=\"" + words.language() + "\"><head>"
                + "<meta charset=\"utf-8\"><title>" + text(words.title() + " " + name) + "</title></head><body>");
        page.append("<h1>" + text(words.title() + " " + name) + "</h1>");
        page.append("<p>" + text(words.made() + " " + time(at) + " UTC. " + words.cluster() + ": " + cluster + ".")
                + "</p>");
        page.append("<p><b>" + text(words.notice()) + "</b></p>");
        page.append("<p>" + text(words.method()) + "</p>");
        var now = zone.orElse(null);
        if (now == null) {
            page.append("<p>" + text(words.removed()) + "</p>");
        } else {
            hosts(page, words, now);
            machines(page, words, now);
        }
        table(
                page,
                words.runs(),
                words.runColumns(),
                runs.stream().map(run -> line(run, words)).toList());
        table(
                page,
                words.changes(),
                words.changeColumns(),
                changes.stream()
                        .map(each -> List.of(
                                time(each.at()),
                                each.by(),
                                each.what(),
                                each.widens() ? words.yes() : words.no(),
                                each.because(),
                                each.footprint()))
                        .toList());
        return page.append("</body></html>\n").toString();
    }

    private static void hosts(StringBuilder page, LicenceWords words, LicenceZone zone) {
        table(
                page,
                words.hosts(),
                words.hostColumns(),
                zone.hosts().stream()
                        .map(each -> List.of(
                                each.name(),
                                each.hardware(),
                                each.model(),
                                extent(each.all()),
                                each.cpus(),
                                extent(each.declared()),
                                time(each.at()),
                                each.by()))
                        .toList());
    }

    private static void machines(StringBuilder page, LicenceWords words, LicenceZone zone) {
        table(
                page,
                words.machines(),
                words.machineColumns(),
                zone.machines().stream()
                        .map(each -> List.of(each.name(), String.valueOf(each.cpus()), time(each.at()), each.by()))
                        .toList());
    }

    private static List<String> line(LicenceRun run, LicenceWords words) {
        List<String> line = new ArrayList<>();
        line.add(run.vmName() + " (" + run.cpus() + ")");
        line.add(run.hostName());
        line.add(run.hardware());
        line.add(extent(run.all()));
        line.add(run.declared());
        line.add(extent(run.extent()));
        line.add(run.seen());
        line.add(words.verdict(run.verdict()));
        line.add(time(run.from()));
        line.add(time(run.until()));
        return line;
    }

    /** Sockets, cores and threads, in the order in which the heads of the columns name them. */
    private static String extent(HostThread.Extent extent) {
        return extent.sockets() + " / " + extent.cores() + " / " + extent.threads();
    }

    private static void table(StringBuilder page, String head, List<String> columns, List<List<String>> lines) {
        page.append("<h2>" + text(head) + "</h2><table border=\"1\" cellpadding=\"4\" cellspacing=\"0\"><thead><tr>");
        columns.forEach(column -> page.append("<th align=\"left\">" + text(column) + "</th>"));
        page.append("</tr></thead><tbody>");
        for (var line : lines) {
            page.append("<tr>");
            line.forEach(cell -> page.append("<td>" + text(cell) + "</td>"));
            page.append("</tr>");
        }
        page.append("</tbody></table>");
    }

    private static String time(Instant time) {
        return TIME.format(time);
    }

    private static String text(String plain) {
        return plain.replace("&", "&amp;")
                .replace("<", "&lt;")
                .replace(">", "&gt;")
                .replace("\"", "&quot;");
    }
}
