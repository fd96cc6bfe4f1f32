package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Objects;
import java.util.stream.Stream;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw storage profile …}: disk profiles, and the limits of I/O that they stand for. */
@Command(description = "Disk profiles: limits of I/O for disks.", synopsisSubcommandLabel = "COMMAND")
final class StorageProfileCommands {

    private static final String STORAGE = "The domain's name or id.";

    private final Session session;

    StorageProfileCommands(Session session) {
        this.session = session;
    }

    private Entity domain(String nameOrId) {
        return session.lookup().find(Kind.STORAGE_DOMAIN, nameOrId);
    }

    private static String path(Entity domain) {
        return Kind.STORAGE_DOMAIN.path(domain) + "/diskprofiles";
    }

    /** Of a second. A limit of all excludes those of reading and writing. */
    static final class Limits {
        @Option(names = "--mbytes", paramLabel = "MB", description = "Most megabytes a second.")
        @Nullable
        Integer bytes;

        @Option(names = "--read-mbytes", paramLabel = "MB", description = "Most megabytes read a second.")
        @Nullable
        Integer readBytes;

        @Option(names = "--write-mbytes", paramLabel = "MB", description = "Most megabytes written a second.")
        @Nullable
        Integer writeBytes;

        @Option(names = "--iops", paramLabel = "NUMBER", description = "Most operations a second.")
        @Nullable
        Integer operations;

        @Option(names = "--read-iops", paramLabel = "NUMBER", description = "Most reads a second.")
        @Nullable
        Integer reads;

        @Option(names = "--write-iops", paramLabel = "NUMBER", description = "Most writes a second.")
        @Nullable
        Integer writes;

        private boolean any() {
            return Stream.of(bytes, readBytes, writeBytes, operations, reads, writes)
                    .anyMatch(Objects::nonNull);
        }

        private ObjectNode qos(String name) {
            ObjectNode qos = Json.object().put("name", name).put("type", "storage");
            put(qos, "max_throughput", bytes);
            put(qos, "max_read_throughput", readBytes);
            put(qos, "max_write_throughput", writeBytes);
            put(qos, "max_iops", operations);
            put(qos, "max_read_iops", reads);
            put(qos, "max_write_iops", writes);
            return qos;
        }

        private static void put(ObjectNode qos, String name, @Nullable Integer limit) {
            if (limit != null) {
                qos.put(name, limit.toString());
            }
        }
    }

    @Command(description = "Lists the disk profiles of a domain.")
    void list(@Parameters(paramLabel = "STORAGE", description = STORAGE) String storage) {
        session.printer()
                .list(
                        session.engine().list(path(domain(storage)) + "?follow=qos"),
                        Column.of("NAME", "name"),
                        Column.of("QOS", "qos.name"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes a disk profile, and the QoS with its limits when some are given.")
    void add(
            @Parameters(paramLabel = "STORAGE", description = STORAGE) String storage,
            @Parameters(paramLabel = "NAME", description = "The profile's name.") String name,
            @Mixin Limits limits) {
        var domain = domain(storage);
        ObjectNode profile = Json.object().put("name", name);
        if (limits.any()) {
            var center = domain.list("data_centers").stream()
                    .findFirst()
                    .orElseThrow(() -> CommandFailure.refused(
                            409,
                            "Storage domain " + domain.name()
                                    + " belongs to no data center, which limits need. Attach it with: bw storage attach "
                                    + domain.name()));
            var qos = session.engine().post(Kind.DATA_CENTER.path(center) + "/qoss", limits.qos(name));
            profile.putObject("qos").put("id", qos.id());
        }
        var made = session.engine().post(path(domain), profile);
        session.printer().done(made, "Disk profile " + name + " is made");
    }

    @Command(description = "Removes a disk profile that no disk has; its QoS stays.")
    void remove(
            @Parameters(paramLabel = "STORAGE", description = STORAGE) String storage,
            @Parameters(paramLabel = "PROFILE", description = "Its name or id.") String profile) {
        var path = path(domain(storage));
        var found = session.engine().list(path).stream()
                .filter(each ->
                        each.id().equalsIgnoreCase(profile) || each.name().equals(profile))
                .findFirst()
                .orElseThrow(() -> CommandFailure.refused(
                        404,
                        "Storage domain %s has no disk profile %s. See them with: bw storage profile list %s"
                                .formatted(storage, Text.clean(profile), storage)));
        session.engine().delete(path + "/" + found.id());
        session.printer().gone(found, "Disk profile " + found.name() + " is removed");
    }
}
