package org.bellwether.engine;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.api.Struct;
import org.bellwether.engine.access.ObjectTree;
import org.bellwether.engine.access.ObjectTree.Node;
import org.bellwether.engine.backup.Backups;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostFitness;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.hostnetwork.Decisions;
import org.bellwether.engine.inventory.AffinityLabels;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.CpuProfiles;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.inventory.DataCenters;
import org.bellwether.engine.inventory.Tags;
import org.bellwether.engine.licence.LicenceZones;
import org.bellwether.engine.network.MacPools;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.placement.Affinity;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.feed.ChangeFeed;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.power.FenceAgents;
import org.bellwether.engine.quota.Quotas;
import org.bellwether.engine.scheduling.AffinityGroups;
import org.bellwether.engine.scheduling.SchedulingPolicies;
import org.bellwether.engine.selfhosted.EngineMachines;
import org.bellwether.engine.storage.DiskProfiles;
import org.bellwether.engine.storage.DiskUsers;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.MasterDomains;
import org.bellwether.engine.storage.ObservedDomains;
import org.bellwether.engine.storage.StorageDomains;
import org.bellwether.engine.template.InstanceTypes;
import org.bellwether.engine.template.Templates;
import org.bellwether.engine.vm.MachineDefinitions;
import org.bellwether.engine.vm.NicDevices;
import org.bellwether.engine.vm.ObservedMachines;
import org.bellwether.engine.vm.Snapshots;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.VmPools;
import org.bellwether.engine.vm.Vms;

/** What people decided, feature by feature, and what is observed of it; all of it in memory. */
final class Holdings {
    final CpuTypes cpuTypes = CpuTypes.load();
    final DataCenters dataCenters;
    final Clusters clusters;
    final Networks networks;
    final Decisions hostDecisions;
    final Hosts hosts;
    final StorageDomains domains;
    final Disks disks;
    final DiskProfiles diskProfiles;
    final Templates templates;
    final InstanceTypes instanceTypes;
    final ObservedMachines observedMachines = new ObservedMachines();
    final MacPools macPools;
    final CpuProfiles cpuProfiles;
    final AffinityLabels labels;
    final AffinityGroups groups;
    final FenceAgents fenceAgents;
    final EngineMachines engineMachines = new EngineMachines();
    final SchedulingPolicies policies = new SchedulingPolicies();
    final Quotas quotas;
    final Vms vms;
    final Snapshots snapshots;
    final VmPools pools;
    final Backups backups;
    final Tags tags;
    final LicenceZones licences = new LicenceZones();
    final MasterDomains masters;
    final ObservedDomains observedDomains;
    final ObjectTree tree;
    final ChangeFeed feed;

    Holdings(Ground ground) {
        var database = ground.database;
        dataCenters = new DataCenters(database);
        clusters = new Clusters(database, ground.events);
        networks = new Networks(database);
        hostDecisions = new Decisions(database);
        hosts = new Hosts(
                database,
                ground.agents,
                ground.operations,
                new HostFitness(clusters, cpuTypes, networks, hostDecisions),
                ground.events,
                ground.config.silence().patience(),
                ground.clock);
        domains = new StorageDomains(database);
        disks = new Disks(database, ground.clock);
        diskProfiles = new DiskProfiles(database, domains);
        templates = new Templates(database);
        instanceTypes = new InstanceTypes(database);
        macPools = new MacPools(database, clusters, ground.instance.hashCode());
        cpuProfiles = new CpuProfiles(database, clusters);
        labels = new AffinityLabels(database);
        groups = new AffinityGroups(database, labels);
        fenceAgents = new FenceAgents(database);
        quotas = new Quotas(database, dataCenters);
        vms = new Vms(
                database,
                ground.agents,
                ground.operations,
                observedMachines,
                disks,
                new MachineDefinitions(
                        clusters,
                        cpuTypes,
                        new NicDevices(networks, diskProfiles::limitsOf),
                        disks,
                        diskProfiles::limits),
                macPools,
                ground.clock);
        snapshots = new Snapshots(database);
        pools = new VmPools(database);
        backups = new Backups(database, ground.clock);
        tags = new Tags(database);
        masters = new MasterDomains(domains, dataCenters);
        observedDomains = new ObservedDomains(domains, masters, clusters, hosts, ground.operations);
        load();
        policies.load(database);
        engineMachines.load(database);
        licences.load(database);
        tree = places();
        diskProfiles.declare(tree);
        tree.kind("mac_pool", "mac_pools", macPools.model(), _ -> Stream.of())
                .kind(
                        "cpu_profile",
                        "cpu_profiles",
                        cpuProfiles.model(),
                        profile -> Stream.of(Node.of("cluster", profile.cluster())))
                .kind(
                        "quota",
                        "quotas",
                        quotas.model(),
                        quota -> Stream.of(Node.of("data_center", quota.dataCenter())));
        feed = new ChangeFeed(UUID.randomUUID().toString(), tree::tableOf);
        feed.follow(database);
        observedMachines.listen(vm -> feed.changed("vms", vm.value()));
        new FirstStart(database, dataCenters, clusters, networks).prepare();
        cpuProfiles.load();
        quotas.load();
        templates.ensureBlank(ground.clock);
        instanceTypes.ensureSeeds();
    }

    private void load() {
        dataCenters.load();
        clusters.load();
        macPools.load();
        labels.load();
        groups.load();
        fenceAgents.load();
        networks.load();
        domains.load();
        disks.load();
        diskProfiles.load();
        templates.load();
        vms.load();
        snapshots.load();
        hostDecisions.load();
        instanceTypes.load();
        pools.load();
        backups.load();
        tags.load();
    }

    /** What permissions are given on, and what each of these lies in. */
    private ObjectTree places() {
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

    /** A cluster's affinity groups with those of its machines and hosts that are in them. */
    List<Affinity> affinity(Id<Cluster> cluster) {
        return groups.of(
                cluster,
                id -> vms.model()
                        .find(Id.<Vm>of(id))
                        .filter(vm -> vm.cluster().equals(cluster))
                        .map(Vm::name),
                id -> hosts.model()
                        .find(Id.<Host>of(id))
                        .filter(host -> host.cluster().equals(cluster))
                        .map(Host::name));
    }

    UUID vmOfCluster(Struct reference, Id<Cluster> cluster) {
        var vm = References.find(vms.model(), reference, "virtual machine");
        if (!vm.cluster().equals(cluster)) {
            throw elsewhere("VM " + vm.name(), cluster);
        }
        return vm.id().value();
    }

    UUID hostOfCluster(Struct reference, Id<Cluster> cluster) {
        var host = References.find(hosts.model(), reference, "host");
        if (!host.cluster().equals(cluster)) {
            throw elsewhere("Host " + host.name(), cluster);
        }
        return host.id().value();
    }

    private Failure elsewhere(String what, Id<Cluster> cluster) {
        return Failure.conflict(
                what + " is not in the cluster " + clusters.get(cluster).name());
    }

    DiskUsers diskUsers() {
        return new DiskUsers(
                disks,
                id -> vms.model()
                        .find(Id.of(id))
                        .map(vm -> new DiskUsers.Machine(vm.name(), vm.hostId(), snapshots.looking(vm.id()))),
                (vm, disk) -> snapshots.names(Id.of(vm), disk));
    }

    /** The host that changes the metadata of its data center's storage. */
    boolean spm(Id<Host> host) {
        return clusters.get(hosts.get(host).cluster())
                .dataCenterId()
                .flatMap(observedDomains::spm)
                .filter(host::equals)
                .isPresent();
    }
}
