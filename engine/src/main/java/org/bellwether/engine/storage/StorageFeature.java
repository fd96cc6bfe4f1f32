package org.bellwether.engine.storage;

import java.time.Clock;
import java.util.UUID;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.search.SearchSchema;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.References;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Puts the parts of storage together; what others need of them is here. */
public final class StorageFeature {

    private static final Logger log = LoggerFactory.getLogger(StorageFeature.class);

    private final StorageDomains domains;
    private final DomainLayouts layouts;

    private final NewStorageDomains newDomains;
    private final NewDisks newDisks;
    private final DirectLuns luns;
    private final StorageDomainsApi domainsApi;
    private final StorageConnections connections;
    private final StorageConnectionsApi connectionsApi;
    private final HostStorageApi hostStorageApi;
    private final OvfStores ovfStores;
    private final UnregisteredDisks unregisteredDisks;
    private final DiskProfiles profiles;
    private final DiskProfilesApi profilesApi;
    private final DisksApi disksApi;
    private final DiskActionsApi diskActionsApi;
    private final ImageTransfers transfers;
    private final ImageTransfersApi transfersApi;
    private final TransferBytes bytes;

    /**
     * @param users who has disks attached; machines are a feature above this one
     * @param backups the backups whose bytes may be fetched; a feature above this one, too
     * @param origin how clients reach this engine: scheme, name and port, such as https://engine.example:443
     */
    public StorageFeature(
            Database database,
            Operations operations,
            Agents agents,
            Events events,
            Clock clock,
            DataCenters dataCenters,
            Clusters clusters,
            Hosts hosts,
            StorageDomains domains,
            Disks disks,
            MasterDomains masters,
            ObservedDomains observed,
            Volumes volumes,
            ImageCopies copies,
            DiskProfiles profiles,
            DiskUsers users,
            TransferTickets tickets,
            BackupBytes backups,
            Supplier<String> origin) {
        this.domains = domains;
        this.layouts = new DomainLayouts(hosts, agents);
        this.connections = new StorageConnections(database, domains, operations);
        var kinds = new NewStorageDomains.Kinds(
                operations.known(new AddStorageDomain(domains, layouts, profiles, events, connections::targets)),
                operations.known(new AttachStorageDomain(domains, masters, layouts, events)),
                operations.known(new ActivateStorageDomain(domains, masters, layouts, events)),
                operations.known(new DeactivateStorageDomain(domains, masters, layouts, users, events)),
                operations.known(new DetachStorageDomain(domains, disks, layouts, events)),
                operations.known(new RemoveStorageDomain(domains, layouts, events)),
                operations.known(new RenameStorageDomain(domains, layouts, events)));
        var use = new LunUse(domains, disks);
        this.luns = new DirectLuns(database, disks, hosts, layouts, connections, use, users, operations, events, clock);
        this.newDomains = new NewStorageDomains(
                database, domains, disks, layouts, clusters, hosts, operations, kinds, use, events);
        newDomains.knownTargets(connections::targets);
        this.newDisks = new NewDisks(
                database,
                domains,
                observed,
                disks,
                users,
                operations,
                operations.known(new CreateDisk(disks, volumes, events)),
                operations.known(new ExtendDisk(disks, volumes, events)),
                operations.known(new RemoveDisk(disks, volumes, events)),
                events,
                clock);
        var domainLuns = new DomainLuns(
                database,
                domains,
                layouts,
                use,
                operations,
                operations.known(new ReduceStorageDomain(domains, layouts, events)),
                events,
                connections::targets);
        this.domainsApi = new StorageDomainsApi(
                domains, newDomains, domainLuns, layouts, observed, disks, dataCenters, hosts, operations);
        this.connectionsApi = new StorageConnectionsApi(connections, domains, layouts, hosts);
        this.hostStorageApi = new HostStorageApi(hosts, domains, layouts, connections, use);
        this.ovfStores = new OvfStores(volumes);
        this.unregisteredDisks = new UnregisteredDisks(database, disks, ovfStores, events, clock);
        this.profiles = profiles;
        this.profilesApi = new DiskProfilesApi(database, profiles, domains, dataCenters, events);
        this.disksApi = new DisksApi(disks, domains, users, newDisks, luns, unregisteredDisks, domainsApi.searched());
        this.diskActionsApi = new DiskActionsApi(
                disks,
                domains,
                new DiskActions(
                        domains,
                        disks,
                        users,
                        newDisks,
                        operations,
                        operations.known(
                                new MoveDisk(database, disks, volumes, copies, new DiskMirrors(agents), events)),
                        operations.known(new CopyDisk(disks, volumes, copies, events)),
                        operations.known(new SpreadDisk(disks, volumes, copies, events)),
                        operations.known(new RemakeDisk(database, disks, volumes, copies, events)),
                        events,
                        clock),
                luns,
                hosts);
        this.transfers = new ImageTransfers(database, clock);
        var sessions = new TransferSessions();
        var transfer = operations.known(new TransferImage(
                database, transfers, sessions, disks, domains, volumes, agents, events, tickets, backups));
        this.transfersApi = new ImageTransfersApi(
                transfers, sessions, transfer, disks, users, operations, events, clock, backups, origin);
        this.bytes = new TransferBytes(sessions, agents.https());
    }

    /** Fills what it keeps itself; once, at start, before operations go on. */
    public void load() {
        transfers.load();
        connections.load();
    }

    /** Whether a transfer of the backup is open. */
    public boolean isFetched(UUID backup) {
        return transfers.isFetched(backup);
    }

    public NewDisks newDisks() {
        return newDisks;
    }

    /** Disks that are LUNs as they are. */
    public DirectLuns luns() {
        return luns;
    }

    /** What is to be done to a domain that is about to go out of service. */
    public void beforeLeaving(Consumer<StorageDomain> lastWords) {
        newDomains.beforeLeaving(lastWords);
    }

    public SearchSchema<StorageDomain> domainSchema() {
        return domainsApi.searched();
    }

    public SearchSchema<Disk> diskSchema() {
        return disksApi.searched();
    }

    /** The QoS that a document refers to, by id or by name. */
    public UUID qos(org.bellwether.api.types.Qos reference) {
        return References.find(profiles.qoss(), reference, "QoS").id().value();
    }

    /**
     * Whether a host still renews its lease on a storage domain of its cluster, as another host sees it. When there are such
     * domains and none can be asked, it is taken for alive.
     */
    public boolean alive(Host host) {
        var shared = domains.ofCluster(host.cluster()).stream()
                .filter(domain -> domain.shared() && domain.wanted() == StorageDomain.Wanted.ACTIVE)
                .toList();
        boolean asked = shared.isEmpty();
        for (var domain : shared) {
            try {
                if (layouts.alive(domain, host)) {
                    return true;
                }
                asked = true;
            } catch (Failure unseen) {
                log.info("Whether host {} is alive on {} is not seen: {}", host.name(), domain.name(), unseen.detail());
            }
        }
        return !asked;
    }

    public OvfStores ovfStores() {
        return ovfStores;
    }

    public UnregisteredDisks unregisteredDisks() {
        return unregisteredDisks;
    }

    public void serve(ApiRoutes routes) {
        domainsApi.serve(routes);
        connectionsApi.serve(routes);
        hostStorageApi.serve(routes);
        profilesApi.serve(routes);
        disksApi.serve(routes);
        diskActionsApi.serve(routes);
        transfersApi.serve(routes);
    }

    /** What lies beside the API: the bytes of transfers. */
    public void declare(Site.Builder site) {
        site.below(TransferBytes.PATH, bytes);
    }
}
