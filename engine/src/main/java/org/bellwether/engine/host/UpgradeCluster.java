package org.bellwether.engine.host;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Upgrades the hosts of a cluster one after the other, those with the fewest machines first, while the others serve. It ends
 * at the first that fails: what is wrong with one may be wrong with all.
 */
final class UpgradeCluster implements Operation<UpgradeCluster.Request> {

    private static final Duration ONE = Duration.ofHours(4);
    private static final Duration SETTLED = Duration.ofMinutes(10);
    private static final Duration PAUSE = Duration.ofSeconds(2);
    private static final String ORDER = "decide the order";

    private final Clusters clusters;
    private final Hosts hosts;
    private final HostUpgrades upgrades;
    private final Operations operations;
    private final ToLongFunction<Id<Host>> machines;
    private final Events events;

    /** @param machines how many run on a host */
    UpgradeCluster(
            Clusters clusters,
            Hosts hosts,
            HostUpgrades upgrades,
            Operations operations,
            ToLongFunction<Id<Host>> machines,
            Events events) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.upgrades = upgrades;
        this.operations = operations;
        this.machines = machines;
        this.events = events;
    }

    record Request(Id<Cluster> cluster, String name, boolean restart, Asker asker) {}

    record Order(List<Id<Host>> hosts, String leftOut) {}

    @Override
    public String kind() {
        return "upgrade-cluster";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Upgrading the Hosts of Cluster " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.cluster().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var order = journal.step(ORDER, Order.class, () -> order(request.cluster()));
        for (int done = 0; done < order.hosts().size(); done++) {
            var id = order.hosts().get(done);
            int percent = 100 * done / order.hosts().size();
            journal.commit(
                    "note that " + done + " are done",
                    tx -> clusters.upgrading(
                            tx, request.cluster(), request.asker().correlationId(), percent));
            journal.step("upgrade host " + (done + 1), () -> upgrade(id, request));
        }
    }

    private Order order(Id<Cluster> cluster) {
        var leftOut = hosts.ofCluster(cluster).stream()
                .filter(host -> !ready(host))
                .map(host -> host.name()
                        + (HostScript.of(host).isEmpty() ? " (not installed over SSH)" : " (" + shown(host) + ")"))
                .sorted()
                .collect(Collectors.joining(", "));
        var ready = hosts.ofCluster(cluster).stream()
                .filter(this::ready)
                .sorted(Comparator.comparingLong((Host host) -> machines.applyAsLong(host.id()))
                        .thenComparing(Host::name))
                .map(Host::id)
                .toList();
        if (ready.isEmpty()) {
            throw Failure.conflict("There is no host in the cluster that could be upgraded")
                    .because(leftOut.isEmpty() ? "it has none" : "left out are " + leftOut)
                    .next("Hosts are upgraded over SSH when they are up or in maintenance; bw host install HOST lets"
                            + " the engine in");
        }
        return new Order(ready, leftOut);
    }

    private boolean ready(Host host) {
        return HostScript.of(host).isPresent()
                && (hosts.status(host) == HostStatus.UP || hosts.status(host) == HostStatus.MAINTENANCE)
                && host.wanted() != Host.Wanted.ASLEEP;
    }

    private String shown(Host host) {
        return host.wanted() == Host.Wanted.ASLEEP
                ? "switched off to save power"
                : hosts.status(host).name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ');
    }

    /** Whether it was begun before the engine died or not: in the end it has been upgraded, and serves if it did. */
    private void upgrade(Id<Host> id, Request request) {
        var host = hosts.model().find(id);
        if (host.isEmpty()) {
            return;
        }
        var begun = operations.holding(id).filter(job -> job.kind().equals(UpgradeHost.KIND));
        if (begun.isEmpty()) {
            awaitService(id);
        }
        operations.await(begun.orElseGet(() -> upgrades.begin(hosts.get(id), request.restart(), request.asker())), ONE);
        awaitService(id);
    }

    /** The next one's machines may have to come here. */
    private void awaitService(Id<Host> id) {
        long end = System.nanoTime() + SETTLED.toNanos();
        while (hosts.get(id).wanted() == Host.Wanted.ACTIVE && hosts.status(hosts.get(id)) != HostStatus.UP) {
            if (System.nanoTime() > end) {
                throw Failure.conflict("Host " + hosts.get(id).name() + " does not serve")
                        .because("it is " + shown(hosts.get(id)))
                        .undone("No other host was begun after it")
                        .next("See its events");
            }
            try {
                Thread.sleep(PAUSE);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.unavailable("The engine is stopping");
            }
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var order = journal.outcome(ORDER, Order.class).orElseThrow();
        clusters.upgraded(tx, request.cluster());
        tell(
                tx,
                EventCode.CLUSTER_UPGRADED,
                request,
                "The hosts of cluster " + request.name() + " are upgraded: " + names(order) + "."
                        + (order.leftOut().isEmpty() ? "" : " Left out: " + order.leftOut() + "."));
    }

    private String names(Order order) {
        return order.hosts().stream()
                .flatMap(id -> hosts.model().find(id).stream())
                .map(Host::name)
                .collect(Collectors.joining(", "));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        clusters.upgraded(tx, request.cluster());
        tell(
                tx,
                EventCode.CLUSTER_NOT_UPGRADED,
                request,
                "The hosts of cluster " + request.name() + " are not all upgraded: " + failure.detail()
                        + " Those that are done stay so; bw cluster upgrade " + request.name() + " goes on.");
    }

    private void tell(Transaction tx, EventCode code, Request request, String message) {
        events.add(tx, code, request.asker(), Concerns.NOTHING.withCluster(request.cluster()), message);
    }
}
