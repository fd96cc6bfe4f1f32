package org.bellwether.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.time.Clock;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.bellwether.api.types.ApiSummary;
import org.bellwether.api.types.ApiSummaryItem;
import org.bellwether.engine.access.Access;
import org.bellwether.engine.access.ObjectTree;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.backup.BackupFeature;
import org.bellwether.engine.backup.Backups;
import org.bellwether.engine.event.AuditPage;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.event.EventsApi;
import org.bellwether.engine.event.JobsApi;
import org.bellwether.engine.host.Enrolments;
import org.bellwether.engine.host.HostDocuments;
import org.bellwether.engine.host.HostFitness;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.host.HostTokens;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.host.HostsApi;
import org.bellwether.engine.host.MaintainHost;
import org.bellwether.engine.host.RefreshHost;
import org.bellwether.engine.host.RenewCertificates;
import org.bellwether.engine.hostnetwork.Decisions;
import org.bellwether.engine.hostnetwork.HostNetworksApi;
import org.bellwether.engine.hostnetwork.RoleAddresses;
import org.bellwether.engine.inventory.BookmarksApi;
import org.bellwether.engine.inventory.CatalogApi;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.ClustersApi;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.inventory.DataCentersApi;
import org.bellwether.engine.inventory.OperatingSystemsApi;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.inventory.Tags;
import org.bellwether.engine.inventory.TagsApi;
import org.bellwether.engine.network.MacAddresses;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.NetworksApi;
import org.bellwether.engine.network.VnicProfilesApi;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.feed.ChangeFeed;
import org.bellwether.engine.platform.feed.ChangeStream;
import org.bellwether.engine.platform.feed.StatusWatch;
import org.bellwether.engine.platform.http.ApiEndpoint;
import org.bellwether.engine.platform.http.ApiRoot;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Enrolment;
import org.bellwether.engine.platform.http.HealthPage;
import org.bellwether.engine.platform.http.HttpServer;
import org.bellwether.engine.platform.http.HttpSettings;
import org.bellwether.engine.platform.http.MetricsPage;
import org.bellwether.engine.platform.http.OpenApiPage;
import org.bellwether.engine.platform.http.PkiPages;
import org.bellwether.engine.platform.http.PortalFiles;
import org.bellwether.engine.platform.http.ServedMethods;
import org.bellwether.engine.platform.http.Site;
import org.bellwether.engine.platform.operation.CrashPoint;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.platform.pki.SealingKey;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.SettingRepository;
import org.bellwether.engine.preference.PreferencePages;
import org.bellwether.engine.statistics.Measurements;
import org.bellwether.engine.statistics.StatisticsHistory;
import org.bellwether.engine.statistics.UsagePages;
import org.bellwether.engine.storage.ConnectStorage;
import org.bellwether.engine.storage.DiskProfiles;
import org.bellwether.engine.storage.DiskUsers;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.GrowVolumes;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.MasterDomains;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.storage.StorageFeature;
import org.bellwether.engine.storage.TransferTickets;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.InstanceTypes;
import org.bellwether.engine.template.TemplateFeature;
import org.bellwether.engine.template.Templates;
import org.bellwether.engine.vm.Consoles;
import org.bellwether.engine.vm.HighAvailability;
import org.bellwether.engine.vm.KeepPools;
import org.bellwether.engine.vm.KeptStates;
import org.bellwether.engine.vm.MachineDefinitions;
import org.bellwether.engine.vm.NicDevices;
import org.bellwether.engine.vm.ObservedMachines;
import org.bellwether.engine.vm.OvfFeature;
import org.bellwether.engine.vm.PlacementPages;
import org.bellwether.engine.vm.Snapshots;
import org.bellwether.engine.vm.TemplateNics;
import org.bellwether.engine.vm.VmFeature;
import org.bellwether.engine.vm.VmPools;
import org.bellwether.engine.vm.VmWatch;
import org.bellwether.engine.vm.Vms;
import org.bellwether.engine.vm.VncDoor;

/**
 * The composition root: everything that exists is made here, in the order in which it depends on one another. Read it
 * and you have seen the engine.
 */
final class Engine implements AutoCloseable {

    private final Database database;
    private final Operations operations;
    private final Agents agents;
    private final Access access;
    private final ConnectStorage connectStorage;
    private final HttpServer server;
    private final Optional<VncDoor> vncDoor;
    private final Events events;
    private final ChangeFeed feed;
    private final OvfFeature ovfs;
    private final KeepPools poolKeeper;
    private final HighAvailability availability;
    private final StatusWatch hostWatch;
    private final StatusWatch domainWatch;
    private final StatisticsHistory history;
    private final RenewCertificates certificates;

    private Engine(EngineConfig config, Clock clock) {
        makeDirectory(config);
        // What stands below everything: identity, decisions, operations, the log.
        var authority = Authority.open(config.dataDirectory().resolve("pki"), clock);
        authority.hostLife(config.hostCertificateLife());
        SealingKey.take(config.dataDirectory().resolve("secrets.key"));
        database = openDatabase(config);
        operations = new Operations(database, clock, new CrashPoint(config.crashAt()));
        events = new Events(database, clock);
        var instance = new SettingRepository(database)
                .once("instance-id", () -> UUID.randomUUID().toString());
        var engineIdentity = authority.engine();
        agents = new Agents(engineIdentity.key(), engineIdentity.certificate(), authority.certificate());

        // What people decided, feature by feature.
        var cpuTypes = CpuTypes.load();
        var dataCenters = new DataCenters(database);
        var clusters = new Clusters(database, events);
        var networks = new Networks(database);
        var hostNetworks = new Decisions(database);
        var hosts = new Hosts(
                database,
                agents,
                operations,
                new HostFitness(clusters, cpuTypes, networks, hostNetworks),
                events,
                clock);
        var domains = new StorageDomains(database);
        var disks = new Disks(database);
        var diskProfiles = new DiskProfiles(database, domains);
        var templates = new Templates(database);
        var observedMachines = new ObservedMachines();
        var vms = new Vms(
                database,
                agents,
                operations,
                observedMachines,
                disks,
                new MachineDefinitions(
                        clusters,
                        cpuTypes,
                        new NicDevices(networks, diskProfiles::limitsOf),
                        disks,
                        diskProfiles::limits),
                new MacAddresses(UUID.fromString(instance).hashCode()),
                clock);
        var snapshots = new Snapshots(database);
        var masters = new MasterDomains(domains, dataCenters);
        var observedDomains = new ObservedDomains(domains, masters, clusters, hosts, operations);
        var volumes = new Volumes(domains, hosts, agents);
        var copies = new ImageCopies(agents);
        connectStorage = new ConnectStorage(database, domains, observedDomains, hosts, agents, operations, events);

        dataCenters.load();
        clusters.load();
        networks.load();
        domains.load();
        disks.load();
        diskProfiles.load();
        templates.load();
        vms.load();
        snapshots.load();
        hostNetworks.load();
        var instanceTypes = new InstanceTypes(database);
        instanceTypes.load();
        var pools = new VmPools(database);
        pools.load();
        var tree = places(dataCenters, clusters, hosts, networks, domains, disks, templates, vms, pools);
        diskProfiles.declare(tree);
        feed = new ChangeFeed(UUID.randomUUID().toString(), tree::tableOf);
        feed.follow(database);
        observedMachines.listen(vm -> feed.changed("vms", vm.value()));
        new FirstStart(database, dataCenters, clusters, networks).prepare();
        templates.ensureBlank(clock);
        instanceTypes.ensureSeeds();

        // What is done to it, and how it is shown.
        var tags = new Tags(database);
        tags.load();
        var bookmarks = new BookmarksApi(database, events);
        bookmarks.load();
        var networksApi = new NetworksApi(database, dataCenters, clusters, networks, hosts, events);
        var clustersApi = new ClustersApi(
                database,
                dataCenters,
                clusters,
                cpuTypes,
                networksApi::furnish,
                (tx, cluster) -> networks.detachAll(tx, cluster.id()),
                events);
        var dataCentersApi = new DataCentersApi(
                database,
                dataCenters,
                clusters,
                clustersApi,
                observedDomains::status,
                networksApi::furnish,
                networksApi::clear,
                events);
        var summaries = new LateVms();
        var maintain = operations.known(new MaintainHost(hosts, summaries::evacuate, events));
        var hostDocuments = new HostDocuments(
                hosts,
                host -> clusters.get(hosts.get(host).cluster())
                        .dataCenterId()
                        .flatMap(observedDomains::spm)
                        .filter(host::equals)
                        .isPresent());
        var hostsApi = new HostsApi(
                database,
                hosts,
                clusters,
                hostDocuments,
                operations,
                maintain,
                summaries::summary,
                hostNetworks::forget,
                events);
        var hostNetworksApi = new HostNetworksApi(database, hosts, networks, hostNetworks, agents, operations, events);
        var backups = new Backups(database, clock);
        backups.load();
        var storage = new StorageFeature(
                database,
                operations,
                agents,
                events,
                clock,
                dataCenters,
                clusters,
                hosts,
                domains,
                disks,
                masters,
                observedDomains,
                volumes,
                copies,
                diskProfiles,
                new DiskUsers(
                        disks,
                        id -> vms.model()
                                .find(Id.of(id))
                                .map(vm -> new DiskUsers.Machine(vm.name(), vm.hostId(), snapshots.looking(vm.id()))),
                        (vm, disk) -> snapshots.names(Id.of(vm), disk)),
                new TransferTickets(engineIdentity.key()),
                backups,
                () -> origin(config));
        storage.load();
        var templateFeature = new TemplateFeature(
                database,
                operations,
                events,
                clock,
                dataCenters,
                clusters,
                domains,
                disks,
                storage.newDisks(),
                volumes,
                copies,
                templates,
                instanceTypes,
                new TemplateNics(vms).machines());
        var vmFeature = new VmFeature(
                database,
                operations,
                agents,
                events,
                clock,
                clusters,
                hosts,
                networks,
                domains,
                disks,
                storage.newDisks(),
                volumes,
                copies,
                templates,
                instanceTypes,
                vms,
                snapshots,
                pools,
                observedMachines,
                new RoleAddresses(hosts, networks, hostNetworks)::migration,
                hostsApi.schema(),
                config.externalName());
        summaries.are(vmFeature);
        var backupFeature = new BackupFeature(
                database, operations, agents, events, clock, vms, disks, domains, volumes, backups, storage::isFetched);
        ovfs = new OvfFeature(
                database,
                feed,
                domains,
                observedDomains,
                disks,
                vms,
                templates,
                clusters,
                networks,
                storage,
                operations,
                events,
                clock);

        access = Access.open(database, config.adminPasswordFile(), tree, events, clock);
        var routes = new ApiRoutes();
        var statistics = new StatisticsApi();
        new ApiRoot(UUID.fromString(instance), () -> summary(hosts, domains, vms, vmFeature), clock).declare(routes);
        dataCentersApi.serve(routes);
        clustersApi.serve(routes);
        networksApi.serve(routes);
        new VnicProfilesApi(database, networks).serve(routes);
        hostsApi.serve(routes);
        new RefreshHost(hosts, agents).serve(routes);
        certificates = new RenewCertificates(hosts, agents, authority, clock);
        certificates.serve(routes);
        hostNetworksApi.serve(routes, statistics);
        storage.serve(routes);
        templateFeature.serve(routes);
        vmFeature.serve(routes, statistics);
        backupFeature.serve(routes);
        ovfs.serve(routes);
        new OperatingSystemsApi().serve(routes);
        new TagsApi(database, tags, events).serve(routes);
        bookmarks.serve(routes);
        new CatalogApi().serve(routes);
        new EventsApi(events).serve(routes);
        new JobsApi(operations).serve(routes);
        statistics.source("host", request -> hostDocuments.statistics(request.id(0)));
        statistics.serve(routes);

        var settings = HttpSettings.of(
                config.httpAddress(),
                config.httpsPort(),
                config.httpPort().map(OptionalInt::of).orElse(OptionalInt.empty()),
                Stream.of(config.externalName(), config.httpAddress(), "localhost", "127.0.0.1")
                        .distinct()
                        .toList());
        var web = authority.web(settings.names());
        access.declare(routes);
        var site = Site.of(new ApiEndpoint(routes, access, settings));
        new PkiPages(authority.certificate(), web::certificate).declare(site);
        site.onPlain("GET", HealthPage.PATH, new HealthPage(database::answers));
        var enrolments =
                new Enrolments(database, clusters, hosts, authority, events, clock, origin(config) + "/ovirt-engine");
        site.on("POST", Enrolment.PATH, new Enrolment(enrolments));
        site.on("POST", HostTokens.PATH, new HostTokens(enrolments, clusters, access));
        access.declare(site);
        storage.declare(site);
        site.on("GET", AuditPage.PATH, new AuditPage(events, access));
        site.on("GET", OpenApiPage.PATH, new OpenApiPage(routes));
        var metrics = EngineMetrics.of(database, hosts, vms, domains, observedDomains, disks, operations);
        site.on("GET", MetricsPage.PATH, new MetricsPage(access, metrics::text));
        site.on("GET", ChangeStream.PATH, new ChangeStream(feed, access));
        var measurements = new Measurements(clusters, hosts, domains, observedDomains, vms, observedMachines);
        history = StatisticsHistory.start(database, clock, measurements);
        site.below(UsagePages.PATH, new UsagePages(history, measurements, access));
        site.on("GET", ServedMethods.PATH, new ServedMethods(routes));
        var preferences = new PreferencePages(database, access);
        site.on("GET", PreferencePages.PATH, preferences).on("PUT", PreferencePages.PATH, preferences);
        site.below(PlacementPages.PATH, new PlacementPages(vms, hosts, observedMachines, access));
        new PortalFiles().declare(site);

        // From here on the engine acts: first it hears the hosts, then it goes on with what it was doing.
        agents.listen(hosts);
        agents.listen(connectStorage);
        agents.listen(new GrowVolumes(database, disks, domains, volumes, events));
        agents.listen(copies);
        agents.listen(new VmWatch(
                database,
                vms,
                observedMachines,
                new KeptStates(database, agents),
                agents,
                operations,
                vmFeature.availability(),
                events));
        operations.resume();
        hosts.load();
        certificates.start();
        ovfs.start();
        poolKeeper = vmFeature.poolKeeper();
        poolKeeper.start();
        availability = vmFeature.availability();
        availability.start();
        database.change(tx ->
                events.add(tx, EventCode.ENGINE_STARTED, Asker.engine(), Concerns.NOTHING, "The engine has started."));
        hostWatch = new StatusWatch("hosts", () -> hostStatuses(hosts), (host, status) -> {
            feed.changed("hosts", host);
            vms.on(Id.of(host)).forEach(vm -> feed.changed("vms", vm.id().value()));
        });
        domainWatch = new StatusWatch(
                "storage domains",
                () -> domainStatuses(domains, observedDomains),
                (domain, status) -> feed.changed("storage_domains", domain));
        vncDoor = config.vncPort().map(port -> vmFeature.letVncIn(config.httpAddress(), port, access));
        server = HttpServer.start(settings, web, site.build(), Map.of(Consoles.PATH, vmFeature.consoles(access)));
    }

    static Engine start(EngineConfig config, Clock clock) {
        return new Engine(config, clock);
    }

    int httpsPort() {
        return server.httpsPort();
    }

    /** What permissions are given on, and what each of these lies in. */
    private static ObjectTree places(
            DataCenters dataCenters,
            Clusters clusters,
            Hosts hosts,
            Networks networks,
            StorageDomains domains,
            Disks disks,
            Templates templates,
            Vms vms,
            VmPools pools) {
        return new ObjectTree()
                .kind("data_center", "data_centers", dataCenters.model(), _ -> Stream.of())
                .kind(
                        "cluster",
                        "clusters",
                        clusters.model(),
                        cluster -> cluster.dataCenterId().stream().map(id -> Node.of("data_center", id)))
                .kind("host", "hosts", hosts.model(), host -> Stream.of(Node.of("cluster", host.cluster())))
                .kind("vm", "vms", vms.model(), vm -> Stream.of(Node.of("cluster", vm.cluster())))
                .kind("vm_pool", "vmpools", pools.model(), pool -> Stream.of(Node.of("cluster", pool.cluster())))
                .kind(
                        "template",
                        "templates",
                        templates.model(),
                        template -> Optional.ofNullable(template.cluster())
                                .flatMap(clusters.model()::find)
                                .flatMap(Cluster::dataCenterId)
                                .stream()
                                .map(id -> Node.of("data_center", id)))
                .kind(
                        "network",
                        "networks",
                        networks.model(),
                        network -> Stream.of(Node.of("data_center", network.dataCenter())))
                .kind(
                        "vnic_profile",
                        "vnic_profiles",
                        networks.profiles(),
                        profile -> Stream.of(Node.of("network", profile.network())))
                .kind(
                        "storage_domain",
                        "storage_domains",
                        domains.model(),
                        domain -> domain.dataCenterId().stream().map(id -> Node.of("data_center", id)))
                .kind(
                        "disk",
                        "disks",
                        disks.model(),
                        disk -> Stream.concat(
                                disk.domainId().stream().map(id -> Node.of("storage_domain", id)),
                                disks.ofDisk(disk.id()).stream()
                                        .flatMap(attachment -> Stream.concat(
                                                attachment.vmId().stream().map(id -> new Node("vm", id)),
                                                attachment.templateId().stream()
                                                        .map(id -> new Node("template", id))))));
    }

    /** How clients and hosts reach this engine. */
    private static String origin(EngineConfig config) {
        return "https://" + config.externalName() + ":" + config.httpsPort();
    }

    private static ApiSummary summary(Hosts hosts, StorageDomains domains, Vms vms, VmFeature machines) {
        long hostsUp = hosts.model().all().stream()
                .filter(host -> hosts.status(host) == HostStatus.UP)
                .count();
        return ApiSummary.builder()
                .hosts(item(hostsUp, hosts.model().size()))
                .storageDomains(item(domains.model().size(), domains.model().size()))
                .users(item(1, 1))
                .vms(item(machines.active(), vms.model().size()))
                .build();
    }

    private static Map<UUID, String> hostStatuses(Hosts hosts) {
        return hosts.model().all().stream()
                .collect(Collectors.toMap(
                        host -> host.id().value(), host -> hosts.status(host).name()));
    }

    private static Map<UUID, String> domainStatuses(StorageDomains domains, ObservedDomains observed) {
        return domains.model().all().stream()
                .collect(Collectors.toMap(
                        domain -> domain.id().value(),
                        domain -> observed.status(domain).name()));
    }

    private static ApiSummaryItem item(long active, long total) {
        return ApiSummaryItem.builder().active(active).total(total).build();
    }

    private static Database openDatabase(EngineConfig config) {
        return config.database()
                .map(external -> {
                    try {
                        return Database.external(
                                external.url(),
                                external.user(),
                                Files.readString(external.passwordFile()).strip());
                    } catch (IOException e) {
                        throw new UncheckedIOException(
                                "The database's password file " + external.passwordFile() + " cannot be read", e);
                    }
                })
                .orElseGet(() -> Database.embedded(config.dataDirectory().resolve("postgres")));
    }

    private static void makeDirectory(EngineConfig config) {
        try {
            Files.createDirectories(config.dataDirectory());
        } catch (IOException e) {
            throw new UncheckedIOException("The data directory " + config.dataDirectory() + " cannot be made", e);
        }
    }

    /** Stops taking requests, then hearing hosts, then the database; operations go on at the next start. */
    @Override
    public void close() {
        certificates.close();
        poolKeeper.close();
        operations.stop();
        hostWatch.close();
        domainWatch.close();
        history.close();
        feed.close();
        server.close();
        availability.close();
        vncDoor.ifPresent(VncDoor::close);
        ovfs.close();
        connectStorage.close();
        agents.close();
        database.change(tx ->
                events.add(tx, EventCode.ENGINE_STOPPED, Asker.engine(), Concerns.NOTHING, "The engine is stopping."));
        access.close();
        database.close();
    }
}
