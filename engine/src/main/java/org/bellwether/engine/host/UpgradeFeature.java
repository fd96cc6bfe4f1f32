package org.bellwether.engine.host;

import static org.bellwether.engine.platform.Permit.EDIT_CLUSTER_CONFIGURATION;
import static org.bellwether.engine.platform.Permit.EDIT_HOST_CONFIGURATION;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.ToLongFunction;
import org.bellwether.api.types.ClusterUpgradeAction;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hosts are looked at for updates and upgraded, one by one or a whole cluster of them. The API's own action on a cluster only
 * notes that somebody else upgrades its hosts; to have the engine do it is an addition, described in the engine's README:
 *
 * <pre>
 * POST /ovirt-engine/services/cluster-upgrades/{cluster}?restart=false
 * </pre>
 */
public final class UpgradeFeature implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(UpgradeFeature.class);
    private static final String PATH = "/ovirt-engine/services/cluster-upgrades";

    /** Hosts are heard of by then, and the engine has nothing better to do. */
    private static final Duration FIRST = Duration.ofMinutes(10);

    private static final Duration PACE = Duration.ofDays(1);

    private final Database database;
    private final Operations operations;
    private final Events events;
    private final Hosts hosts;
    private final Clusters clusters;
    private final HostUpgrades upgrades;
    private final UpgradeCluster rolling;
    private final RestartHost restart;
    private final Thread thread = Thread.ofVirtual().name("updates").unstarted(this::watch);

    /**
     * @param evacuate as {@link MaintainHost} has it
     * @param machines how many run on a host
     */
    public UpgradeFeature(
            Database database,
            Operations operations,
            Agents agents,
            Events events,
            Hosts hosts,
            Clusters clusters,
            HostScript script,
            BiConsumer<Host, Asker> evacuate,
            ToLongFunction<Id<Host>> machines) {
        this.database = database;
        this.operations = operations;
        this.events = events;
        this.hosts = hosts;
        this.clusters = clusters;
        var check = operations.known(new CheckUpdates(hosts, script, events));
        var boot = new HostBoot(script);
        restart = operations.known(new RestartHost(check, boot, agents, events));
        var upgrade = operations.known(new UpgradeHost(hosts, agents, check, script, boot, evacuate, events));
        upgrades = new HostUpgrades(database, hosts, operations, script, check, upgrade, events);
        rolling = operations.known(new UpgradeCluster(clusters, hosts, upgrades, operations, machines, events));
    }

    public void serve(ApiRoutes routes) {
        routes.on("host", "upgrade_check", EDIT_HOST_CONFIGURATION, request -> {
            var job = upgrades.check(hosts.get(request.<Host>id(0)), Asker.of(request));
            return Reply.started(job.id().toString());
        });
        routes.on("host", "upgrade", EDIT_HOST_CONFIGURATION, this::upgrade);
        routes.on("cluster", "upgrade", EDIT_CLUSTER_CONFIGURATION, this::note);
    }

    public void declare(Site.Builder site, Gate gate) {
        site.below(PATH, request -> roll(request, gate));
    }

    /** Whether a host that is in maintenance could be restarted without a controller of its power. */
    public boolean restartable(Host host) {
        return HostScript.of(host).isPresent();
    }

    /** Restarts a host over SSH. */
    public Job restart(Host host, Asker asker) {
        var ssh = HostScript.of(host).orElseThrow();
        if (hosts.status(host) != HostStatus.MAINTENANCE || host.wanted() == Host.Wanted.ASLEEP) {
            throw Failure.conflict("Host " + host.name() + " is not restarted over SSH")
                    .because("it is not in maintenance, and nothing but SSH can restart it")
                    .undone("Nothing was changed")
                    .next("Move it to maintenance first, or add a fence agent that switches its power");
        }
        return operations.begin(
                restart,
                new RestartHost.Request(host.id(), ssh, asker),
                asker,
                tx -> events.add(
                        tx,
                        EventCode.FENCE_STARTED,
                        asker,
                        Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster()),
                        "Host " + host.name() + " is being restarted over SSH, asked by " + asker.name() + "."));
    }

    private Reply upgrade(ApiRequest request) {
        var action = request.action();
        if (action.image() != null) {
            throw Failure.badRequest("Hosts are not upgraded from an image")
                    .undone("Nothing was changed")
                    .next("Leave the image out: their own distribution's packages are renewed");
        }
        var host = hosts.get(request.<Host>id(0));
        boolean restart = !Boolean.FALSE.equals(action.reboot());
        return Reply.started(
                upgrades.begin(host, restart, Asker.of(request)).id().toString());
    }

    /** What programs tell that upgrade hosts themselves, one after the other. */
    private Reply note(ApiRequest request) {
        var action = request.action();
        var cluster = clusters.get(request.<Cluster>id(request.targets().size() - 1));
        operations.requireFree(cluster.id(), "noting that cluster " + cluster.name() + " is upgraded");
        var what = Optional.ofNullable(action.upgradeAction())
                .orElseThrow(() -> Failure.badRequest("It is not said what to note of the upgrade")
                        .next("Say upgrade_action: start, update_progress or finish; to have the engine upgrade the"
                                + " hosts say bw cluster upgrade " + cluster.name()));
        boolean running = Boolean.TRUE.equals(cluster.spec().upgradeInProgress());
        if (running == (what == ClusterUpgradeAction.START)) {
            throw Failure.conflict(
                            "Cluster " + cluster.name() + (running ? " is being" : " is not being") + " upgraded")
                    .undone("Nothing was changed");
        }
        long percent =
                Math.clamp(Optional.ofNullable(action.upgradePercentComplete()).orElse(0L), 0L, 100L);
        var asker = Asker.of(request);
        database.change(tx -> {
            if (what == ClusterUpgradeAction.FINISH) {
                clusters.upgraded(tx, cluster.id());
            } else {
                var known = Optional.ofNullable(action.correlationId())
                        .or(() -> Optional.ofNullable(cluster.spec().upgradeCorrelationId()))
                        .orElse(asker.correlationId());
                clusters.upgrading(tx, cluster.id(), known, percent);
            }
            var code = switch (what) {
                case START -> EventCode.CLUSTER_UPGRADE_STARTED;
                case UPDATE_PROGRESS -> EventCode.CLUSTER_UPGRADE_PROGRESS;
                case FINISH -> EventCode.CLUSTER_UPGRADED;
            };
            var words = switch (what) {
                case START -> " is being upgraded by " + asker.name() + ".";
                case UPDATE_PROGRESS -> " is upgraded to " + percent + " %.";
                case FINISH -> " is upgraded, says " + asker.name() + ".";
            };
            events.add(
                    tx, code, asker, Concerns.NOTHING.withCluster(cluster.id()), "Cluster " + cluster.name() + words);
        });
        return Reply.done();
    }

    private WebReply roll(WebRequest request, Gate gate) {
        var path = request.plainPath().substring(PATH.length() + 1);
        if (!request.method().equals("POST")) {
            throw Failure.badRequest("An upgrade of a cluster's hosts can only be begun")
                    .next("Send a POST; its job and its events tell how far it is");
        }
        var caller = gate.caller(request, "Hosts are upgraded only for who is signed on");
        var cluster = clusters.get(Id.of(id(path)));
        var target = new Target("cluster", cluster.id().toString());
        if (caller.readOnly()
                || !caller.administrator()
                || !gate.allows(caller, EDIT_HOST_CONFIGURATION, List.of(target))) {
            throw Failure.forbidden(caller.name() + " may not upgrade the hosts of cluster " + cluster.name())
                    .because("the permit " + EDIT_HOST_CONFIGURATION.wireName() + " of an administrator is needed");
        }
        var asker = new Asker(caller.name(), request.correlation());
        boolean restart = !request.parameters().getOrDefault("restart", "true").equals("false");
        var job = operations.begin(
                rolling,
                new UpgradeCluster.Request(cluster.id(), cluster.name(), restart, asker),
                asker,
                tx -> events.add(
                        tx,
                        EventCode.CLUSTER_UPGRADE_STARTED,
                        asker,
                        Concerns.NOTHING.withCluster(cluster.id()),
                        "The hosts of cluster " + cluster.name() + " are being upgraded one after the other, as "
                                + caller.name() + " wished."));
        return WebReply.json(202, Json.write(Map.of("job", Map.of("id", job.id().toString()))));
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw Failure.notFound("There is no cluster with the id " + text).from(e);
        }
    }

    public void start() {
        thread.start();
    }

    @Override
    public void close() {
        thread.interrupt();
    }

    private void watch() {
        try {
            Thread.sleep(FIRST);
            while (true) {
                upgrades.checkAll();
                Thread.sleep(PACE);
            }
        } catch (InterruptedException e) {
            log.debug("Hosts are not looked at for updates any more");
        }
    }
}
