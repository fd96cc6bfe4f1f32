package org.bellwether.engine.host;

import java.time.Clock;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.NetworksApi;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAddress;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.Report;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** All hosts: what was decided of them, and what they say of themselves. */
public final class Hosts implements AgentListener, NetworksApi.HostsOfClusters {

    private static final Logger log = LoggerFactory.getLogger(Hosts.class);

    private final Database database;
    private final Agents agents;
    private final Operations operations;
    private final HostFitness fitness;
    private final Events events;
    private final Duration patience;
    private final Clock clock;
    private final ObjectTable<Host> table = new ObjectTable<>("hosts", "host", Host.class, Hosts::columns);
    private final LeaseIds leaseIds = new LeaseIds();
    private final Lookup<Id<Cluster>, Host> byCluster = table.model().indexedBy(host -> Optional.of(host.cluster()));
    private final Map<Id<Host>, ObservedHost> observed = new ConcurrentHashMap<>();

    /** @param patience how long a host may be silent before it counts as not responding */
    public Hosts(
            Database database,
            Agents agents,
            Operations operations,
            HostFitness fitness,
            Events events,
            Duration patience,
            Clock clock) {
        this.database = database;
        this.agents = agents;
        this.operations = operations;
        this.fitness = fitness;
        this.events = events;
        this.patience = patience;
        this.clock = clock;
    }

    private static Map<String, Object> columns(Host host) {
        var columns = new HashMap<String, Object>();
        columns.put("cluster_id", host.cluster().value());
        columns.put("address", host.address());
        columns.put("lease_id", host.leaseId());
        return columns;
    }

    /** Fills the read model; once, at start, and before operations go on that look there. */
    public void load() {
        table.load(database);
        table.model().all().stream()
                .filter(host -> host.leaseId() == null)
                .forEach(host -> database.change(tx -> table.update(tx, host.id(), this::numbered)));
    }

    /** Opens the lanes to all hosts; once, when everybody listens. */
    public void connect() {
        table.model().all().forEach(this::connect);
    }

    private Host numbered(Host host) {
        return host.leasingAs(leaseIds.next(host.cluster(), ofCluster(host.cluster())));
    }

    private void connect(Host host) {
        if (host.wanted() == Host.Wanted.INSTALLATION) {
            return;
        }
        agents.connect(new HostAddress(host.id().value(), host.name(), host.address(), host.port()));
    }

    public ReadModel<Host> model() {
        return table.model();
    }

    /** The host, or a failure that says that there is none. */
    public Host get(Id<Host> id) {
        return table.get(id);
    }

    /** The host that a document refers to, by id or by name. */
    public Host referred(org.bellwether.api.types.@Nullable Host reference) {
        return References.find(table.model(), reference, "host");
    }

    public Collection<Host> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    /** A host that serves machines now and belongs to the cluster: any will do for work on its storage. */
    public List<Host> upIn(Id<Cluster> cluster) {
        return byCluster.of(cluster).stream()
                .filter(host -> status(host) == HostStatus.UP)
                .sorted(java.util.Comparator.comparing(Host::name))
                .toList();
    }

    /**
     * Whether a host of the cluster came, went, or was not heard of yet, a moment ago: what it can reach may not be
     * known yet, so a refusal for that reason should wait.
     */
    public boolean settling(Id<Cluster> cluster) {
        var now = clock.instant();
        return byCluster.of(cluster).stream()
                .filter(host -> host.wanted() == Host.Wanted.ACTIVE)
                .anyMatch(host -> observed(host.id()).settling(now));
    }

    public ObservedHost observed(Id<Host> id) {
        return observed.computeIfAbsent(id, any -> ObservedHost.unknown(clock.instant()));
    }

    public HostStatus status(Host host) {
        var job = operations.holding(host.id()).map(Job::kind);
        boolean upgrading = job.filter(UpgradeHost.KIND::equals).isPresent();
        boolean serving = host.wanted() == Host.Wanted.ACTIVE;
        boolean leaving = job.filter(MAINTENANCE_KIND::equals).isPresent() || (upgrading && serving);
        boolean installing = job.filter(InstallHost.KIND::equals).isPresent() || (upgrading && !serving);
        return HostStatus.of(host, observed(host.id()), leaving, installing, patience, clock.instant());
    }

    /** How long nothing was heard of a host that should serve; nothing when it is heard of. */
    public Optional<Duration> silence(Host host) {
        return switch (status(host)) {
            case CONNECTING, NON_RESPONSIVE ->
                Optional.of(Duration.between(observed(host.id()).since(), clock.instant()));
            case INITIALIZING,
                    INSTALLING,
                    INSTALL_FAILED,
                    MAINTENANCE,
                    NON_OPERATIONAL,
                    PREPARING_FOR_MAINTENANCE,
                    UNASSIGNED,
                    UP -> Optional.empty();
        };
    }

    static final String MAINTENANCE_KIND = "host-maintenance";

    void insert(Transaction tx, Host host) {
        table.insert(tx, numbered(host));
        tx.afterCommit(() -> connect(host));
    }

    void update(Transaction tx, Id<Host> id, Function<Host, Host> change) {
        var changed = table.update(tx, id, change);
        tx.afterCommit(() -> connect(changed));
    }

    /** It is about to be switched off to save power. */
    public void sleep(Transaction tx, Id<Host> id) {
        update(tx, id, host -> host.wanted() == Host.Wanted.ACTIVE ? host.wanting(Host.Wanted.ASLEEP) : host);
    }

    /** It is needed again. */
    public void wake(Transaction tx, Id<Host> id) {
        update(tx, id, host -> host.wanted() == Host.Wanted.ASLEEP ? host.wanting(Host.Wanted.ACTIVE) : host);
    }

    /** It should be asleep and is not. */
    public void serveAgain(Id<Host> id) {
        database.change(tx -> wake(tx, id));
    }

    void delete(Transaction tx, Id<Host> id) {
        table.delete(tx, id);
        tx.afterCommit(() -> {
            agents.disconnect(id.value());
            observed.remove(id);
        });
    }

    @Override
    public void reported(UUID hostId, Report report) {
        Id<Host> id = Id.of(hostId);
        switch (report.getWhatCase()) {
            case SNAPSHOT -> {
                // First what it reaches: from the moment that it counts as up, work is sent to it.
                if (table.model().find(id).isPresent()) {
                    var domains = byId(report.getSnapshot().getDomainsList());
                    observed.compute(
                            id,
                            (any, host) ->
                                    (host == null ? ObservedHost.unknown(clock.instant()) : host).withDomains(domains));
                }
                described(id, report.getSnapshot().getHost());
            }
            case HOST -> described(id, report.getHost());
            case STATISTICS ->
                observed.computeIfPresent(
                        id,
                        (any, host) -> host.with(report.getStatistics().getHost(), clock.instant())
                                .withDomains(byId(report.getStatistics().getDomainsList())));
            case TROUBLE ->
                log.warn(
                        "The host {} says of its libvirt: {}",
                        table.model().find(id).map(Host::name).orElse("?"),
                        report.getTrouble().getLibvirt().isEmpty()
                                ? "it answers again"
                                : report.getTrouble().getLibvirt());
            case MACHINE, MACHINE_GONE, TASK, WHAT_NOT_SET -> {
                // For other listeners.
            }
        }
    }

    private static Map<String, DomainState> byId(List<DomainState> domains) {
        var states = new HashMap<String, DomainState>();
        domains.forEach(domain -> states.put(domain.getDomainId(), domain));
        return states;
    }

    private void described(Id<Host> id, HostDescription description) {
        var host = table.model().find(id);
        if (host.isEmpty()) {
            return;
        }
        var before = observed(id);
        var unfit = fitness.unfit(host.get(), description);
        observed.compute(
                id, (any, known) -> (known == null ? before : known).connectedAs(description, unfit, clock.instant()));
        if (!before.connected()) {
            log.info("The host {} is connected", host.get().name());
        }
        tell(host.get(), before, unfit, description);
    }

    @Override
    public boolean allHave(Id<Cluster> cluster, Network network) {
        return byCluster.of(cluster).stream()
                .filter(host -> host.wanted() == Host.Wanted.ACTIVE)
                .allMatch(host -> observed(host.id())
                        .description()
                        .flatMap(known -> fitness.lacking(host, known, network))
                        .isEmpty());
    }

    @Override
    public void reassess(Id<Cluster> cluster) {
        byCluster
                .of(cluster)
                .forEach(host -> observed(host.id()).description().ifPresent(known -> {
                    if (observed(host.id()).connected()) {
                        described(host.id(), known);
                    }
                }));
    }

    private void tell(Host host, ObservedHost before, List<String> unfit, HostDescription description) {
        var concerns = Concerns.NOTHING.withHost(host.id()).withCluster(host.cluster());
        boolean first = before.description().isEmpty();
        if (!unfit.isEmpty() && !unfit.equals(before.unfit())) {
            event(
                    EventCode.HOST_NON_OPERATIONAL,
                    concerns,
                    "Host " + host.name() + " cannot serve its cluster: " + String.join("; ", unfit) + ".");
        }
        if (unfit.isEmpty() && !before.connected() && host.wanted() == Host.Wanted.ACTIVE) {
            event(
                    first ? EventCode.HOST_ACTIVATED : EventCode.HOST_RECOVERED,
                    concerns,
                    "Host " + host.name() + (first ? " is up." : " is heard of again and up."));
        }
        if (first && !description.getHardwareVirtualisation()) {
            event(
                    EventCode.HOST_WITHOUT_KVM,
                    concerns,
                    "Host " + host.name()
                            + " has no usable hardware virtualisation; it emulates its machines, slowly.");
        }
    }

    @Override
    public void lost(UUID hostId, String why) {
        Id<Host> id = Id.of(hostId);
        var host = table.model().find(id);
        if (host.isEmpty()) {
            return;
        }
        var before = observed(id);
        observed.put(id, before.lost(clock.instant(), why));
        if (before.connected()) {
            log.warn("The host {} is lost: {}", host.get().name(), why);
            event(
                    EventCode.HOST_CONNECTING,
                    Concerns.NOTHING.withHost(id).withCluster(host.get().cluster()),
                    "Host " + host.get().name() + " is not heard of: " + why
                            + " It is being tried again; its machines are not touched.");
        }
    }

    private void event(EventCode code, Concerns concerns, String message) {
        database.change(tx -> events.add(tx, code, Asker.engine(), concerns, message));
    }
}
