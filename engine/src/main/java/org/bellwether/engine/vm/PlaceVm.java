package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.placement.Candidate;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.placement.Demand;
import org.bellwether.engine.placement.Placement;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;

/** Gathers what placement must know, and asks it. */
final class PlaceVm {

    /** What QEMU takes beside the guest's memory, roughly. */
    private static final long QEMU_OVERHEAD_BYTES = 64L << 20;

    /** Longer than a host that settles needs to tell what it reaches. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    /** The id of no host. */
    private static final UUID NOWHERE = new UUID(0, 0);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    private final Vms vms;
    private final Hosts hosts;
    private final ObservedMachines observed;
    private final Function<Id<Vm>, Optional<Set<UUID>>> labelled;

    /** @param labelled the only hosts that a machine's labels let it run on; absent when they do not say */
    PlaceVm(Vms vms, Hosts hosts, ObservedMachines observed, Function<Id<Vm>, Optional<Set<UUID>>> labelled) {
        this.vms = vms;
        this.hosts = hosts;
        this.observed = observed;
        this.labelled = labelled;
    }

    /**
     * The host for a machine.
     *
     * @param wanted the only host that will do
     * @param leaving the host it is to leave
     * @throws Failure CONFLICT with each host's reason when none fits
     */
    Host choose(Vm vm, Optional<Id<Host>> wanted, Optional<Id<Host>> leaving) {
        var demand = demand(vms.definition(vm), vm, wanted, leaving);
        var decision = decide(demand, vm);
        return decision.host()
                .map(id -> hosts.get(Id.of(id)))
                .orElseThrow(() -> Failure.conflict("No host can run VM " + vm.name())
                        .because(decision.reasons())
                        .undone("Nothing was changed")
                        .next("Mend one of these reasons, or ask for another host"));
    }

    /** Where a machine could run now and where not, with the reasons; nothing is done. */
    Decision explain(Vm vm) {
        var demand = demand(vms.definition(vm), vm, Optional.empty(), Optional.empty());
        return Placement.choose(
                demand,
                hosts.ofCluster(vm.cluster()).stream()
                        .map(host -> vm.hostId().equals(Optional.of(host.id()))
                                ? candidate(host).without(demand)
                                : candidate(host))
                        .toList());
    }

    /** Where the machines of a host would go if it were emptied, one after the other; nothing is done. */
    Map<Vm, Decision> plan(Host leaving) {
        var others = new ArrayList<>(hosts.ofCluster(leaving.cluster()).stream()
                .filter(host -> !host.id().equals(leaving.id()))
                .map(this::candidate)
                .toList());
        Map<Vm, Decision> plan = new LinkedHashMap<>();
        for (var vm : vms.on(leaving.id()).stream()
                .sorted(Comparator.comparing(Vm::name))
                .toList()) {
            var demand = demand(vms.definition(vm), vm, Optional.empty(), Optional.of(leaving.id()));
            var decision = Placement.choose(demand, others);
            plan.put(vm, decision);
            // The next one finds the host as this one would leave it.
            others.replaceAll(host -> decision.host().equals(Optional.of(host.id())) ? host.with(demand) : host);
        }
        return plan;
    }

    /** A host that came, or connected a storage domain, a moment ago may not have told yet what it reaches: waits for that. */
    private Decision decide(Demand demand, Vm vm) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var candidates =
                    hosts.ofCluster(vm.cluster()).stream().map(this::candidate).toList();
            var decision = Placement.choose(demand, candidates);
            boolean mayChange = hosts.settling(vm.cluster())
                    || decision.refusals().stream()
                            .anyMatch(refusal -> refusal.filter().equals("Storage")
                                    || refusal.filter().equals("VM leases ready"));
            if (decision.host().isPresent() || !mayChange || System.nanoTime() > deadline) {
                return decision;
            }
            try {
                Thread.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return decision;
            }
        }
    }

    private Demand demand(MachineDefinition machine, Vm vm, Optional<Id<Host>> wanted, Optional<Id<Host>> leaving) {
        var domains = machine.getDisksList().stream()
                .filter(DiskDevice::hasVolume)
                .map(disk -> UUID.fromString(disk.getVolume().getDomainId()))
                .collect(Collectors.toSet());
        var networks = machine.getNicsList().stream()
                .map(NicDevice::getNetwork)
                .filter(network -> !network.isEmpty())
                .collect(Collectors.toSet());
        var cpu = machine.getCpu();
        return new Demand(
                vm.name(),
                machine.getGuaranteedMemoryBytes() + QEMU_OVERHEAD_BYTES,
                cpu.getSockets() * cpu.getCoresPerSocket() * cpu.getThreadsPerCore(),
                domains,
                vm.leaseDomain().map(domain -> Set.of(domain.value())).orElse(Set.of()),
                networks,
                allowed(vm, wanted),
                leaving.map(host -> Set.of(host.value())).orElse(Set.of()));
    }

    /** Of what is asked for and what the machine's labels say, what both allow. */
    private Set<UUID> allowed(Vm vm, Optional<Id<Host>> wanted) {
        Optional<Set<UUID>> asked = wanted.map(host -> Set.of(host.value()));
        Optional<Set<UUID>> both = labelled.apply(vm.id())
                .map(hosts -> asked.map(hosts::containsAll).orElse(true) ? asked.orElse(hosts) : Set.<UUID>of())
                .or(() -> asked);
        // Nothing that is allowed is not the same as nothing that is said.
        return both.map(hosts -> hosts.isEmpty() ? Set.of(NOWHERE) : hosts).orElse(Set.of());
    }

    private Candidate candidate(Host host) {
        var seen = hosts.observed(host.id());
        var status = hosts.status(host);
        var machines = observed.on(host.id()).stream().filter(VmStatus::lives).toList();
        var statistics = seen.statistics();
        return new Candidate(
                host.id().value(),
                host.name(),
                status == HostStatus.UP,
                status.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '),
                statistics.map(s -> s.getMemoryAvailableBytes()).orElseGet(() -> unused(host)) - promised(host),
                seen.description().map(PlaceVm::cpus).orElse(0),
                statistics.map(s -> 100 - s.getCpuIdlePercent()).orElse(100.0),
                reachable(seen.domains().values()),
                leases(seen.domains().values()),
                seen.description().map(PlaceVm::bridges).orElse(Set.of()),
                machines.size());
    }

    /** What a host that connected a moment ago, and has told no figures yet, must have available. */
    private long unused(Host host) {
        var machines = vms.on(host.id()).stream()
                .filter(vm ->
                        observed.on(host.id(), vm.id()).filter(VmStatus::lives).isPresent())
                .mapToLong(vm -> vms.memoryBytes(vm) + QEMU_OVERHEAD_BYTES)
                .sum();
        var all = hosts.observed(host.id())
                .description()
                .map(HostDescription::getMemoryBytes)
                .orElse(0L);
        return all - machines;
    }

    /** Memory of machines that were given to the host but do not use it yet. */
    private long promised(Host host) {
        return vms.on(host.id()).stream()
                .filter(vm ->
                        observed.on(host.id(), vm.id()).filter(VmStatus::lives).isEmpty())
                .mapToLong(vm -> vms.memoryBytes(vm) + QEMU_OVERHEAD_BYTES)
                .sum();
    }

    private static int cpus(HostDescription host) {
        var cpu = host.getCpu();
        return cpu.getSockets() * cpu.getCoresPerSocket() * cpu.getThreadsPerCore();
    }

    private static Set<UUID> reachable(Iterable<DomainState> domains) {
        var reachable = new HashSet<UUID>();
        for (var domain : domains) {
            if (domain.getReachable()) {
                reachable.add(UUID.fromString(domain.getDomainId()));
            }
        }
        return reachable;
    }

    private static Set<UUID> leases(Iterable<DomainState> domains) {
        var joined = new HashSet<UUID>();
        for (var domain : domains) {
            if (domain.getLeases().getPhase() == LeaseState.Phase.JOINED) {
                joined.add(UUID.fromString(domain.getDomainId()));
            }
        }
        return joined;
    }

    private static Set<String> bridges(HostDescription host) {
        return Set.copyOf(
                List.copyOf(host.getBridgesList()).stream().map(Bridge::getName).collect(Collectors.toSet()));
    }
}
