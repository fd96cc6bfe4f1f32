package org.bellwether.engine.placement;

import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.placement.Demand.Bounds;

/** Small clusters to decide in; ids follow from names. */
final class Scenes {

    static final UUID STORE = id("store");
    static final long GIB = 1L << 30;
    static final Policy NONE = policy("none", "None", Map.of());

    private Scenes() {}

    static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }

    static Policy policy(String name, String balance, Map<String, String> properties) {
        return new Policy(
                name,
                Set.of("CPUOverloaded", "Swap"),
                Map.of(
                        "OptimalForCpuEvenDistribution", 1,
                        "OptimalForMemoryEvenDistribution", 1,
                        "OptimalForEvenGuestDistribution", 1,
                        "PreferredHosts", 100,
                        "VmAffinityGroups", 20,
                        "VmToHostsAffinityGroups", 20),
                balance,
                properties,
                100);
    }

    static Candidate host(String name, long free, double load, int machines) {
        return new Candidate(
                id(name),
                name,
                true,
                "up",
                new Room(64 * GIB, free, 0, 8, load, 0, 100, 0),
                new Reach(Set.of(STORE), Set.of(), Set.of("ovirtmgmt")),
                machines,
                0);
    }

    static Candidate reaching(Candidate host, Reach reach) {
        return new Candidate(
                host.id(),
                host.name(),
                host.up(),
                host.status(),
                host.room(),
                reach,
                host.machines(),
                host.available());
    }

    static Candidate having(Candidate host, Room room) {
        return new Candidate(
                host.id(),
                host.name(),
                host.up(),
                host.status(),
                room,
                host.reach(),
                host.machines(),
                host.available());
    }

    static Demand demand(String name, long memory) {
        return demand(name, memory, Bounds.NONE);
    }

    static Demand demand(String name, long memory, Bounds bounds) {
        return new Demand(
                id(name), name, memory, 2, new Reach(Set.of(STORE), Set.of(), Set.of("ovirtmgmt")), bounds, false, 0);
    }

    static Demand available(String name, long memory, int priority) {
        return new Demand(
                id(name),
                name,
                memory,
                2,
                new Reach(Set.of(STORE), Set.of(), Set.of("ovirtmgmt")),
                Bounds.NONE,
                true,
                priority);
    }

    static Situation situation(Policy policy, Candidate... hosts) {
        return new Situation(policy, List.of(hosts), List.of(), Map.of());
    }

    static Situation grouped(Situation before, Map<String, String> where, Affinity... groups) {
        Map<UUID, UUID> places = new HashMap<>();
        where.forEach((machine, host) -> places.put(id(machine), id(host)));
        return new Situation(before.policy(), before.hosts(), List.of(groups), places);
    }

    static Map<UUID, String> named(String... names) {
        Map<UUID, String> all = new HashMap<>();
        for (var name : names) {
            all.put(id(name), name);
        }
        return all;
    }

    /** A group with a rule for its machines. */
    static Affinity machines(String name, boolean positive, boolean enforcing, String... members) {
        return new Affinity(
                id(name),
                name,
                1,
                named(members),
                Map.of(),
                new Affinity.Rule(true, positive, enforcing),
                Affinity.Rule.OFF);
    }

    /** A group that binds a machine to hosts, or keeps it off them. */
    static Affinity hosts(String name, boolean positive, boolean enforcing, String machine, String... hosts) {
        return new Affinity(
                id(name),
                name,
                1,
                named(machine),
                named(hosts),
                Affinity.Rule.OFF,
                new Affinity.Rule(true, positive, enforcing));
    }
}
