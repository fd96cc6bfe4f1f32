package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.DataCenterStatus;
import org.bellwether.api.types.StorageDomainStatus;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.protocol.DomainState;

/** How storage domains, and the data centers that stand on them, are: what was decided beside what hosts report. */
public final class ObservedDomains {

    private static final int USUAL_SPM_PRIORITY = 5;
    private static final Duration LOOK_AGAIN = Duration.ofMillis(100);

    private final StorageDomains domains;
    private final MasterDomains masters;
    private final Clusters clusters;
    private final Hosts hosts;
    private final Operations operations;

    public ObservedDomains(
            StorageDomains domains, MasterDomains masters, Clusters clusters, Hosts hosts, Operations operations) {
        this.domains = domains;
        this.masters = masters;
        this.clusters = clusters;
        this.hosts = hosts;
        this.operations = operations;
    }

    public StorageDomainStatus status(StorageDomain domain) {
        var kind = operations.holding(domain.id()).map(Job::kind).orElse("");
        return switch (kind) {
            case ActivateStorageDomain.KIND -> StorageDomainStatus.ACTIVATING;
            case DeactivateStorageDomain.KIND -> StorageDomainStatus.PREPARING_FOR_MAINTENANCE;
            case DetachStorageDomain.KIND -> StorageDomainStatus.DETACHING;
            case AddStorageDomain.KIND, AttachStorageDomain.KIND, RemoveStorageDomain.KIND ->
                StorageDomainStatus.LOCKED;
            default ->
                switch (domain.wanted()) {
                    case LOCKED -> StorageDomainStatus.LOCKED;
                    case UNATTACHED -> StorageDomainStatus.UNATTACHED;
                    case MAINTENANCE -> StorageDomainStatus.MAINTENANCE;
                    case ACTIVE -> reached(domain) ? StorageDomainStatus.ACTIVE : StorageDomainStatus.INACTIVE;
                };
        };
    }

    /** Whether a host that is up reaches it. */
    public boolean reached(StorageDomain domain) {
        return states(domain).stream().anyMatch(DomainState::getReachable);
    }

    /** As {@link #reached}; waits while hosts may yet say so, as just after the engine's start. */
    boolean reachedSoon(StorageDomain domain) {
        while (!reached(domain)) {
            if (!hosts.settling(domain.cluster()) || !slept()) {
                return false;
            }
        }
        return true;
    }

    private static boolean slept() {
        try {
            Thread.sleep(LOOK_AGAIN);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    /** Why hosts do not reach it, in their words; empty when all do. */
    List<String> troubles(StorageDomain domain) {
        return hosts.upIn(domain.cluster()).stream()
                .flatMap(host -> state(host, domain)
                        .filter(state -> !state.getReachable())
                        .map(state -> host.name() + ": " + state.getError())
                        .stream())
                .toList();
    }

    /** Its sizes as last measured by a host that reaches it. */
    public Optional<DomainState> measured(StorageDomain domain) {
        return states(domain).stream()
                .filter(DomainState::getReachable)
                .max(Comparator.comparingLong(DomainState::getCheckedMs));
    }

    private Collection<DomainState> states(StorageDomain domain) {
        return hosts.upIn(domain.cluster()).stream()
                .flatMap(host -> state(host, domain).stream())
                .toList();
    }

    private Optional<DomainState> state(Host host, StorageDomain domain) {
        return Optional.ofNullable(
                hosts.observed(host.id()).domains().get(domain.id().toString()));
    }

    /** A data center is up when its master domain is. */
    public DataCenterStatus status(Id<DataCenter> dataCenter) {
        var attached = domains.ofDataCenter(dataCenter);
        if (attached.isEmpty()) {
            return DataCenterStatus.UNINITIALIZED;
        }
        var master = masters.of(dataCenter);
        if (master.isEmpty()) {
            return attached.stream().allMatch(domain -> domain.wanted() == StorageDomain.Wanted.MAINTENANCE)
                    ? DataCenterStatus.MAINTENANCE
                    : DataCenterStatus.UNINITIALIZED;
        }
        return switch (master.get().wanted()) {
            case LOCKED, UNATTACHED -> DataCenterStatus.UNINITIALIZED;
            case MAINTENANCE -> DataCenterStatus.MAINTENANCE;
            case ACTIVE -> reached(master.get()) ? DataCenterStatus.UP : DataCenterStatus.NOT_OPERATIONAL;
        };
    }

    /**
     * The host that the API shows as storage pool manager: the one that changed the master domain last, and so held its
     * lease. Any may do that work here, but clients expect exactly one up host of a data center with storage to be it.
     */
    public Optional<Id<Host>> spm(Id<DataCenter> dataCenter) {
        var master = masters.of(dataCenter);
        if (master.isEmpty()) {
            return Optional.empty();
        }
        return clusters.ofDataCenter(dataCenter).stream()
                .flatMap(cluster -> hosts.upIn(cluster.id()).stream())
                .min(Comparator.comparing((Host host) -> !state(host, master.get())
                                .map(DomainState::getReachable)
                                .orElse(false))
                        .thenComparingLong(host -> -state(host, master.get())
                                .map(state -> state.getLeases().getChangedMs())
                                .orElse(0L))
                        .thenComparingLong(host -> -priority(host))
                        .thenComparing(Host::name))
                .map(Host::id);
    }

    private static long priority(Host host) {
        var spm = host.spec().spm();
        return spm == null || spm.priority() == null ? USUAL_SPM_PRIORITY : spm.priority();
    }
}
