package org.bellwether.engine.storage;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.CreateDomainRequest;
import org.bellwether.protocol.DomainClass;
import org.bellwether.protocol.DomainDescription;
import org.bellwether.protocol.DomainRequest;
import org.bellwether.protocol.ExtendDomainRequest;
import org.bellwether.protocol.IscsiTarget;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.LeaseState;
import org.bellwether.protocol.ListLunsRequest;
import org.bellwether.protocol.ListedFile;
import org.bellwether.protocol.LiveHost;
import org.bellwether.protocol.Lun;
import org.bellwether.protocol.ReduceDomainRequest;
import org.bellwether.protocol.ReduceState;
import org.bellwether.protocol.RefreshLunRequest;
import org.bellwether.protocol.RemoveDomainReply;
import org.bellwether.protocol.RemoveDomainRequest;
import org.bellwether.protocol.UpdateDomainRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Storage domains as they are on storage: connected, laid out, described and removed through a host. Every call may be
 * repeated.
 */
public final class DomainLayouts {

    private static final Logger log = LoggerFactory.getLogger(DomainLayouts.class);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration CONNECT_LIMIT = Duration.ofSeconds(60);
    private static final Duration METADATA_LIMIT = Duration.ofSeconds(60);
    /** A host that has not joined the domain's lockspace does so first. */
    private static final Duration CHANGE_LIMIT = Duration.ofMinutes(3);

    private static final Duration LIVE_LIMIT = Duration.ofMinutes(3);
    private static final Duration BLOCK_LIMIT = Duration.ofMinutes(2);
    private static final Duration LAYOUT_LIMIT = Duration.ofMinutes(5);

    private final Hosts hosts;
    private final Agents agents;
    private final Duration patience;

    public DomainLayouts(Hosts hosts, Agents agents) {
        this(hosts, agents, HOST_PATIENCE);
    }

    /** @param patience how long to wait for a host that can be asked */
    DomainLayouts(Hosts hosts, Agents agents, Duration patience) {
        this.hosts = hosts;
        this.agents = agents;
        this.patience = patience;
    }

    void connect(Id<Host> host, StorageDomain domain) {
        connect(agent(host), domain);
    }

    private static void connect(HostAgent agent, StorageDomain domain) {
        agent.ask(CONNECT_LIMIT, stub -> stub.connectStorage(Volumes.connection(domain)));
    }

    /** Makes the domain's layout; one with its id that is there already is answered as if just made. */
    DomainDescription create(Id<Host> host, StorageDomain domain) {
        return agent(host)
                .ask(
                        LAYOUT_LIMIT,
                        stub -> stub.createDomain(CreateDomainRequest.newBuilder()
                                .setConnection(Volumes.connection(domain))
                                .setDomainId(domain.id().toString())
                                .setName(domain.name())
                                .addAllLunIds(domain.connection().network().lunIds())
                                .setOverwrite(domain.connection().network().overwrite())
                                .setDomainClass(
                                        domain.kind() == StorageDomain.Kind.ISO ? DomainClass.ISO : DomainClass.DATA)
                                .build()));
    }

    DomainDescription inspect(Id<Host> host, StorageDomain domain) {
        return inspect(agent(host), domain);
    }

    private static DomainDescription inspect(HostAgent agent, StorageDomain domain) {
        return agent.ask(
                METADATA_LIMIT,
                stub -> stub.inspectDomain(DomainRequest.newBuilder()
                        .setConnection(Volumes.connection(domain))
                        .setDomainId(domain.id().toString())
                        .build()));
    }

    /** The storage domains that a host finds at a place; it stays connected there. */
    List<DomainDescription> found(Id<Host> host, StorageDomain.Connection place) {
        var connection = Volumes.connection(place);
        var agent = agent(host);
        agent.ask(CONNECT_LIMIT, stub -> stub.connectStorage(connection));
        return agent.ask(METADATA_LIMIT, stub -> stub.listDomains(connection)).getDomainsList();
    }

    /** What a portal offers. */
    List<IscsiTarget> targets(Id<Host> host, IscsiTarget portal) {
        return agent(host)
                .askBlock(BLOCK_LIMIT, stub -> stub.discoverTargets(portal))
                .getTargetsList();
    }

    void login(Id<Host> host, IscsiTarget target) {
        agent(host).askBlock(BLOCK_LIMIT, stub -> stub.loginTarget(target));
    }

    /** All LUNs that a host sees, looked for anew. */
    List<Lun> luns(Id<Host> host) {
        return agent(host)
                .askBlock(
                        BLOCK_LIMIT,
                        stub -> stub.listLuns(
                                ListLunsRequest.newBuilder().setRescan(true).build()))
                .getLunsList();
    }

    /** How large a LUN is now as a host sees it, which lets a machine see that too. */
    Lun refreshLun(Id<Host> host, String lun, Optional<DiskUsers.Running> user, Id<Disk> disk) {
        var request = RefreshLunRequest.newBuilder()
                .setLunId(lun)
                .setMachineId(user.map(each -> each.machine().toString()).orElse(""))
                .setDiskId(disk.toString())
                .build();
        return agent(host).askBlock(BLOCK_LIMIT, stub -> stub.refreshLun(request));
    }

    /** Has all hosts that see the domain look for LUNs that came and for new sizes, before its group is changed. */
    void lookEverywhere(StorageDomain domain) {
        for (var host : hostsOf(domain)) {
            try {
                luns(host.id());
            } catch (Failure failure) {
                log.warn("{} did not look for LUNs again: {}", host.name(), failure.detail());
            }
        }
    }

    /** Adds LUNs to a group; those that are in already stay. */
    DomainDescription extend(StorageDomain domain, San more) {
        return onAnyHost(
                domain,
                agent -> agent.askBlock(
                        LAYOUT_LIMIT,
                        stub -> stub.extendDomain(ExtendDomainRequest.newBuilder()
                                .setConnection(Volumes.connection(domain))
                                .setDomainId(domain.id().toString())
                                .addAllLunIds(more.lunIds())
                                .setOverwrite(more.overwrite())
                                .build())));
    }

    /** Begins to take LUNs out of a group on that host, or tells how far it is. */
    ReduceState reduce(Id<Host> host, StorageDomain domain, List<String> luns) {
        return agent(host)
                .askBlock(
                        BLOCK_LIMIT,
                        stub -> stub.reduceDomain(ReduceDomainRequest.newBuilder()
                                .setConnection(Volumes.connection(domain))
                                .setDomainId(domain.id().toString())
                                .addAllLunIds(luns)
                                .build()));
    }

    /** Takes in what the LUNs of a group have grown by. */
    DomainDescription refresh(StorageDomain domain) {
        return onAnyHost(
                domain,
                agent -> agent.askBlock(
                        LAYOUT_LIMIT,
                        stub -> stub.refreshDomain(DomainRequest.newBuilder()
                                .setConnection(Volumes.connection(domain))
                                .setDomainId(domain.id().toString())
                                .build())));
    }

    /** The discs of an ISO domain. */
    List<ListedFile> files(StorageDomain domain) {
        return onAnyHost(
                domain,
                agent -> agent.ask(
                                METADATA_LIMIT,
                                stub -> stub.listFiles(DomainRequest.newBuilder()
                                        .setConnection(Volumes.connection(domain))
                                        .setDomainId(domain.id().toString())
                                        .build()))
                        .getFilesList());
    }

    /** Reads the domain's metadata through any host that can. */
    DomainDescription inspect(StorageDomain domain) {
        return onAnyHost(domain, agent -> inspect(agent, domain));
    }

    /** The hosts of other managers that hold leases on the domain and renew them. */
    List<LiveHost> liveHosts(StorageDomain domain) {
        var ours = hostsOf(domain).stream()
                .map(host -> hosts.observed(host.id()).domains().get(domain.id().toString()))
                .filter(state -> state != null && state.getLeases().getPhase() == LeaseState.Phase.JOINED)
                .map(state -> state.getLeases().getHostId())
                .collect(Collectors.toSet());
        return allLiveHosts(domain).stream()
                .filter(live -> !ours.contains(live.getHostId()))
                .toList();
    }

    /** Whether a host renews its lease on the domain, as another one sees it. */
    boolean alive(StorageDomain domain, Host host) {
        return host.leaseId() != null
                && allLiveHosts(domain).stream().anyMatch(live -> live.getHostId() == host.leaseId());
    }

    private List<LiveHost> allLiveHosts(StorageDomain domain) {
        return onAnyHost(
                domain,
                agent -> agent.ask(
                                LIVE_LIMIT,
                                stub -> stub.liveHosts(DomainRequest.newBuilder()
                                        .setConnection(Volumes.connection(domain))
                                        .setDomainId(domain.id().toString())
                                        .build()))
                        .getHostsList());
    }

    /** Writes what changed of the domain's metadata through any host that can. */
    DomainDescription update(StorageDomain domain, Consumer<UpdateDomainRequest.Builder> change) {
        var request = UpdateDomainRequest.newBuilder()
                .setConnection(Volumes.connection(domain))
                .setDomainId(domain.id().toString());
        change.accept(request);
        return onAnyHost(domain, agent -> {
            hosts.model().find(Id.of(agent.host().hostId())).ifPresent(host -> join(agent, host, domain));
            return agent.ask(CHANGE_LIMIT, stub -> stub.updateDomain(request.build()));
        });
    }

    /** Whether a host is to be told to join the domain's lockspace; not while it is doing so. */
    static boolean mustJoin(Host host, StorageDomain domain, LeaseState leases) {
        if (!domain.shared() || host.leaseId() == null) {
            return false;
        }
        return switch (leases.getPhase()) {
            case NOT_JOINED, UNAVAILABLE, LEASES_FAILED -> true;
            case JOINED -> leases.getHostId() != host.leaseId();
            case JOINING, UNRECOGNIZED -> false;
        };
    }

    /**
     * Has a host begin to join the domain's lockspace, so that it can take leases there. A host without sanlock says so in
     * its reports, and works on the domain without.
     */
    static void join(HostAgent agent, Host host, StorageDomain domain) {
        Integer number = host.leaseId();
        if (domain.shared() && number != null) {
            agent.ask(
                    METADATA_LIMIT,
                    stub -> stub.joinLockspace(JoinLockspaceRequest.newBuilder()
                            .setConnection(Volumes.connection(domain))
                            .setDomainId(domain.id().toString())
                            .setHostId(number)
                            .build()));
        }
    }

    /** Deletes all that is on the domain. */
    void format(Optional<Id<Host>> host, StorageDomain domain) {
        var request = RemoveDomainRequest.newBuilder()
                .setConnection(Volumes.connection(domain))
                .setDomainId(domain.id().toString())
                .setFormat(true)
                .build();
        if (host.isPresent()) {
            var agent = agent(host.get());
            connect(agent, domain);
            remove(agent, request);
        } else {
            onAnyHost(domain, agent -> remove(agent, request));
        }
    }

    private static RemoveDomainReply remove(HostAgent agent, RemoveDomainRequest request) {
        return agent.ask(LAYOUT_LIMIT, stub -> stub.removeDomain(request));
    }

    /**
     * Connects the domain on every host that is up.
     *
     * @throws Failure the last host's words when no host could
     */
    void connectEverywhere(StorageDomain domain) {
        Optional<Failure> last = Optional.empty();
        boolean connected = false;
        for (var host : awaitHosts(domain)) {
            try {
                var agent = agent(host.id());
                connect(agent, domain);
                inspect(agent, domain);
                join(agent, host, domain);
                connected = true;
            } catch (Failure failure) {
                log.warn("{} does not reach the storage domain {}: {}", host.name(), domain.name(), failure.detail());
                last = Optional.of(failure);
            }
        }
        if (!connected) {
            throw last.orElseGet(() -> nobody(domain));
        }
    }

    /** Lets go of the domain on every host that is up; a host that will not is told in the log and does no harm. */
    void disconnectEverywhere(StorageDomain domain) {
        for (var host : hostsOf(domain)) {
            disconnect(host.id(), domain);
        }
    }

    void disconnect(Id<Host> host, StorageDomain domain) {
        agents.lane(host.value()).filter(HostAgent::connected).ifPresent(agent -> {
            try {
                agent.ask(CONNECT_LIMIT, stub -> stub.disconnectStorage(Volumes.connection(domain)));
            } catch (Failure failure) {
                log.warn("The storage domain {} stays connected: {}", domain.name(), failure.detail());
            }
        });
    }

    private HostAgent agent(Id<Host> host) {
        return agents.of(host.value(), patience);
    }

    /** Tries the hosts one after another; another host may reach what one does not. */
    private <T> T onAnyHost(StorageDomain domain, Function<HostAgent, T> work) {
        return WorkingHosts.firstReached(
                awaitHosts(domain),
                host -> {
                    var agent = agent(host.id());
                    connect(agent, domain);
                    return work.apply(agent);
                },
                () -> nobody(domain));
    }

    private static Failure nobody(StorageDomain domain) {
        return Failure.unavailable("No host can work on the storage domain " + domain.name())
                .because("no host of its cluster is up")
                .next("Activate a host of the cluster and ask again");
    }

    /** The hosts that are up and meant to see the domain: a local one is seen by its own host only. */
    List<Host> hostsOf(StorageDomain domain) {
        // In the order in which the volumes of a group are changed, too.
        return hosts.upIn(domain.cluster()).stream()
                .filter(host -> domain.connection().isFor(host.id()))
                .sorted(Comparator.comparing(Host::name))
                .toList();
    }

    /** As {@link #hostsOf}; waits a little for the first, as after the engine's own start. */
    private List<Host> awaitHosts(StorageDomain domain) {
        long deadline = System.nanoTime() + patience.toNanos();
        while (true) {
            var able = hostsOf(domain);
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
}
