package org.bellwether.engine.licence;

import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.CpuDemand;
import org.bellwether.engine.placement.CpuSet;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.vm.Vm;

/**
 * Cores of a cluster's hosts that were declared for licences, and the machines that run on them and nowhere else.
 *
 * @param hosts in the order of their names
 * @param machines in the order of their names
 */
record LicenceZone(
        Id<LicenceZone> id, String name, Id<Cluster> cluster, List<DeclaredHost> hosts, List<Member> machines)
        implements Stored<LicenceZone> {

    /**
     * A host as it was when its cores were declared.
     *
     * @param hardware its system's UUID
     * @param model its processor's
     * @param cpus the hardware threads that may be used, such as {@code 0-3}
     * @param threads all that it had
     */
    record DeclaredHost(
            Id<Host> host,
            String name,
            String hardware,
            String model,
            String cpus,
            List<HostThread> threads,
            Instant at,
            String by) {

        Set<Integer> numbers() {
            return CpuSet.parse(cpus);
        }

        HostThread.Extent declared() {
            var numbers = numbers();
            return HostThread.Extent.of(threads.stream()
                    .filter(thread -> numbers.contains(thread.number()))
                    .toList());
        }

        HostThread.Extent all() {
            return HostThread.Extent.of(threads);
        }
    }

    /**
     * A machine in it.
     *
     * @param cpus how many processors it may have
     */
    record Member(Id<Vm> vm, String name, long cpus, Instant at, String by) {}

    LicenceZone {
        hosts = List.copyOf(hosts);
        machines = List.copyOf(machines);
    }

    Optional<DeclaredHost> host(Id<Host> host) {
        return hosts.stream().filter(each -> each.host().equals(host)).findFirst();
    }

    Optional<Member> member(Id<Vm> vm) {
        return machines.stream().filter(each -> each.vm().equals(vm)).findFirst();
    }

    LicenceZone with(DeclaredHost declared) {
        return new LicenceZone(
                id,
                name,
                cluster,
                Stream.concat(without(declared.host()).hosts.stream(), Stream.of(declared))
                        .sorted(Comparator.comparing(DeclaredHost::name))
                        .toList(),
                machines);
    }

    LicenceZone without(Id<Host> host) {
        return new LicenceZone(
                id,
                name,
                cluster,
                hosts.stream().filter(each -> !each.host().equals(host)).toList(),
                machines);
    }

    LicenceZone with(Member member) {
        return new LicenceZone(
                id,
                name,
                cluster,
                hosts,
                Stream.concat(released(member.vm()).machines.stream(), Stream.of(member))
                        .sorted(Comparator.comparing(Member::name))
                        .toList());
    }

    LicenceZone released(Id<Vm> vm) {
        return new LicenceZone(
                id,
                name,
                cluster,
                hosts,
                machines.stream().filter(each -> !each.vm().equals(vm)).toList());
    }

    /** How much of its hosts it is. */
    Footprint footprint() {
        var extents = hosts.stream().map(DeclaredHost::declared).toList();
        return new Footprint(
                hosts.size(),
                extents.stream().mapToInt(HostThread.Extent::sockets).sum(),
                extents.stream().mapToInt(HostThread.Extent::cores).sum(),
                extents.stream().mapToInt(HostThread.Extent::threads).sum(),
                machines.size(),
                machines.stream().mapToLong(Member::cpus).sum());
    }

    /** Sums over its hosts and its machines. */
    record Footprint(int hosts, int sockets, int cores, int threads, int machines, long cpus) {
        @Override
        public String toString() {
            return "hosts: " + hosts + ", sockets: " + sockets + ", cores: " + cores + ", threads: " + threads
                    + "; machines: " + machines + " with " + cpus + " CPUs";
        }
    }

    /** What it means for the placement of one of its machines. */
    CpuDemand.Licence licence(Member member) {
        Map<UUID, CpuDemand.Declared> declared = hosts.stream()
                .collect(Collectors.toMap(
                        each -> each.host().value(), each -> new CpuDemand.Declared(each.numbers(), each.threads())));
        return new CpuDemand.Licence(name, Math.toIntExact(member.cpus()), declared);
    }
}
