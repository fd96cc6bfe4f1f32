package org.bellwether.engine.placement;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * What a host must fulfil. Those without which a start would fail, or a person's order would be broken, hold whatever the
 * policy says; the others when the policy names them.
 */
enum Filter {
    PIN_TO_HOST("PinToHost", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            var allowed = demand.bounds().allowed();
            return refuseIf(
                    !allowed.isEmpty() && !allowed.contains(host.id()),
                    () -> new Why("the machine may not run on it", "let the machine run on it"));
        }
    },
    MIGRATION("Migration", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return refuseIf(
                    demand.bounds().excluded().contains(host.id()),
                    () -> new Why("the machine is to leave it", "let the machine stay"));
        }
    },
    STATUS("Status", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return refuseIf(!host.up(), () -> new Why("it is " + host.status(), "bring it up"));
        }
    },
    MEMORY("Memory", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            var room = host.room();
            int percent = Math.max(100, situation.policy().overCommitPercent());
            // Of memory that is promised more than once, as much is expected to be used as there is.
            long needed = demand.memoryBytes() * 100 / percent;
            if (room.freeBytes() < needed) {
                return why(
                        "it has " + mebibytes(room.freeBytes()) + " MiB of memory left, " + mebibytes(needed)
                                + " MiB are needed",
                        "free " + mebibytes(needed - room.freeBytes()) + " MiB of memory");
            }
            long promisable = room.memoryBytes() * percent / 100 - room.promisedBytes();
            return refuseIf(
                    percent > 100 && promisable < demand.memoryBytes(),
                    () -> new Why(
                            "it can promise " + mebibytes(promisable) + " MiB of memory more at " + percent + " %, "
                                    + mebibytes(demand.memoryBytes()) + " MiB are needed",
                            "free " + mebibytes(demand.memoryBytes() - promisable) + " MiB of promised memory"));
        }
    },
    CPU("CPU", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return refuseIf(
                    host.room().cpus() < demand.vcpus(),
                    () -> new Why(
                            "it has " + host.room().cpus() + " CPUs, the machine has " + demand.vcpus(),
                            "give the machine at most " + host.room().cpus() + " CPUs"));
        }
    },
    CPU_PINNING("CpuPinning", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return Optional.ofNullable(CpuAllocation.of(demand, host).refusal());
        }
    },
    STORAGE("Storage", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return lacking(demand, host, Reach::domains)
                    .map(domain -> new Why(
                            "it does not reach the storage domain " + domain, "let it reach that storage domain"));
        }
    },
    LEASES("VM leases ready", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return lacking(demand, host, Reach::leases)
                    .map(domain -> new Why(
                            "it cannot take leases on the storage domain " + domain, "have its leases work there"));
        }
    },
    NETWORK("Network", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return lacking(demand, host, Reach::networks)
                    .map(network -> new Why("it lacks the network " + network, "give it the network " + network));
        }
    },
    VM_AFFINITY("VmAffinityGroups", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return byGroup(
                    situation,
                    group -> group.machineRule().enforcing()
                            ? group.brokenByMachines(demand, host.id(), situation.where())
                            : Optional.empty());
        }
    },
    HOST_AFFINITY("VmToHostsAffinityGroups", true) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return byGroup(
                    situation,
                    group -> group.hostRule().enforcing()
                            ? group.brokenByHost(demand.id(), host.id())
                            : Optional.empty());
        }
    },
    CPU_OVERLOADED("CPUOverloaded", false) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            double most = situation.policy().number("HighUtilization", DEFAULT_HIGH_UTILIZATION);
            return refuseIf(
                    host.room().sustainedPercent() > most,
                    () -> new Why(
                            "its processors have been in use by more than " + Math.round(most) + " % for a while",
                            "take load off it"));
        }
    },
    SWAP("Swap", false) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            double most = situation.policy().number("MaximumAllowedSwapUsage", 100);
            return refuseIf(
                    host.room().swapPercent() > most,
                    () -> new Why(
                            "its swap space is in use by "
                                    + Math.round(host.room().swapPercent()) + " %, at most " + Math.round(most)
                                    + " % are allowed",
                            "take machines off it"));
        }
    },
    CLUSTER_IN_MAINTENANCE("ClusterInMaintenance", false) {
        @Override
        Optional<Why> refuse(Demand demand, Candidate host, Situation situation) {
            return refuseIf(
                    demand.bounds().excluded().isEmpty() && !demand.highlyAvailable(),
                    () -> new Why(
                            "the cluster is in maintenance, in which only highly available machines are started",
                            "give the cluster another scheduling policy"));
        }
    };

    static final double DEFAULT_HIGH_UTILIZATION = 80;

    record Why(String reason, String remedy) {}

    private final String wire;
    private final boolean always;

    Filter(String wire, boolean always) {
        this.wire = wire;
        this.always = always;
    }

    String wire() {
        return wire;
    }

    boolean holds(Policy policy) {
        return always || policy.filters().contains(wire);
    }

    abstract Optional<Why> refuse(Demand demand, Candidate host, Situation situation);

    /** The words are put together only when they are needed: most hosts pass, and there are many. */
    private static Optional<Why> refuseIf(boolean refused, Supplier<Why> why) {
        return refused ? Optional.of(why.get()) : Optional.empty();
    }

    private static Optional<Why> why(String reason, String remedy) {
        return Optional.of(new Why(reason, remedy));
    }

    /** The first group that a host would break. Plain loops: this is asked for every machine and every host. */
    private static Optional<Why> byGroup(Situation situation, Function<Affinity, Optional<String>> broken) {
        for (var group : situation.groups()) {
            var words = broken.apply(group);
            if (words.isPresent()) {
                return why(words.get(), "change the affinity group " + group.name());
            }
        }
        return Optional.empty();
    }

    private static <T extends Comparable<T>> Optional<T> lacking(
            Demand demand, Candidate host, Function<Reach, Set<T>> what) {
        var needed = what.apply(demand.reach());
        var there = what.apply(host.reach());
        if (there.containsAll(needed)) {
            return Optional.empty();
        }
        var lacking = new TreeSet<>(needed);
        lacking.removeAll(there);
        return Optional.of(lacking.first());
    }

    private static long mebibytes(long bytes) {
        return bytes >> 20;
    }
}
