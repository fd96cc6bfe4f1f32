package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.placement.Balance;
import org.bellwether.engine.placement.Calm;
import org.bellwether.engine.placement.Movable;
import org.bellwether.engine.placement.Move;
import org.bellwether.engine.placement.Restraint;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Moves machines as the scheduling policies of their clusters say, and as affinity groups that must hold ask: thinks about
 * every cluster once a minute, and migrates by ordinary migrations with the reason in their events.
 */
final class BalanceClusters implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(BalanceClusters.class);
    private static final Duration PACE = Duration.ofMinutes(1);

    /** Migrations that a host may be an end of at once; more share its network and each takes longer. */
    private static final int AT_ONCE = 2;

    private final Clusters clusters;
    private final Hosts hosts;
    private final Vms vms;
    private final ObservedMachines observed;
    private final ClusterView view;
    private final VmLifecycle lifecycle;
    private final Operations operations;
    private final Clock clock;
    private final Calm calm = new Calm();
    private final Thread thread = Thread.ofVirtual().name("balancing").unstarted(this::watch);

    BalanceClusters(
            Clusters clusters,
            Hosts hosts,
            Vms vms,
            ObservedMachines observed,
            ClusterView view,
            VmLifecycle lifecycle,
            Operations operations,
            Clock clock) {
        this.clusters = clusters;
        this.hosts = hosts;
        this.vms = vms;
        this.observed = observed;
        this.view = view;
        this.lifecycle = lifecycle;
        this.operations = operations;
        this.clock = clock;
    }

    void start() {
        thread.start();
    }

    private void watch() {
        while (!Thread.currentThread().isInterrupted()) {
            try {
                Thread.sleep(PACE);
            } catch (InterruptedException e) {
                return;
            }
            clusters.model().all().forEach(this::look);
        }
    }

    private void look(Cluster cluster) {
        try {
            // What a host that came a moment ago reaches and carries is not known yet.
            if (hosts.ofCluster(cluster.id()).size() > 1 && !hosts.settling(cluster.id())) {
                plan(cluster.id()).forEach(this::begin);
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            log.warn("The machines of cluster {} were not balanced: {}", cluster.name(), e.getMessage());
        }
    }

    private List<Move> plan(Id<Cluster> cluster) {
        var situation = view.situation(cluster);
        return Balance.moves(situation)
                ? Balance.plan(
                        movable(cluster),
                        situation,
                        new Restraint(migrating(cluster), calm.resting(clock.instant()), AT_ONCE))
                : List.of();
    }

    private List<Movable> movable(Id<Cluster> cluster) {
        return vms.ofCluster(cluster).stream()
                .filter(vm -> vm.host() != null
                        && ClusterView.movable(vm)
                        && vms.status(vm) == VmStatus.UP
                        && operations.holding(vm.id()).isEmpty())
                .map(vm -> new Movable(
                        view.demand(vm, Optional.empty(), Optional.empty(), false),
                        vm.hostId().orElseThrow().value(),
                        observed.statistics(vm.id())
                                .map(said -> said.getCpuPercent() / 100)
                                .orElse(0.0)))
                .toList();
    }

    /** How many migrations each host is an end of, whoever asked for them. */
    private Map<UUID, Integer> migrating(Id<Cluster> cluster) {
        Map<UUID, Integer> ends = new HashMap<>();
        for (var vm : vms.ofCluster(cluster)) {
            if (operations
                    .holding(vm.id())
                    .map(Job::kind)
                    .filter(MigrateVm.KIND::equals)
                    .isPresent()) {
                vm.hostId().ifPresent(host -> ends.merge(host.value(), 1, Integer::sum));
                view.place(vm)
                        .filter(host -> !vm.hostId().equals(Optional.of(host)))
                        .ifPresent(host -> ends.merge(host.value(), 1, Integer::sum));
            }
        }
        return ends;
    }

    private void begin(Move move) {
        // Also when it cannot be moved: what stands in its way will not be gone a minute later.
        calm.moved(move, clock.instant());
        vms.model().find(Id.<Vm>of(move.machine())).ifPresent(vm -> {
            try {
                lifecycle.migrate(
                        vm,
                        Optional.of(Id.of(move.to())),
                        new VmLifecycle.Move("balancing, because " + move.reason(), false),
                        Asker.engine());
            } catch (Failure notNow) {
                log.info("VM {} is not moved for balance now: {}", vm.name(), notNow.detail());
            }
        });
    }

    @Override
    public void close() {
        thread.interrupt();
    }
}
