package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.StorageConnection;

/** Which hosts can work on storage domains, and work that any of them may do. */
final class WorkingHosts {

    static final Duration HOST_PATIENCE = Duration.ofSeconds(30);

    private final StorageDomains domains;
    private final Hosts hosts;
    private final Agents agents;

    WorkingHosts(StorageDomains domains, Hosts hosts, Agents agents) {
        this.domains = domains;
        this.hosts = hosts;
        this.agents = agents;
    }

    /** The hosts that reach all of the domains; at least one. */
    List<Host> of(List<Id<StorageDomain>> ids) {
        var needed = ids.stream().distinct().map(domains::get).toList();
        var able = able(needed);
        if (able.isEmpty()) {
            throw nobody(needed.getFirst());
        }
        return able;
    }

    /** Asks the hosts that reach the domain, one after another, until one can be asked at all. */
    <T> T onAny(Id<StorageDomain> id, BiFunction<HostAgent, StorageConnection, T> work) {
        var domain = domains.get(id);
        return firstReached(
                able(List.of(domain)),
                host -> work.apply(agents.of(host.id().value(), HOST_PATIENCE), Volumes.connection(domain)),
                () -> nobody(domain));
    }

    /**
     * The answer of the first of the hosts that is reached; any other failure than not to be reached is final.
     *
     * @param nobody what is thrown when there are no hosts
     */
    static <T> T firstReached(List<Host> hosts, Function<Host, T> work, Supplier<Failure> nobody) {
        Optional<Failure> last = Optional.empty();
        for (var host : hosts) {
            try {
                return work.apply(host);
            } catch (Failure failure) {
                if (failure.kind() != Failure.Kind.UNAVAILABLE) {
                    throw failure;
                }
                last = Optional.of(failure);
            }
        }
        throw last.orElseGet(nobody);
    }

    private static Failure nobody(StorageDomain domain) {
        return Failure.unavailable("No host can work on the storage domain " + domain.name())
                .because("no host of its cluster is up and reaches it")
                .next("Activate a host of the cluster, and look at the storage domain's state there");
    }

    /** Hosts of the cluster that are up and reach all domains; waits a little, as after the engine's own start. */
    private List<Host> able(List<StorageDomain> needed) {
        long deadline = System.nanoTime() + HOST_PATIENCE.toNanos();
        while (true) {
            // A volume group may be changed by one host at a time: it is always the same one as long as it can.
            boolean group =
                    needed.stream().anyMatch(domain -> domain.connection().block());
            var able = hosts.upIn(needed.getFirst().cluster()).stream()
                    .filter(host -> needed.stream().allMatch(domain -> reaches(host, domain)))
                    // Whoever can take the domain's lease comes first.
                    .sorted(Comparator.comparing(
                                    (Host host) -> !needed.stream().allMatch(domain -> leases(host, domain)))
                            .thenComparing(Host::name))
                    .limit(group ? 1 : Long.MAX_VALUE)
                    .toList();
            if (!able.isEmpty() || System.nanoTime() > deadline) {
                return able;
            }
            try {
                Thread.sleep(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return able;
            }
        }
    }

    private boolean leases(Host host, StorageDomain domain) {
        var state = hosts.observed(host.id()).domains().get(domain.id().toString());
        return !domain.shared() || (state != null && state.getLeases().getPhase() == LeaseState.Phase.JOINED);
    }

    boolean seals(Host host) {
        return hosts.observed(host.id())
                .description()
                .filter(HostDescription::getSealsImages)
                .isPresent();
    }

    boolean reaches(Host host, StorageDomain domain) {
        var state = hosts.observed(host.id()).domains().get(domain.id().toString());
        return state != null && state.getReachable();
    }
}
