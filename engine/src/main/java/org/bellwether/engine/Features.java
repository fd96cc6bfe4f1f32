package org.bellwether.engine;

import java.security.KeyPair;
import java.util.Optional;
import org.bellwether.engine.backup.BackupFeature;
import org.bellwether.engine.event.EventsApi;
import org.bellwether.engine.host.Enrolments;
import org.bellwether.engine.host.HostDocuments;
import org.bellwether.engine.host.HostInstallations;
import org.bellwether.engine.host.HostScript;
import org.bellwether.engine.host.HostsApi;
import org.bellwether.engine.host.InstallHost;
import org.bellwether.engine.host.MaintainHost;
import org.bellwether.engine.host.RenewCertificates;
import org.bellwether.engine.host.RestoredEngine;
import org.bellwether.engine.host.SoftFence;
import org.bellwether.engine.host.UpgradeFeature;
import org.bellwether.engine.hostnetwork.HostNetworksApi;
import org.bellwether.engine.hostnetwork.RoleAddresses;
import org.bellwether.engine.inventory.AffinityLabelsApi;
import org.bellwether.engine.inventory.BookmarksApi;
import org.bellwether.engine.inventory.ClustersApi;
import org.bellwether.engine.inventory.CpuProfilesApi;
import org.bellwether.engine.inventory.DataCentersApi;
import org.bellwether.engine.licence.LicenceFeature;
import org.bellwether.engine.network.MacPoolsApi;
import org.bellwether.engine.network.NetworksApi;
import org.bellwether.engine.notification.NotificationFeature;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.power.ControllerHealth;
import org.bellwether.engine.power.HostPower;
import org.bellwether.engine.power.KdumpListener;
import org.bellwether.engine.quota.QuotaFeature;
import org.bellwether.engine.scheduling.AffinityGroupsApi;
import org.bellwether.engine.storage.ConnectStorage;
import org.bellwether.engine.storage.GrowVolumes;
import org.bellwether.engine.storage.ImageCopies;
import org.bellwether.engine.storage.StorageFeature;
import org.bellwether.engine.storage.TransferTickets;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.TemplateFeature;
import org.bellwether.engine.vm.CustomProperties;
import org.bellwether.engine.vm.KeptStates;
import org.bellwether.engine.vm.MigrationManner;
import org.bellwether.engine.vm.OvfFeature;
import org.bellwether.engine.vm.TemplateNics;
import org.bellwether.engine.vm.VmFeature;
import org.bellwether.engine.vm.VmHostDevices;
import org.bellwether.engine.vm.VmRules;
import org.bellwether.engine.vm.VmWatch;

/** What is done to the holdings, and how it is shown: one feature after the other, each with what it stands on. */
final class Features implements AutoCloseable {
    final BookmarksApi bookmarks;
    final NetworksApi networks;
    final ClustersApi clusters;
    final DataCentersApi dataCenters;
    final HostDocuments hostDocuments;
    final HostsApi hosts;
    final Enrolments enrolments;
    final HostNetworksApi hostNetworks;
    final RenewCertificates certificates;
    final Volumes volumes;
    final ImageCopies copies;
    final ConnectStorage connectStorage;
    final StorageFeature storage;
    final TemplateFeature templates;
    final VmFeature machines;
    final BackupFeature backups;
    final OvfFeature ovfs;
    final EventsApi events;
    final MacPoolsApi macPools;
    final CpuProfilesApi cpuProfiles;
    final AffinityLabelsApi labels;
    final AffinityGroupsApi groups;
    final QuotaFeature quotas;
    final VmRules rules;
    final NotificationFeature notifications;
    final RestoredEngine restored;
    final LicenceFeature licences;
    private final Optional<KdumpListener> kdump;
    final UpgradeFeature upgrades;
    final HostScript script;
    private final ControllerHealth controllers;

    Features(Ground ground, Holdings held) {
        var database = ground.database;
        var events = ground.events;
        var operations = ground.operations;
        var agents = ground.agents;
        this.events = new EventsApi(events, held.tree::nameOf);
        restored = new RestoredEngine(database, held.hosts, agents, events);
        notifications =
                new NotificationFeature(database, events, ground.clock, ground.config.externalName(), ground.instance);
        bookmarks = new BookmarksApi(database, events);
        bookmarks.load();
        networks = new NetworksApi(
                database,
                held.dataCenters,
                held.clusters,
                held.networks,
                held.hosts,
                held.diskProfiles::qosName,
                events);
        clusters = new ClustersApi(
                database,
                held.dataCenters,
                held.clusters,
                held.cpuTypes,
                (tx, cluster) -> {
                    networks.furnish(tx, cluster);
                    held.cpuProfiles.furnish(tx, cluster);
                },
                link -> References.find(held.macPools.model(), link, "MAC pool")
                        .id()
                        .value(),
                sent -> {
                    MigrationManner.check(sent.migration());
                    return held.policies.known(sent);
                },
                (tx, cluster) -> held.networks.detachAll(tx, cluster.id()),
                events);
        dataCenters = new DataCentersApi(
                database,
                held.dataCenters,
                held.clusters,
                clusters,
                held.observedDomains::status,
                networks::furnish,
                networks::clear,
                events);
        var summaries = new LateVms();
        var maintain = operations.known(new MaintainHost(held.hosts, summaries::evacuate, events));
        hostDocuments = new HostDocuments(held.hosts, held::spm, held.engineMachines::shown);
        enrolments = new Enrolments(
                database,
                held.clusters,
                held.hosts,
                ground.authority,
                ground.web::certificate,
                events,
                ground.clock,
                ground.origin() + "/ovirt-engine");
        script = new HostScript(
                ground.config.agentArchive(), () -> new KeyPair(ground.identity.publicKey(), ground.identity.key()));
        var install = operations.known(new InstallHost(
                held.hosts,
                enrolments,
                agents,
                events,
                ground.clock,
                script,
                ground.config.localAddress(),
                ground.config.httpsPort()));
        hosts = new HostsApi(
                database,
                held.hosts,
                held.clusters,
                hostDocuments,
                operations,
                maintain,
                new HostInstallations(held.hosts, held.clusters, operations, install, script, events),
                summaries::summary,
                summaries::committed,
                held.hostDecisions::forget,
                events);
        upgrades = new UpgradeFeature(
                database,
                operations,
                agents,
                events,
                held.hosts,
                held.clusters,
                script,
                summaries::evacuate,
                host -> Optional.ofNullable(summaries.summary(host).active()).orElse(0L));
        hostNetworks = new HostNetworksApi(
                database, held.hosts, held.networks, held.hostDecisions, agents, operations, events);
        certificates = new RenewCertificates(
                held.hosts, agents, ground.authority, ground.database, ground.events, ground.clock);
        volumes = new Volumes(held.domains, held.hosts, agents);
        copies = new ImageCopies(agents);
        connectStorage = new ConnectStorage(
                database, held.domains, held.observedDomains, held.hosts, agents, operations, events);
        storage = new StorageFeature(
                database,
                operations,
                agents,
                events,
                ground.clock,
                held.dataCenters,
                held.clusters,
                held.hosts,
                held.domains,
                held.disks,
                held.masters,
                held.observedDomains,
                volumes,
                copies,
                held.diskProfiles,
                held.diskUsers(),
                new TransferTickets(ground.identity.key()),
                held.backups,
                ground::origin);
        storage.load();
        macPools = new MacPoolsApi(database, held.macPools, events);
        cpuProfiles = new CpuProfilesApi(database, held.cpuProfiles, held.clusters, storage::qos, events);
        labels = new AffinityLabelsApi(
                database,
                held.labels,
                vm -> References.find(held.vms.model(), vm, "virtual machine")
                        .id()
                        .value(),
                host -> References.find(held.hosts.model(), host, "host").id().value(),
                events);
        licences = new LicenceFeature(
                database,
                held.licences,
                held.clusters,
                held.hosts,
                held.vms,
                held.observedMachines,
                events,
                ground.clock);
        quotas = new QuotaFeature(
                database, held.dataCenters, held.clusters, held.domains, held.vms, held.disks, held.quotas, events);
        rules = new VmRules(
                quotas::requireRoom,
                vm -> VmHostDevices.narrowed(held.vms, vm, held.labels.hostsFor(vm.value())),
                held.cpuProfiles::defaultOf,
                quotas::own,
                cluster -> held.policies.of(held.clusters.get(cluster)),
                held::affinity,
                held.licences,
                new CustomProperties(ground.config.vmProperties()));
        templates = new TemplateFeature(
                database,
                operations,
                events,
                ground.clock,
                held.dataCenters,
                held.clusters,
                held.domains,
                held.disks,
                storage.newDisks(),
                volumes,
                copies,
                held.templates,
                held.instanceTypes,
                new TemplateNics(held.vms).machines());
        kdump = ground.config
                .kdumpPort()
                .map(port -> KdumpListener.open(ground.config.httpAddress(), port, ground.clock));
        var power = new HostPower(held.hosts, held.clusters, held.fenceAgents, agents);
        controllers = new ControllerHealth(
                database, held.hosts, power, events, ground.config.power().controllers());
        machines = new VmFeature(
                database,
                operations,
                agents,
                events,
                ground.clock,
                held.clusters,
                held.hosts,
                held.networks,
                held.domains,
                held.disks,
                storage.newDisks(),
                storage.luns(),
                volumes,
                copies,
                held.templates,
                held.instanceTypes,
                held.vms,
                held.snapshots,
                held.pools,
                held.observedMachines,
                new RoleAddresses(held.hosts, held.networks, held.hostDecisions)::migration,
                rules,
                hosts.schema(),
                power,
                storage::alive,
                new SoftFence(database, script, events),
                upgrades,
                host -> kdump.filter(listener -> listener.dumping(host)).isPresent(),
                ground.config.silence().quiet(),
                ground.config.power().empty(),
                ground.config.externalName());
        summaries.are(machines);
        groups = new AffinityGroupsApi(
                database,
                held.groups,
                held.clusters,
                held::vmOfCluster,
                held::hostOfCluster,
                (label, _) -> References.find(held.labels.model(), label, "affinity label")
                        .id()
                        .value(),
                group -> machines.placement().broken(group.cluster(), group.id().value()),
                events);
        backups = new BackupFeature(
                database,
                operations,
                agents,
                events,
                ground.clock,
                held.vms,
                held.disks,
                held.domains,
                volumes,
                held.backups,
                storage::isFetched);
        ovfs = new OvfFeature(
                database,
                held.feed,
                held.domains,
                held.observedDomains,
                held.disks,
                held.vms,
                held.templates,
                held.clusters,
                held.networks,
                rules.properties(),
                machines.returningLease(),
                storage,
                operations,
                events,
                ground.clock);
    }

    /** First the hosts are heard, then the operations go on with what they were doing. */
    void start(Ground ground, Holdings held) {
        var agents = ground.agents;
        agents.listen(held.hosts);
        agents.listen(connectStorage);
        agents.listen(new GrowVolumes(ground.database, held.disks, held.domains, volumes, ground.events));
        agents.listen(copies);
        agents.listen(machines.placement().loads());
        agents.listen(licences.watch());
        agents.listen(new VmWatch(
                ground.database,
                held.vms,
                held.observedMachines,
                new KeptStates(ground.database, agents, held.clusters),
                agents,
                ground.operations,
                machines.availability(),
                ground.events));
        held.hosts.load();
        ground.operations.resume();
        held.hosts.connect();
        restored.start();
        certificates.start();
        ovfs.start();
        machines.poolKeeper().start();
        machines.watch();
        controllers.start();
        upgrades.start();
        licences.watch().start();
        machines.schedules().keeper().start();
        notifications.start();
    }

    /** What of it looks after things by itself; operations are stopped apart. */
    @Override
    public void close() {
        kdump.ifPresent(KdumpListener::close);
        controllers.close();
        upgrades.close();
        licences.watch().close();
        restored.close();
        certificates.close();
        notifications.close();
        machines.stopWatching();
        ovfs.close();
        connectStorage.close();
    }
}
