package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.store.References;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;

/** Leases of machines on storage domains: whoever runs the machine holds it. Every call may be repeated. */
public final class VmLeases {

    private static final Duration LIMIT = Duration.ofMinutes(2);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);

    private final StorageDomains domains;
    private final Volumes volumes;
    private final Agents agents;

    public VmLeases(StorageDomains domains, Volumes volumes, Agents agents) {
        this.domains = domains;
        this.volumes = volumes;
        this.agents = agents;
    }

    /**
     * The storage domain that a document names for a machine's lease.
     *
     * @throws Failure when no lease of a machine of that cluster can be there
     */
    public Id<StorageDomain> referred(
            org.bellwether.api.types.StorageDomain reference, Id<Cluster> cluster, String machine) {
        var domain = References.find(domains.model(), reference, "storage domain");
        var failure = Failure.conflict("VM " + machine + " cannot have its lease on " + domain.name());
        if (domain.kind() != StorageDomain.Kind.DATA || !domain.shared()) {
            throw failure.because("leases are on data domains that all hosts of the cluster share")
                    .next("Name another storage domain");
        }
        if (!domain.cluster().equals(cluster)) {
            throw failure.because("the storage domain belongs to another cluster")
                    .next("Name a storage domain of the machine's cluster");
        }
        if (domain.wanted() != StorageDomain.Wanted.ACTIVE) {
            throw failure.because("the storage domain is not active").next("Activate it first");
        }
        return domain.id();
    }

    public void make(Id<StorageDomain> domain, UUID vm) {
        volumes.onAnyHost(domain, (agent, connection) -> agent.ask(LIMIT, stub -> stub.makeLease(request(domain, vm))));
    }

    /** What is gone stays gone; so does what was on a storage domain that the engine has forgotten. */
    public void remove(Id<StorageDomain> domain, UUID vm) {
        if (domains.model().find(domain).isPresent()) {
            volumes.onAnyHost(
                    domain, (agent, connection) -> agent.ask(LIMIT, stub -> stub.removeLease(request(domain, vm))));
        }
    }

    /** Who holds the lease, as that host sees it. */
    public LeaseDescription inspect(Id<Host> host, Id<StorageDomain> domain, UUID vm) {
        return agents.of(host.value(), HOST_PATIENCE).ask(LIMIT, stub -> stub.inspectLease(request(domain, vm)));
    }

    public Optional<String> name(Id<StorageDomain> domain) {
        return domains.model().find(domain).map(StorageDomain::name);
    }

    private LeaseRequest request(Id<StorageDomain> domain, UUID vm) {
        return LeaseRequest.newBuilder()
                .setConnection(Volumes.connection(domains.get(domain)))
                .setDomainId(domain.toString())
                .setMachineId(vm.toString())
                .build();
    }
}
