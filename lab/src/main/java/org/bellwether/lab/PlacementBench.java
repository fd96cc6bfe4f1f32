package org.bellwether.lab;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.stream.IntStream;
import org.bellwether.engine.placement.Affinity;
import org.bellwether.engine.placement.Balance;
import org.bellwether.engine.placement.Candidate;
import org.bellwether.engine.placement.Demand;
import org.bellwether.engine.placement.Movable;
import org.bellwether.engine.placement.Placement;
import org.bellwether.engine.placement.Policy;
import org.bellwether.engine.placement.Reach;
import org.bellwether.engine.placement.Resident;
import org.bellwether.engine.placement.Restraint;
import org.bellwether.engine.placement.Room;
import org.bellwether.engine.placement.Situation;
import org.bellwether.engine.placement.WhatIf;

/**
 * How long it takes to decide where machines go, in a large cluster and in a process that has decided nothing yet. Needs no
 * testbed: placement does no input or output, so that what is measured here is what an engine spends.
 */
final class PlacementBench {
    private static final int HOSTS = 200;
    private static final int MACHINES = 5_000;
    private static final int HUNDRED = 100;
    private static final int GROUP = 10;
    private static final long GIB = 1L << 30;

    private static final UUID STORE = id("store");
    private static final Reach REACH = new Reach(Set.of(STORE), Set.of(STORE), Set.of("ovirtmgmt", "vlan7"));

    /** As evenly_distributed has them. */
    private static final Policy POLICY = new Policy(
            "evenly_distributed",
            Set.of("CPUOverloaded", "Swap"),
            Map.of(
                    "OptimalForCpuEvenDistribution", 1,
                    "OptimalForMemoryEvenDistribution", 1,
                    "OptimalForHaReservation", 1,
                    "PreferredHosts", 100,
                    "VmAffinityGroups", 20,
                    "VmToHostsAffinityGroups", 20),
            "OptimalForEvenDistribution",
            Map.of("CpuOverCommitDurationMinutes", "2", "HighUtilization", "80"),
            100);

    private PlacementBench() {}

    static void run(Measures measures) {
        Progress.say("%,d machines on %,d hosts".formatted(MACHINES, HOSTS));
        Situation now = new Situation(
                POLICY,
                IntStream.range(0, HOSTS).mapToObj(PlacementBench::host).toList(),
                IntStream.range(0, MACHINES / GROUP / GROUP)
                        .mapToObj(PlacementBench::group)
                        .toList(),
                Map.of());
        List<Resident> placed = new ArrayList<>();
        List<Long> hundreds = new ArrayList<>();
        long begin = System.nanoTime();
        for (int first = 0; first < MACHINES; first += HUNDRED) {
            long from = System.nanoTime();
            for (int i = first; i < first + HUNDRED; i++) {
                Demand demand = machine(i);
                UUID host = Placement.choose(demand, now).host().orElseThrow();
                now = now.with(demand, host);
                placed.add(new Resident(demand, host, Resident.Proof.LEASE));
            }
            hundreds.add(System.nanoTime() - from);
        }
        long all = System.nanoTime() - begin;
        measures.add(
                "placement of %,d machines on %,d hosts from cold, time per hundred decisions"
                        .formatted(MACHINES, HOSTS),
                String.format(
                        Locale.ROOT, "%.0f ms (the first %.0f)", Measures.median(hundreds), hundreds.getFirst() / 1e6),
                "1000 ms");
        measures.add("the same, all of them", String.format(Locale.ROOT, "%.2f s", all / 1e9), "");
        risks(placed, now, measures);
        balance(placed, now, measures);
    }

    private static void risks(List<Resident> placed, Situation now, Measures measures) {
        long from = System.nanoTime();
        int hosts = WhatIf.ofEachHost(placed, now).size();
        long spent = System.nanoTime() - from;
        measures.add(
                "whether any one of %,d hosts may fail, with %,d highly available machines"
                        .formatted(hosts, MACHINES / 2),
                String.format(Locale.ROOT, "%.2f s", spent / 1e9),
                "");
    }

    private static void balance(List<Resident> placed, Situation now, Measures measures) {
        List<Movable> machines = placed.stream()
                .map(each -> new Movable(each.demand(), each.host(), 4))
                .toList();
        List<Candidate> busy =
                now.hosts().stream().map(PlacementBench::overloaded).toList();
        Situation then = new Situation(now.policy(), busy, now.groups(), now.where());
        long from = System.nanoTime();
        int moves = Balance.plan(machines, then, new Restraint(Map.of(), Set.of(), 2))
                .size();
        long spent = System.nanoTime() - from;
        measures.add(
                "a look whether machines should move, %,d moves".formatted(moves),
                String.format(Locale.ROOT, "%.0f ms", spent / 1e6),
                "");
    }

    private static Candidate host(int number) {
        int load = number * 37 % 70;
        return new Candidate(
                id("host" + number),
                "host" + number,
                true,
                "up",
                new Room(512 * GIB, 500 * GIB, 0, 128, load, 0, 100, 0),
                REACH,
                0,
                0);
    }

    /** Every twentieth has been too busy for a while. */
    private static Candidate overloaded(Candidate host) {
        Room room = host.room();
        boolean too =
                host.name().endsWith("0") && host.name().charAt(host.name().length() - 2) % 2 == 0;
        Room now = new Room(
                room.memoryBytes(),
                room.freeBytes(),
                room.promisedBytes(),
                room.cpus(),
                too ? 95 : room.loadPercent(),
                too ? 95 : 0,
                100,
                0);
        return new Candidate(
                host.id(), host.name(), host.up(), host.status(), now, host.reach(), host.machines(), host.available());
    }

    private static Demand machine(int number) {
        return new Demand(
                id("vm" + number),
                "vm" + number,
                (2 + number % 15) * GIB,
                1 + number % 8,
                new Reach(Set.of(STORE), number % 2 == 0 ? Set.of(STORE) : Set.of(), Set.of("ovirtmgmt")),
                Demand.Bounds.NONE,
                number % 2 == 0,
                number % 3 * 50);
    }

    /** Every tenth of the machines in groups of ten that must be apart. */
    private static Affinity group(int number) {
        Map<UUID, String> members = new HashMap<>();
        for (int i = 0; i < GROUP; i++) {
            int machine = number * GROUP * GROUP + i;
            members.put(id("vm" + machine), "vm" + machine);
        }
        return new Affinity(
                id("group" + number),
                "group" + number,
                1,
                members,
                Map.of(),
                new Affinity.Rule(true, false, true),
                Affinity.Rule.OFF);
    }

    private static UUID id(String name) {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8));
    }
}
