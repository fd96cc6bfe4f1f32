package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** What can be changed of a cluster. */
final class ClusterOptions {

    private static final String WITHOUT_ENGINE = "RestartWithoutEngine";

    @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.")
    @Nullable
    String description;

    @Option(
            names = "--migration-policy",
            paramLabel = "POLICY",
            description =
                    "What is done when a machine changes its memory faster than it is sent: " + MigrationWords.POLICIES)
    @Nullable
    String policy;

    @Option(
            names = "--migration-bandwidth",
            paramLabel = "MBIT",
            description = "What a host's migrations may send together, in Mbit/s; auto: no limit.")
    @Nullable
    String bandwidth;

    @Option(
            names = "--migration-connections",
            paramLabel = "NUMBER",
            description = "Over so many at once (2 to 255); auto, or none.")
    @Nullable
    String connections;

    @Option(
            names = "--encrypt",
            negatable = true,
            fallbackValue = "true",
            description = "Whether migrations are encrypted.")
    @Nullable
    Boolean encrypt;

    @Option(
            names = "--compress",
            negatable = true,
            fallbackValue = "true",
            description = "Whether memory is compressed for a migration.")
    @Nullable
    Boolean compress;

    @Option(
            names = "--auto-converge",
            negatable = true,
            fallbackValue = "true",
            description = "Whether a machine is slowed down while it changes its memory faster than it is sent.")
    @Nullable
    Boolean autoConverge;

    @Option(
            names = "--fencing",
            negatable = true,
            fallbackValue = "true",
            description = "Whether its hosts are fenced when they are silent for too long.")
    @Nullable
    Boolean fencing;

    @Option(
            names = "--spare-while-leases-are-renewed",
            negatable = true,
            fallbackValue = "true",
            description = "Whether a silent host is spared that still renews its lease on storage.")
    @Nullable
    Boolean spareRenewing;

    @Option(
            names = "--spare-when-silent",
            paramLabel = "PERCENT",
            description =
                    "Nobody is fenced while so many of its hosts are silent: the network is taken for broken. 0: never.")
    @Nullable
    Integer spareWhenSilent;

    @Option(
            names = "--restart-without-engine",
            negatable = true,
            fallbackValue = "true",
            description = "Whether hosts restart highly available machines with leases of a host that died while the"
                    + " engine is away.")
    @Nullable
    Boolean withoutEngine;

    @Option(
            names = "--merge-pages",
            negatable = true,
            fallbackValue = "true",
            description = "Whether equal pages of machines are merged while a host's memory is low (KSM).")
    @Nullable
    Boolean mergePages;

    @Option(
            names = "--ballooning",
            negatable = true,
            fallbackValue = "true",
            description = "Whether what guests do not use is taken back while a host's memory is low, down to what they"
                    + " are guaranteed.")
    @Nullable
    Boolean ballooning;

    /** @param cluster as it is now: lists are sent whole */
    ObjectNode wish(Entity cluster) {
        var wish = Json.object();
        if (description != null) {
            wish.put("description", description);
        }
        var migration = migration();
        if (!migration.isEmpty()) {
            wish.set("migration", migration);
        }
        var fenced = fencingPolicy();
        if (!fenced.isEmpty()) {
            wish.set("fencing_policy", fenced);
        }
        put(wish, "ballooning_enabled", ballooning);
        if (mergePages != null) {
            wish.putObject("ksm").put("enabled", mergePages.toString());
        }
        if (withoutEngine != null) {
            var list = wish.putObject("custom_scheduling_policy_properties").putArray("property");
            cluster.json().at("/custom_scheduling_policy_properties/property").forEach(property -> {
                if (!property.path("name").asText().equals(WITHOUT_ENGINE)) {
                    list.add(property);
                }
            });
            list.addObject().put("name", WITHOUT_ENGINE).put("value", withoutEngine.toString());
        }
        return wish;
    }

    static String withoutEngine(Entity cluster) {
        for (var property : cluster.json().at("/custom_scheduling_policy_properties/property")) {
            if (property.path("name").asText().equals(WITHOUT_ENGINE)) {
                return property.path("value").asText();
            }
        }
        return "false";
    }

    private ObjectNode migration() {
        var migration = Json.object();
        MigrationWords.policy(migration, policy);
        put(migration, "encrypted", encrypt);
        put(migration, "compressed", compress);
        put(migration, "auto_converge", autoConverge);
        if (bandwidth != null) {
            var limit = migration.putObject("bandwidth");
            if (bandwidth.equals("auto")) {
                limit.put("assignment_method", "auto");
            } else {
                limit.put("assignment_method", "custom").put("custom_value", bandwidth);
            }
        }
        if (connections != null) {
            switch (connections) {
                case "auto" -> migration.put("parallel_migrations_policy", "auto");
                case "none" -> migration.put("parallel_migrations_policy", "disabled");
                default ->
                    migration
                            .put("parallel_migrations_policy", "custom")
                            .put("custom_parallel_migrations", connections);
            }
        }
        return migration;
    }

    private ObjectNode fencingPolicy() {
        var fenced = Json.object();
        put(fenced, "enabled", fencing);
        if (spareRenewing != null) {
            fenced.putObject("skip_if_sd_active").put("enabled", spareRenewing.toString());
        }
        if (spareWhenSilent != null) {
            var broken = fenced.putObject("skip_if_connectivity_broken");
            broken.put("enabled", Boolean.toString(spareWhenSilent > 0));
            if (spareWhenSilent > 0) {
                broken.put("threshold", spareWhenSilent.toString());
            }
        }
        return fenced;
    }

    private static void put(ObjectNode into, String key, @Nullable Boolean value) {
        if (value != null) {
            into.put(key, value.toString());
        }
    }
}
