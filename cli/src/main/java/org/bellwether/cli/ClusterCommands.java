package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.bellwether.cli.Printer.Column;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code bw cluster …}. */
@Command(description = ClusterCommands.DESCRIPTION, synopsisSubcommandLabel = "COMMAND")
final class ClusterCommands {

    static final String DESCRIPTION = "Clusters, whose hosts can take over each other's machines.";

    private final Session session;

    ClusterCommands(Session session) {
        this.session = session;
    }

    @Command(description = "Lists clusters.")
    void list() {
        var clusters = session.engine().list("/clusters");
        var printer = session.printer();
        Map<String, String> centers =
                printer.asJson() ? Map.of() : session.lookup().names(Kind.DATA_CENTER);
        printer.list(
                clusters,
                Column.of("NAME", "name"),
                new Column("DATA CENTER", each -> centers.getOrDefault(each.text("data_center.id"), "")),
                Column.of("CPU TYPE", "cpu.type"),
                new Column("LEVEL", ClusterCommands::level),
                Column.of("ID", "id"));
    }

    @Command(description = "Shows a cluster.")
    void show(@Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        session.printer()
                .show(
                        cluster,
                        each -> new Sheet()
                                .line("Name", each.name())
                                .line("Id", each.id())
                                .line("Description", each.text("description"))
                                .line(
                                        "Data center",
                                        each.find("data_center.id")
                                                .map(id -> session.engine()
                                                        .get("/datacenters/" + id)
                                                        .name()))
                                .line("CPU type", each.text("cpu.type"))
                                .line("Architecture", each.text("cpu.architecture"))
                                .line("Migration policy", MigrationWords.policy(each))
                                .line("Migrations encrypted", each.text("migration.encrypted"))
                                .line("Fencing", each.text("fencing_policy.enabled"))
                                .line("Restart without the engine", ClusterOptions.withoutEngine(each))
                                .line("Level", level(each)));
    }

    @Command(description = "Makes a cluster. Its CPU type is that of its first host.")
    void create(
            @Parameters(paramLabel = "NAME", description = "Its name.") String name,
            @Option(
                            names = "--datacenter",
                            paramLabel = "DATACENTER",
                            description = "By name or id; the only one unless told.")
                    @Nullable
                    String dataCenter,
            @Option(names = "--description", paramLabel = "TEXT", description = "What it is for.") @Nullable
                    String description) {
        ObjectNode cluster = Json.object().put("name", name);
        if (description != null) {
            cluster.put("description", description);
        }
        cluster.putObject("data_center")
                .put("id", DataCenterCommands.chosen(session, dataCenter).id());
        session.printer().done(session.engine().post("/clusters", cluster), "Cluster " + name + " is made");
    }

    @Command(description = "Gives a cluster the policy by which its machines are placed and moved.")
    void policy(
            @Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name,
            @Parameters(
                            paramLabel = "POLICY",
                            description = "none, evenly_distributed, vm_evenly_distributed, power_saving,"
                                    + " cluster_maintenance, or one of your own.")
                    String policy,
            @Option(
                            names = "--set",
                            paramLabel = "NAME=VALUE",
                            description = "A property of it, such as HighUtilization=70; may be given more than once.")
                    @Nullable
                    Map<String, String> properties) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        var wish = Json.object();
        wish.putObject("scheduling_policy").put("name", policy);
        if (properties != null) {
            var list = wish.putObject("custom_scheduling_policy_properties").putArray("property");
            properties.forEach((key, value) -> list.addObject().put("name", key).put("value", value));
        }
        var now = session.engine().put(Kind.CLUSTER.path(cluster), wish);
        session.printer().done(now, "Cluster " + cluster.name() + " places its machines by the policy " + policy);
    }

    @Command(
            description = "Changes how a cluster's machines migrate and how it deals with hosts that are silent;"
                    + " what is not named stays.")
    void update(
            @Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name,
            @Mixin ClusterOptions options) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        var wish = options.wish(cluster);
        if (wish.isEmpty()) {
            throw CommandFailure.usage("Nothing is to be changed: bw help cluster update tells what can be.");
        }
        session.printer()
                .done(
                        session.engine().put(Kind.CLUSTER.path(cluster), wish),
                        "Cluster " + cluster.name() + " is changed");
    }

    @Command(
            name = "what-if",
            description = "Tells which machines would restart where, and which would not and why, if hosts or a storage"
                    + " domain failed now. Without these, whether any one host may fail. Nothing is done.")
    void whatIf(
            @Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name,
            @Option(
                            names = "--host",
                            paramLabel = "HOST",
                            description = "A host that fails; may be given more than once.")
                    @Nullable
                    List<String> hosts,
            @Option(
                            names = "--storage",
                            paramLabel = "STORAGE",
                            description = "A storage domain that fails; may be given more than once.")
                    @Nullable
                    List<String> domains) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        var place = "/ovirt-engine/services/placement/clusters/" + cluster.id();
        if (hosts == null && domains == null) {
            session.printer().show(session.engine().get(place), WhatIfSheet::ofCluster);
            return;
        }
        var lost = "?hosts=" + ids(Kind.HOST, hosts) + "&storage_domains=" + ids(Kind.STORAGE_DOMAIN, domains);
        session.printer().show(session.engine().get(place + "/what-if" + lost), WhatIfSheet::ofLoss);
    }

    private String ids(Kind kind, @Nullable List<String> names) {
        return names == null
                ? ""
                : names.stream()
                        .map(each -> session.lookup().find(kind, each).id())
                        .collect(Collectors.joining(","));
    }

    @Command(
            description =
                    "Upgrades a cluster's hosts one after the other, as bw host upgrade does with each; ends at the"
                            + " first that fails, and goes on from there when it is said again.")
    void upgrade(
            @Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name,
            @Option(
                            names = "--no-restart",
                            description =
                                    "Leaves hosts in the boot that they are in, even where something new needs another.")
                    boolean noRestart,
            @Mixin WaitOptions waiting) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        session.engine()
                .post(
                        "/ovirt-engine/services/cluster-upgrades/" + cluster.id() + "?restart=" + !noRestart,
                        Json.object());
        if (waiting.wait) {
            session.waiting(waiting).untilJobsEnd("the hosts of cluster " + cluster.name() + " to be upgraded");
        }
        session.printer()
                .done(
                        session.engine().get(Kind.CLUSTER.path(cluster)),
                        "The hosts of cluster " + cluster.name()
                                + (waiting.wait ? " are upgraded" : " are being upgraded"));
    }

    @Command(description = "Removes a cluster without hosts and machines.")
    void remove(@Parameters(paramLabel = "CLUSTER", description = "Its name or id.") String name) {
        var cluster = session.lookup().find(Kind.CLUSTER, name);
        session.engine().delete(Kind.CLUSTER.path(cluster));
        session.printer().gone(cluster, "Cluster " + cluster.name() + " is removed");
    }

    static String level(Entity entity) {
        return entity.find("version.major")
                .map(major -> major + "." + entity.text("version.minor"))
                .orElse("");
    }
}
