package org.bellwether.engine.placement;

import java.util.Optional;
import java.util.function.Function;

/** What speaks against a host that would do: each finds 0 (nothing) to 100, and the policy says how much that counts. */
enum Weight {
    CPU_EVEN("OptimalForCpuEvenDistribution") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return host.room().loadPercent();
        }
    },
    MEMORY_EVEN("OptimalForMemoryEvenDistribution") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return host.room().with(demand).usedPercent();
        }
    },
    GUESTS_EVEN("OptimalForEvenGuestDistribution") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return Math.min(100, host.machines());
        }
    },
    CPU_SAVING("OptimalForCpuPowerSaving") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            double high = situation.policy().number("HighUtilization", Filter.DEFAULT_HIGH_UTILIZATION);
            double load = host.room().loadPercent();
            // A host without machines could be switched off, and one that is nearly full is not to be filled up.
            return host.machines() == 0 || load > high ? 100 : (high - load) / 2;
        }
    },
    MEMORY_SAVING("OptimalForMemoryPowerSaving") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return host.machines() == 0 ? 100 : (100 - host.room().usedPercent()) / 2;
        }
    },
    HA_RESERVATION("OptimalForHaReservation") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return demand.highlyAvailable() ? Math.min(100, host.available()) : 0;
        }
    },
    PREFERRED_HOSTS("PreferredHosts") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            var preferred = demand.bounds().preferred();
            return preferred.isEmpty() || preferred.contains(host.id()) ? 0 : 100;
        }
    },
    VM_AFFINITY("VmAffinityGroups") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return wishes(
                    situation,
                    group -> group.machineRule().enforcing()
                            ? Optional.empty()
                            : group.brokenByMachines(demand, host.id(), situation.where()));
        }
    },
    HOST_AFFINITY("VmToHostsAffinityGroups") {
        @Override
        double of(Demand demand, Candidate host, Situation situation) {
            return wishes(
                    situation,
                    group -> group.hostRule().enforcing()
                            ? Optional.empty()
                            : group.brokenByHost(demand.id(), host.id()));
        }
    };

    private final String wire;

    Weight(String wire) {
        this.wire = wire;
    }

    String wire() {
        return wire;
    }

    abstract double of(Demand demand, Candidate host, Situation situation);

    /** The share of the groups' wishes, by their priorities, that the host leaves unfulfilled. */
    private static double wishes(Situation situation, Function<Affinity, Optional<String>> broken) {
        double all = 0;
        double unfulfilled = 0;
        for (var group : situation.groups()) {
            double counts = Math.max(group.priority(), 1);
            all += counts;
            unfulfilled += broken.apply(group).isPresent() ? counts : 0;
        }
        return all == 0 ? 0 : 100 * unfulfilled / all;
    }
}
