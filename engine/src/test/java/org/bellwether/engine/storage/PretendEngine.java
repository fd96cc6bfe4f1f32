package org.bellwether.engine.storage;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostFitness;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.hostnetwork.Decisions;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.CrashPoint;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.storage.StorageDomain.Connection;
import org.bellwether.engine.template.CreateTemplate;
import org.bellwether.engine.template.Machines;
import org.bellwether.engine.template.Templates;

/** The engine without its door and without machines: everything that storage stands on, for real. */
final class PretendEngine implements AutoCloseable {

    static final Asker ASKER = new Asker("admin@internal", "test");

    /** The engine dies, in the thread that hit the crash point. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    final Database database;
    final DataCenters dataCenters;
    final Clusters clusters;
    final Hosts hosts;
    final Agents agents;
    final Operations operations;
    final StorageDomains domains;
    final Disks disks;
    final ObservedDomains observed;
    final NewStorageDomains storage;
    final NewDisks newDisks;
    final DiskActions actions;
    final DirectLuns luns;
    final DomainLuns domainLuns;
    final StorageConnections connections;
    final MoveDisk moveDisk;
    final Volumes volumes;
    final ImageCopies copies;
    final Events events;
    final ImageTransfers transfers;
    final TransferSessions sessions = new TransferSessions();
    final TransferImage transferImage;
    final MasterDomains masters;
    /** Machines that have disks, by id. */
    final Map<UUID, DiskUsers.Machine> machines = new ConcurrentHashMap<>();

    final Templates templates;
    final CreateTemplate createTemplate;
    final RemoveDisk removeDisk;
    /** Whether the crash point was reached. */
    volatile boolean killed;

    private final ConnectStorage connectStorage;

    PretendEngine(Database database, Authority authority, String crashAt) {
        this.database = database;
        var clock = Clock.systemUTC();
        agents = new Agents(authority.engines(), authority.trusted());
        var crashPoint = new CrashPoint(crashAt, () -> {
            killed = true;
            throw new Killed();
        });
        operations = new Operations(database, clock, crashPoint, Optional.empty());
        events = new Events(database, clock);
        dataCenters = new DataCenters(database);
        clusters = new Clusters(database, events);
        var networks = new Networks(database);
        hosts = new Hosts(
                database,
                agents,
                operations,
                new HostFitness(clusters, CpuTypes.load(), networks, new Decisions(database)),
                events,
                Duration.ofSeconds(60),
                clock);
        domains = new StorageDomains(database);
        disks = new Disks(database, clock);
        masters = new MasterDomains(domains, dataCenters);
        observed = new ObservedDomains(domains, masters, clusters, hosts, operations);
        volumes = new Volumes(domains, hosts, agents);
        copies = new ImageCopies(agents);
        connectStorage = new ConnectStorage(database, domains, observed, hosts, agents, operations, events);
        var users = new DiskUsers(disks, id -> Optional.ofNullable(machines.get(id)), (vm, disk) -> List.of());
        var profiles = new DiskProfiles(database, domains);
        profiles.load();
        var layouts = new DomainLayouts(hosts, agents, Duration.ofSeconds(5));
        connections = new StorageConnections(database, domains, operations);
        var use = new LunUse(domains, disks);
        luns = new DirectLuns(database, disks, hosts, layouts, connections, use, users, operations, events, clock);
        storage = new NewStorageDomains(
                database,
                domains,
                disks,
                layouts,
                clusters,
                hosts,
                operations,
                new NewStorageDomains.Kinds(
                        operations.known(
                                new AddStorageDomain(domains, layouts, profiles, events, connections::targets)),
                        operations.known(new AttachStorageDomain(domains, masters, layouts, events)),
                        operations.known(new ActivateStorageDomain(domains, masters, layouts, events)),
                        operations.known(new DeactivateStorageDomain(domains, masters, layouts, users, events)),
                        operations.known(new DetachStorageDomain(domains, disks, layouts, events)),
                        operations.known(new RemoveStorageDomain(domains, layouts, events)),
                        operations.known(new RenameStorageDomain(domains, layouts, events))),
                use,
                events);
        storage.knownTargets(connections::targets);
        domainLuns = new DomainLuns(
                database,
                domains,
                layouts,
                use,
                operations,
                operations.known(new ReduceStorageDomain(domains, layouts, events)),
                events,
                connections::targets);
        removeDisk = operations.known(new RemoveDisk(disks, volumes, events));
        newDisks = new NewDisks(
                database,
                domains,
                observed,
                disks,
                users,
                operations,
                operations.known(new CreateDisk(disks, volumes, events)),
                operations.known(new ExtendDisk(disks, volumes, events)),
                removeDisk,
                events,
                clock);
        moveDisk = operations.known(new MoveDisk(database, disks, volumes, copies, new DiskMirrors(agents), events));
        actions = new DiskActions(
                domains,
                disks,
                users,
                newDisks,
                operations,
                moveDisk,
                operations.known(new CopyDisk(disks, volumes, copies, events)),
                operations.known(new SpreadDisk(disks, volumes, copies, events)),
                operations.known(new RemakeDisk(database, disks, volumes, copies, events)),
                events,
                clock);
        templates = new Templates(database);
        createTemplate = operations.known(new CreateTemplate(templates, disks, volumes, copies, noMachines(), events));
        transfers = new ImageTransfers(database, clock);
        transferImage = operations.known(new TransferImage(
                database,
                transfers,
                sessions,
                disks,
                domains,
                volumes,
                agents,
                events,
                new TransferTickets(authority.engine().key()),
                new BackupBytes.None()));
        dataCenters.load();
        clusters.load();
        networks.load();
        domains.load();
        disks.load();
        connections.load();
        transfers.load();
        templates.load();
        agents.listen(hosts);
        agents.listen(connectStorage);
        agents.listen(copies);
    }

    /** Here a template's machine needs no network interfaces, and no other machine stands on it. */
    private static Machines noMachines() {
        return new Machines(
                any -> {
                    throw new IllegalStateException("no machine is asked for here");
                },
                (tx, machine, template) -> {},
                (tx, template) -> {},
                template -> List.of(),
                (template, domain) -> List.of());
    }

    /** Hears the hosts and goes on with what was running. */
    PretendEngine start() {
        hosts.load();
        operations.resume();
        hosts.connect();
        Waiting.until(
                "all hosts are up",
                () -> hosts.model().all().stream().allMatch(host -> hosts.status(host) == HostStatus.UP));
        Waiting.until(
                "all active domains are reached",
                () -> domains.model().all().stream()
                        .filter(domain -> domain.wanted() == StorageDomain.Wanted.ACTIVE)
                        .allMatch(observed::reached));
        return this;
    }

    /** Writes a data center with a cluster. */
    static Id<Cluster> cluster(Database database, String name) {
        Id<DataCenter> dataCenter = Id.random();
        Id<Cluster> cluster = Id.random();
        database.change(tx -> {
            new DataCenters(database)
                    .insert(
                            tx,
                            new DataCenter(
                                    dataCenter,
                                    "dc-" + name,
                                    org.bellwether.api.types.DataCenter.builder()
                                            .build()));
            new Clusters(database, new Events(database, Clock.systemUTC()))
                    .insert(
                            tx,
                            new Cluster(
                                    cluster,
                                    name,
                                    dataCenter,
                                    "a type that any processor fits",
                                    org.bellwether.api.types.Cluster.builder().build()));
        });
        return cluster;
    }

    /** Writes a host down as enrolled. */
    static void host(Database database, PretendHost host, Id<Cluster> cluster) {
        var row = new Host(
                Id.of(host.id),
                host.name,
                cluster,
                host.address,
                host.port(),
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder().build());
        database.change(tx -> tx.sql()
                .execute(
                        "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                        host.id,
                        host.name,
                        cluster.value(),
                        host.address,
                        Json.write(row)));
    }

    static Database database(Path folder) {
        return Database.embedded(folder.resolve("postgres"));
    }

    /** A new domain on the pretend server. */
    NewStorageDomains.Begun add(String name, PretendHost host) {
        return storage.add(
                org.bellwether.api.types.StorageDomain.builder()
                        .name(name)
                        .type(org.bellwether.api.types.StorageDomainType.DATA)
                        .host(org.bellwether.api.types.Host.builder()
                                .id(host.id.toString())
                                .build())
                        .storage(org.bellwether.api.types.HostStorage.builder()
                                .type(org.bellwether.api.types.StorageType.GLUSTERFS)
                                .address("server")
                                .path(name)
                                .build())
                        .build(),
                ASKER);
    }

    DataCenter dataCenterOf(StorageDomain domain) {
        return dataCenters.get(clusters.get(domain.cluster()).dataCenterId().orElseThrow());
    }

    StorageDomain attached(String name, PretendHost host) {
        var begun = add(name, host);
        ended(begun.job());
        var domain = domains.get(begun.domain());
        ended(storage.attach(domain, dataCenterOf(domain), ASKER));
        Waiting.until(name + " is reached", () -> observed.reached(domains.get(domain.id())));
        return domains.get(domain.id());
    }

    void ended(Job job) {
        operations.await(job, Duration.ofSeconds(60));
    }

    static String place(StorageDomain domain) {
        Connection connection = domain.connection();
        return connection.address() + ":" + connection.path();
    }

    List<String> eventMessages() {
        return database.read(sql -> sql.resultQuery("select code || ' ' || message from events order by id")
                .fetchInto(String.class));
    }

    boolean anyLockLeft() {
        return database.read(
                        sql -> sql.resultQuery("select count(*) from locks").fetchSingle(0, int.class))
                > 0;
    }

    @Override
    public void close() {
        operations.stop();
        connectStorage.close();
        agents.close();
    }
}
