package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.CpuAllocation;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.placement.Situation;
import org.bellwether.engine.placement.WhatIf;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.storage.Disks;
import org.bellwether.protocol.Bequest;
import org.bellwether.protocol.DiskDevice;

/**
 * Which hosts are to restart which machines while the engine is away, and how: asked of the code that foretells what follows
 * when a host is lost. Machines without a lease are nobody's: nothing would tell that they run nowhere.
 */
final class Bequests {

    /** Of the hosts that would do, so many are told: the first may be lost too. */
    private static final int MOST_HEIRS = 3;

    private final Vms vms;
    private final Disks disks;
    private final VmPools pools;
    private final ObservedMachines observed;
    private final Operations operations;
    private final Agents agents;
    private final KeptStates kept;
    private final ClusterView view;
    private final Foresight foresight;
    private final Clock clock;

    Bequests(
            Vms vms,
            Disks disks,
            VmPools pools,
            ObservedMachines observed,
            Operations operations,
            Agents agents,
            KeptStates kept,
            ClusterView view,
            Foresight foresight,
            Clock clock) {
        this.vms = vms;
        this.disks = disks;
        this.pools = pools;
        this.observed = observed;
        this.operations = operations;
        this.agents = agents;
        this.kept = kept;
        this.view = view;
        this.foresight = foresight;
        this.clock = clock;
    }

    /**
     * What a cluster's hosts are to be told.
     *
     * @param of by host, the most important machine first
     * @param silent machines whose own host is not heard of, or that migrate: what was told of them before still holds
     */
    record Told(Map<Id<Host>, List<Bequest>> of, List<Id<Vm>> silent) {}

    Told of(Id<Cluster> cluster) {
        var situation = view.situation(cluster);
        Map<Id<Host>, List<Bequest>> byHeir = new HashMap<>();
        List<Id<Vm>> silent = new ArrayList<>();
        Map<Id<Host>, List<Vm>> byHost = vms.ofCluster(cluster).stream()
                .filter(vm -> vm.host() != null && inheritable(vm))
                .collect(Collectors.groupingBy(vm -> vm.hostId().orElseThrow()));
        byHost.forEach((host, machines) -> {
            var settled = machines.stream().filter(vm -> settled(vm, host)).toList();
            machines.stream()
                    .filter(vm -> !settled.contains(vm) && unheard(vm, host))
                    .map(Vm::id)
                    .forEach(silent::add);
            if (!settled.isEmpty()) {
                bequeath(cluster, host, settled, situation, byHeir);
            }
        });
        return new Told(byHeir, silent);
    }

    /** What a host can start from what it was told: no more than disks on storage domains, and no state to be thrown away. */
    private boolean inheritable(Vm vm) {
        return vm.highlyAvailable()
                && vm.leaseDomain().isPresent()
                && !vm.engineMachine()
                && vm.suspended() == null
                && !pools.stateless(vm)
                && disks.ofVm(vm.id()).stream()
                        .flatMap(attachment -> disks.model().find(attachment.disk()).stream())
                        .allMatch(disk -> disk.domainId().isPresent());
    }

    /** Only what its host says that it runs now: an engine that was restored believes what was long ago. */
    private boolean settled(Vm vm, Id<Host> host) {
        return operations.holding(vm.id()).isEmpty()
                && agents.connected(host.value())
                && observed.on(host, vm.id())
                        .filter(state -> VmStatus.executes(state) && state.getGeneration() == vm.generation())
                        .isPresent();
    }

    private boolean unheard(Vm vm, Id<Host> host) {
        return operations
                .holding(vm.id())
                .map(Job::kind)
                .map(Set.of(MigrateVm.KIND, RestartVm.KIND)::contains)
                .orElse(!agents.connected(host.value()));
    }

    private void bequeath(
            Id<Cluster> cluster,
            Id<Host> host,
            List<Vm> machines,
            Situation situation,
            Map<Id<Host>, List<Bequest>> byHeir) {
        Map<Id<Vm>, Vm> wanted = machines.stream().collect(Collectors.toMap(Vm::id, vm -> vm));
        for (var fate : foresight.follows(cluster, new WhatIf.Loss(Set.of(host.value()), Set.of()))) {
            var vm = wanted.get(Id.<Vm>of(fate.machine().demand().id()));
            if (vm == null || fate.outcome() != WhatIf.Outcome.RESTARTS) {
                continue;
            }
            int rank = 0;
            for (var score : fate.decision().map(Decision::scores).orElse(List.of())) {
                var heir = situation.hosts().stream()
                        .filter(each -> each.id().equals(score.host()))
                        .findFirst();
                var plan = heir.map(each -> CpuAllocation.on(fate.machine().demand(), each));
                // Whoever has threads alone: which are free then, only the engine could say.
                if (rank < MOST_HEIRS
                        && plan.filter(each -> each.exclusive().isEmpty()).isPresent()) {
                    Id<Host> to = Id.of(score.host());
                    byHeir.computeIfAbsent(to, _ -> new ArrayList<>())
                            .add(bequest(
                                    vm.startingOn(
                                            to,
                                            clock.instant(),
                                            vm.startedWith().on(plan.get())),
                                    rank++));
                }
            }
        }
    }

    private Bequest bequest(Vm there, int rank) {
        var definition = vms.definition(there).toBuilder();
        // The CD may be on a domain that is not there; nobody boots from it again.
        definition.getDisksBuilderList().stream()
                .filter(disk -> disk.getCdrom())
                .forEach(DiskDevice.Builder::clearVolume);
        var bequest = Bequest.newBuilder().setDefinition(definition).setRank(rank);
        Optional.of(there).flatMap(kept::of).ifPresent(bequest::setState);
        return bequest.build();
    }
}
