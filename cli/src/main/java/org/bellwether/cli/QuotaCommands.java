package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw quota …}. */
@Command(description = QuotaCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class QuotaCommands {

    static final String DESCRIPTION = "How much of a data center may be taken.";

    private static final String CENTER = "The data center, by name or id; the only one unless told.";

    private final Session session;

    QuotaCommands(Session session) {
        this.session = session;
    }

    private String path(@Nullable String center) {
        return "/datacenters/" + DataCenterCommands.chosen(session, center).id() + "/quotas";
    }

    @Command(description = "Lists quotas.")
    void list(
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center) {
        session.printer()
                .list(
                        session.engine().list(path(center)),
                        Column.of("NAME", "name"),
                        Column.of("DESCRIPTION", "description"),
                        Column.of("WARNS AT %", "cluster_soft_limit_pct"),
                        Column.of("GRACE %", "cluster_hard_limit_pct"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Lists the limits of a quota and what is taken of them; -1 is no limit.")
    void limits(
            @Parameters(paramLabel = "QUOTA", description = "Its name or id.") String name,
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center) {
        var quota = session.lookup().find(path(center), "quota", name);
        var all = new java.util.ArrayList<>(
                session.engine().list(path(center) + "/" + quota.id() + "/quotaclusterlimits"));
        all.addAll(session.engine().list(path(center) + "/" + quota.id() + "/quotastoragelimits"));
        session.printer()
                .list(
                        all,
                        Column.of("CLUSTER", "cluster.id"),
                        Column.of("STORAGE DOMAIN", "storage_domain.id"),
                        Column.of("VCPUS", "vcpu_limit"),
                        Column.of("TAKEN", "vcpu_usage"),
                        Column.of("GIB MEMORY", "memory_limit"),
                        Column.of("TAKEN", "memory_usage"),
                        Column.of("GIB STORAGE", "limit"),
                        Column.of("TAKEN", "usage"),
                        Column.of("ID", "id"));
    }

    @Command(description = "Makes a quota. It gives nothing until limits are added.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description,
            @Option(names = "--threshold", paramLabel = "PERCENT", description = "From where people are warned; 80.")
                    @Nullable
                    Integer threshold,
            @Option(names = "--grace", paramLabel = "PERCENT", description = "How far limits may be exceeded; 20.")
                    @Nullable
                    Integer grace) {
        ObjectNode quota = Json.object().put("name", name);
        if (description != null) {
            quota.put("description", description);
        }
        if (threshold != null) {
            quota.put("cluster_soft_limit_pct", threshold.toString())
                    .put("storage_soft_limit_pct", threshold.toString());
        }
        if (grace != null) {
            quota.put("cluster_hard_limit_pct", grace.toString()).put("storage_hard_limit_pct", grace.toString());
        }
        session.printer().done(session.engine().post(path(center), quota), "Quota " + name + " is made");
    }

    @Command(description = "Adds a limit, of one cluster or storage domain or of all together.")
    void limit(
            @Parameters(paramLabel = "QUOTA", description = "Its name or id.") String name,
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center,
            @Option(names = "--cluster", paramLabel = "CLUSTER", description = "Of this cluster only.") @Nullable
                    String cluster,
            @Option(names = "--storage", paramLabel = "STORAGE", description = "Of this storage domain only.") @Nullable
                    String storage,
            @Option(names = "--vcpus", paramLabel = "COUNT", description = "Virtual CPUs of running machines.")
                    @Nullable
                    Long vcpus,
            @Option(names = "--memory", paramLabel = "GIB", description = "Memory of running machines.") @Nullable
                    Double memory,
            @Option(names = "--gib", paramLabel = "GIB", description = "Disks.") @Nullable Long gib) {
        var quota = path(center) + "/"
                + session.lookup().find(path(center), "quota", name).id();
        ObjectNode limit = Json.object();
        if (gib != null || storage != null) {
            limit.put("limit", gib == null ? "-1" : gib.toString());
            if (storage != null) {
                limit.putObject("storage_domain")
                        .put(
                                "id",
                                session.lookup()
                                        .find(Kind.STORAGE_DOMAIN, storage)
                                        .id());
            }
            session.printer().done(session.engine().post(quota + "/quotastoragelimits", limit), "The limit is added");
            return;
        }
        if (vcpus == null && memory == null) {
            throw CommandFailure.usage("Say what is limited: --vcpus, --memory or --gib.");
        }
        limit.put("vcpu_limit", vcpus == null ? "-1" : vcpus.toString());
        limit.put("memory_limit", memory == null ? -1 : memory);
        if (cluster != null) {
            limit.putObject("cluster")
                    .put("id", session.lookup().find(Kind.CLUSTER, cluster).id());
        }
        session.printer().done(session.engine().post(quota + "/quotaclusterlimits", limit), "The limit is added");
    }

    @Command(description = "Says whether quotas hold in a data center.")
    void mode(
            @Parameters(paramLabel = "MODE", description = "disabled, audit (only warns) or enabled.") String mode,
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center) {
        var chosen = DataCenterCommands.chosen(session, center);
        var changed = session.engine()
                .put("/datacenters/" + chosen.id(), Json.object().put("quota_mode", mode));
        session.printer().done(changed, "Quotas of data center " + chosen.name() + ": " + mode);
    }

    @Command(description = "Removes a quota; what names it is counted to the data center's own.")
    void remove(
            @Parameters(paramLabel = "QUOTA", description = "Its name or id.") String name,
            @Option(names = "--datacenter", paramLabel = "DATACENTER", description = CENTER) @Nullable String center) {
        var quota = session.lookup().find(path(center), "quota", name);
        session.engine().delete(path(center) + "/" + quota.id());
        session.printer().gone(quota, "Quota " + quota.name() + " is removed");
    }
}
