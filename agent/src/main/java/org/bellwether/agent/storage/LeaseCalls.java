package org.bellwether.agent.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.agent.lease.Leases;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.ConnectedDomains.Known;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.LeaseDescription;
import org.bellwether.protocol.LeaseRequest;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.LiveHost;
import org.bellwether.protocol.StorageConnection;

/** Leases on storage domains: this host's number in a domain's lockspace, and the leases of machines. */
public final class LeaseCalls {
    /** Longer than a host that lives leaves its lease as it is. */
    private static final Duration RENEWAL = Duration.ofSeconds(25);

    private final ConnectedDomains connected;
    private final Connections connections;
    private final Leases leases;

    LeaseCalls(ConnectedDomains connected, Connections connections, Leases leases) {
        this.connected = connected;
        this.connections = connections;
        this.leases = leases;
    }

    /** Who renews leases on the domain; looks twice, unless nobody ever took one. */
    public List<LiveHost> liveHosts(DomainRequest request) {
        var before = leases(request);
        if (before.isEmpty()) {
            return List.of();
        }
        try {
            Thread.sleep(RENEWAL);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
        return LiveHosts.between(before, leases(request));
    }

    private Map<Integer, LiveHosts.Renewal> leases(DomainRequest request) {
        return connected.onDomain(
                request.getConnection(),
                request.getDomainId(),
                "read the leases",
                ConnectedDomains.SHORT,
                domain -> domain.local()
                        ? Map.of()
                        : LiveHosts.read(domain.root().resolve("dom_md").resolve("ids")));
    }

    /** Begins to join the lockspace of a domain that others see too; a local one has none. */
    public LeaseState joinLockspace(JoinLockspaceRequest request) {
        DomainPlace place = shared(request.getConnection(), request.getDomainId());
        if (place.local()) {
            return LeaseState.getDefaultInstance();
        }
        return connected.locate(place.id()).direct()
                ? leases.lockspaces().join(place.id(), request.getHostId(), place.ids())
                : leases.lockspaces()
                        .refuse(
                                place.id(),
                                request.getHostId(),
                                "the file system of storage domain " + place.id() + " takes no direct I/O");
    }

    public LeaseState leaveLockspace(DomainRequest request) {
        DomainPlace place = shared(request.getConnection(), request.getDomainId());
        leases.lockspaces().leave(place.id(), place.ids());
        return leases.lockspaces().state(place.id());
    }

    /** Makes the lease of a machine; one that is there already is answered as if just made. */
    public LeaseDescription makeLease(LeaseRequest request) {
        String machine = Ids.checked("machine", request.getMachineId());
        Leases.Place place = connected.onOurDomain(
                request.getConnection(),
                request.getDomainId(),
                "make the lease of machine " + machine,
                ConnectedDomains.SHORT,
                domain -> new MachineLeaseFile(domain).make(machine));
        return LeaseDescription.newBuilder()
                .setPath(place.path().toString())
                .setOffset(place.offset())
                .build();
    }

    /** Who holds the lease of a machine. */
    public LeaseDescription inspectLease(LeaseRequest request) {
        String machine = Ids.checked("machine", request.getMachineId());
        Leases.Place place = connected.onDomain(
                request.getConnection(),
                request.getDomainId(),
                "find the lease of machine " + machine,
                ConnectedDomains.SHORT,
                domain -> leaseOf(domain, machine));
        leases.machines().requireJoined(request.getDomainId(), machine);
        // Beside the lane: sanlock reads by itself, and has deadlines of its own.
        return leases.machines().inspect(place);
    }

    public void removeLease(LeaseRequest request) {
        String machine = Ids.checked("machine", request.getMachineId());
        connected.onOurDomain(
                request.getConnection(),
                request.getDomainId(),
                "remove the lease of machine " + machine,
                ConnectedDomains.SHORT,
                domain -> {
                    MachineLeaseFile file = new MachineLeaseFile(domain);
                    Optional<Leases.Place> place = file.find(machine);
                    if (place.isPresent()) {
                        leases.machines().requireFree(place.get());
                        file.remove(machine);
                    }
                    return Boolean.TRUE;
                });
    }

    /**
     * Where the lease of a machine that is to run here is.
     *
     * @throws Refusal in words when there is none, or this host can take none
     */
    public Leases.Place prepareLease(String domainId, String machineId) {
        Known domain = connected.locate(Ids.checked("storage domain", domainId));
        leases.machines().requireJoined(domainId, machineId);
        return connected
                .lane(domain.point())
                .call(
                        "find the lease of machine " + machineId,
                        ConnectedDomains.SHORT,
                        () -> leaseOf(domain.place(), machineId));
    }

    private static Leases.Place leaseOf(DomainPlace domain, String machine) throws IOException {
        return new MachineLeaseFile(domain)
                .find(machine)
                .orElseThrow(
                        () -> Refusal.notFound("Machine " + machine + " has no lease on storage domain " + domain.id())
                                .next("Give it one, or take it away from the machine's definition."));
    }

    /** The place of a domain that must be connected; looks at nothing on the storage. */
    private DomainPlace shared(StorageConnection connection, String domainId) {
        Mount mount = connected.mount(connection);
        connections.requireConnected(mount);
        return mount.domain(domainId);
    }
}
