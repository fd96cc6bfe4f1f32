package org.bellwether.engine.vm;

import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Candidate;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.placement.CpuSet;
import org.bellwether.engine.placement.Demand;
import org.bellwether.engine.placement.Demand.Bounds;
import org.bellwether.engine.placement.Processors;
import org.bellwether.engine.placement.Reach;
import org.bellwether.engine.placement.Room;
import org.bellwether.engine.placement.Situation;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.jspecify.annotations.Nullable;

/** A cluster and its machines as placement sees them, gathered from what was decided and what hosts say. */
final class ClusterView {

    /** What QEMU takes beside the guest's memory, roughly. */
    private static final long QEMU_OVERHEAD_BYTES = 64L << 20;

    /** The id of no host. */
    private static final UUID NOWHERE = new UUID(0, 0);

    private final Vms vms;
    private final Hosts hosts;
    private final ObservedMachines observed;
    private final VmRules rules;
    private final Underway underway;
    private final SustainedLoads loads;

    ClusterView(
            Vms vms, Hosts hosts, ObservedMachines observed, VmRules rules, Underway underway, SustainedLoads loads) {
        this.vms = vms;
        this.hosts = hosts;
        this.observed = observed;
        this.rules = rules;
        this.underway = underway;
        this.loads = loads;
    }

    Situation situation(Id<Cluster> cluster) {
        var policy = rules.policy().apply(cluster);
        var groups = rules.groups().apply(cluster);
        Map<UUID, UUID> where = new HashMap<>();
        groups.stream()
                .flatMap(group -> group.machines().keySet().stream())
                .distinct()
                .forEach(id -> vms.model()
                        .find(Id.of(id))
                        .flatMap(this::place)
                        .ifPresent(host -> where.put(id, host.value())));
        var candidates = hosts.ofCluster(cluster).stream()
                .map(host -> candidate(host, policy.number("CpuOverCommitDurationMinutes", 2)))
                .toList();
        return new Situation(policy, candidates, groups, where);
    }

    /** Where a machine runs, or is being brought. */
    Optional<Id<Host>> place(Vm vm) {
        return underway.of(vm.id()).or(vm::hostId);
    }

    /** What a machine needs of a host, but for where it may go. */
    Demand demand(Vm vm, Optional<Id<Host>> wanted, Optional<Id<Host>> leaving, boolean emptied) {
        var machine = vms.definition(vm);
        var cpu = machine.getCpu();
        var kept = vm.running() != null || vm.suspended() != null
                ? vm.startedWith().cpus()
                : null;
        return new Demand(
                vm.id().value(),
                vm.name(),
                machine.getGuaranteedMemoryBytes() + QEMU_OVERHEAD_BYTES,
                CpuPlans.resized(vm.effective())
                        ? 1 // as many as a host has, so it has never more
                        : cpu.getSockets() * cpu.getCoresPerSocket() * cpu.getThreadsPerCore(),
                reach(vm, machine),
                new Bounds(
                        allowed(vm, wanted),
                        pinnedOrPreferred(vm, pinned -> !pinned).orElse(Set.of()),
                        leaving.map(host -> Set.of(host.value())).orElse(Set.of()),
                        emptied),
                CpuPlans.demand(vm.effective(), rules.licence().of(vm.id()), Numa.pinnedTo(vm), kept),
                vm.highlyAvailable(),
                priority(vm));
    }

    /** As people gave it; from 0 to 1000. */
    static int priority(Vm vm) {
        var availability = vm.spec().highAvailability();
        return availability == null || availability.priority() == null
                ? 0
                : Math.toIntExact(Math.clamp(availability.priority(), 0, 1000));
    }

    private static Reach reach(Vm vm, MachineDefinition machine) {
        return new Reach(
                machine.getDisksList().stream()
                        .filter(DiskDevice::hasVolume)
                        .map(disk -> UUID.fromString(disk.getVolume().getDomainId()))
                        .collect(Collectors.toSet()),
                vm.leaseDomain().map(domain -> Set.of(domain.value())).orElse(Set.of()),
                machine.getNicsList().stream()
                        .map(NicDevice::getNetwork)
                        .filter(network -> !network.isEmpty())
                        .collect(Collectors.toSet()));
    }

    /** Of what is asked for, what the machine is pinned to, and what its labels say, what all allow. */
    private Set<UUID> allowed(Vm vm, Optional<Id<Host>> wanted) {
        Optional<Set<UUID>> asked = wanted.map(host -> Set.of(host.value()));
        return Stream.of(
                        asked,
                        pinnedOrPreferred(vm, pinned -> pinned),
                        rules.allowedHosts().apply(vm.id()))
                .flatMap(Optional::stream)
                .reduce((one, other) -> one.stream().filter(other::contains).collect(Collectors.toSet()))
                // Nothing that is allowed is not the same as nothing that is said.
                .map(both -> both.isEmpty() ? Set.of(NOWHERE) : both)
                .orElse(Set.of());
    }

    /** The hosts that the machine's own placement policy names, when that binds it so. */
    private Optional<Set<UUID>> pinnedOrPreferred(Vm vm, Predicate<Boolean> wanted) {
        var policy = vm.spec().placementPolicy();
        if (policy == null || policy.hosts() == null || policy.hosts().isEmpty() || !wanted.test(pinned(vm))) {
            return Optional.empty();
        }
        return Optional.of(policy.hosts().stream()
                .flatMap(host -> hosts.ofCluster(vm.cluster()).stream()
                        .filter(known -> known.id().toString().equals(host.id())
                                || (host.id() == null && known.name().equals(host.name()))))
                .map(host -> host.id().value())
                .collect(Collectors.toSet()));
    }

    /** Whether it is to stay where it was started. */
    static boolean pinned(Vm vm) {
        var policy = vm.spec().placementPolicy();
        return policy != null && policy.affinity() == org.bellwether.api.types.VmAffinity.PINNED;
    }

    /** Whether the engine may move it by itself. */
    static boolean movable(Vm vm) {
        var policy = vm.spec().placementPolicy();
        return policy == null
                || policy.affinity() == null
                || policy.affinity() == org.bellwether.api.types.VmAffinity.MIGRATABLE;
    }

    private Candidate candidate(Host host, double minutes) {
        var seen = hosts.observed(host.id());
        var status = hosts.status(host);
        var statistics = seen.statistics();
        var mine = vms.on(host.id());
        var coming = underway.to(host.id()).stream()
                .flatMap(id -> vms.model().find(id).stream())
                .filter(vm -> !vm.hostId().equals(Optional.of(host.id())))
                .toList();
        long machines = observed.on(host.id()).stream().filter(VmStatus::lives).count();
        long memory = seen.description().map(HostDescription::getMemoryBytes).orElse(0L);
        var room = new Room(
                statistics
                        .map(now -> now.getMemoryTotalBytes())
                        .filter(all -> all > 0)
                        .orElse(memory),
                statistics.map(now -> now.getMemoryAvailableBytes()).orElseGet(() -> memory - taken(host, mine, true))
                        - taken(host, mine, false)
                        - taken(host, coming, false),
                Stream.concat(mine.stream(), coming.stream())
                        .mapToLong(vm -> MachineDefinitions.guaranteedBytes(vm) + QEMU_OVERHEAD_BYTES)
                        .sum(),
                seen.description().map(ClusterView::cpus).orElse(0),
                statistics.map(now -> 100 - now.getCpuIdlePercent()).orElse(100.0),
                loads.of(host.id(), minutes),
                loads.peak(host.id(), minutes),
                statistics
                        .filter(now -> now.getSwapTotalBytes() > 0)
                        .map(now ->
                                100.0 * (now.getSwapTotalBytes() - now.getSwapFreeBytes()) / now.getSwapTotalBytes())
                        .orElse(0.0));
        return new Candidate(
                host.id().value(),
                host.name(),
                status == HostStatus.UP,
                status.name().toLowerCase(Locale.ROOT).replace('_', ' '),
                room,
                processors(seen.description().orElse(HostDescription.getDefaultInstance()), mine, coming),
                new Reach(
                        reachable(seen.domains().values()),
                        leases(seen.domains().values()),
                        seen.description().map(ClusterView::bridges).orElse(Set.of())),
                (int) machines + coming.size(),
                (int) mine.stream().filter(Vm::highlyAvailable).count());
    }

    /** Its hardware threads, and what of them those machines have for themselves that are there or on their way. */
    private Processors processors(HostDescription host, Collection<Vm> here, Collection<Vm> coming) {
        Map<UUID, Set<Integer>> exclusive = new HashMap<>();
        Set<Integer> pinned = new HashSet<>();
        Stream.concat(
                        here.stream().map(vm -> new Planned(vm, vm.startedWith().cpus())),
                        coming.stream()
                                .map(vm ->
                                        new Planned(vm, underway.cpus(vm.id()).orElse(null))))
                .forEach(each -> {
                    var plan = each.plan();
                    if (plan != null && !plan.exclusive().isEmpty()) {
                        exclusive.put(each.vm().id().value(), plan.exclusive());
                    } else if (plan != null) {
                        plan.pins().values().forEach(set -> pinned.addAll(CpuSet.parse(set)));
                        Optional.ofNullable(plan.allowed()).ifPresent(set -> pinned.addAll(CpuSet.parse(set)));
                    }
                });
        return new Processors(CpuPlans.threads(host), exclusive, pinned);
    }

    private record Planned(Vm vm, @Nullable CpuPlan plan) {}

    /** Memory of those machines that the host runs already, or of those that it has not begun to run. */
    private long taken(Host host, Collection<Vm> machines, boolean living) {
        return machines.stream()
                .filter(vm ->
                        observed.on(host.id(), vm.id()).filter(VmStatus::lives).isPresent() == living)
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
        return List.copyOf(host.getBridgesList()).stream().map(Bridge::getName).collect(Collectors.toSet());
    }
}
