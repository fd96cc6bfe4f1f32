package org.bellwether.engine.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.time.Clock;
import java.util.List;
import java.util.stream.Collectors;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.store.DatabaseAccess;

/**
 * What somebody who helps needs to see: findings, configuration, the log's end, the journal, events and the inventory. Only
 * the tables named here are in it, so that a new one with secrets does not slip in, and of these no secret.
 */
final class SupportBundle {
    private static final int LOG_BYTES = 4 << 20;
    private static final int JOBS = 500;
    private static final int EVENTS = 2_000;
    private static final List<String> INVENTORY = List.of(
            "data_centers",
            "clusters",
            "hosts",
            "host_networks",
            "networks",
            "cluster_networks",
            "storage_domains",
            "disks",
            "templates",
            "vms",
            "disk_attachments",
            "nics",
            "snapshots",
            "vm_pools");

    private final Installation engine;
    private final Clock clock;

    SupportBundle(Installation engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    void write(OutputStream out, String log) throws IOException {
        var packed = new GZIPOutputStream(out);
        var tar = new TarArchiveOutputStream(packed, StandardCharsets.UTF_8.name());
        add(tar, "versions.txt", versions());
        add(
                tar,
                "doctor.txt",
                new Doctor(engine, clock).look().stream().map(Finding::toString).collect(Collectors.joining("\n")));
        add(tar, "engine.properties", lines(Files.readString(engine.file())));
        add(tar, "engine.log", lines(log));
        try (var database = engine.database()) {
            add(tar, "database.txt", sizes(database));
            add(tar, "jobs.json", array(database.newest("jobs", "started", JOBS)));
            add(tar, "steps.json", array(database.newest("steps", "started", 10 * JOBS)));
            add(tar, "events.json", array(database.newest("events", "id", EVENTS)));
            for (var table : INVENTORY) {
                add(tar, "inventory/" + table + ".json", array(database.bodies(table)));
            }
        } catch (Failure failure) {
            add(tar, "database.txt", failure.detail());
        }
        tar.finish();
        packed.finish();
    }

    private static String versions() {
        return "Java " + System.getProperty("java.vm.version") + "\nLinux " + System.getProperty("os.version") + "\n";
    }

    private static String sizes(DatabaseAccess database) {
        return "migrations " + database.migrations() + "\n"
                + database.tableSizes().entrySet().stream()
                        .map(size -> size.getKey() + " " + size.getValue() + " bytes\n")
                        .collect(Collectors.joining());
    }

    private static String array(List<String> rows) {
        return rows.stream().map(Redaction::json).collect(Collectors.joining(",\n", "[", "]\n"));
    }

    private static String lines(String text) {
        var end = text.length() > LOG_BYTES ? text.substring(text.length() - LOG_BYTES) : text;
        return end.lines().map(Redaction::line).collect(Collectors.joining("\n", "", "\n"));
    }

    private void add(TarArchiveOutputStream tar, String name, String text) throws IOException {
        var bytes = text.getBytes(StandardCharsets.UTF_8);
        var entry = new TarArchiveEntry("bellwether-support/" + name);
        entry.setSize(bytes.length);
        entry.setModTime(clock.millis());
        tar.putArchiveEntry(entry);
        tar.write(bytes);
        tar.closeArchiveEntry();
    }
}
