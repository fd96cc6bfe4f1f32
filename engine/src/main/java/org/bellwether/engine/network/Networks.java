package org.bellwether.engine.network;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.api.types.NetworkFilter;
import org.bellwether.api.types.NetworkLabel;
import org.bellwether.api.types.NetworkUsage;
import org.bellwether.api.types.VnicPassThrough;
import org.bellwether.api.types.VnicPassThroughMode;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Lookup;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.ReadModel;
import org.bellwether.engine.platform.store.Transaction;

/** All logical networks, their clusters and their vNIC profiles. */
public final class Networks {

    /** The network that every data center begins with, and over which engine and hosts talk. */
    public static final String MANAGEMENT = "ovirtmgmt";

    private final Database database;
    private final ObjectTable<Network> networks = new ObjectTable<>(
            "networks",
            "network",
            Network.class,
            network -> Map.of("data_center_id", network.dataCenter().value()));
    private final ObjectTable<ClusterNetwork> attachments = new ObjectTable<>(
            "cluster_networks",
            "network of the cluster",
            ClusterNetwork.class,
            each -> Map.of(
                    "cluster_id",
                    each.cluster().value(),
                    "network_id",
                    each.network().value()));
    private final ObjectTable<VnicProfile> profiles = new ObjectTable<>(
            "vnic_profiles",
            "vNIC profile",
            VnicProfile.class,
            profile -> Map.of("network_id", profile.network().value()));
    private final Lookup<Id<DataCenter>, Network> byDataCenter =
            networks.model().indexedBy(network -> Optional.of(network.dataCenter()));
    private final Lookup<Id<Cluster>, ClusterNetwork> byCluster =
            attachments.model().indexedBy(each -> Optional.of(each.cluster()));
    private final Lookup<Id<Network>, ClusterNetwork> attachmentsByNetwork =
            attachments.model().indexedBy(each -> Optional.of(each.network()));
    private final Lookup<Id<Network>, VnicProfile> profilesByNetwork =
            profiles.model().indexedBy(profile -> Optional.of(profile.network()));

    public Networks(Database database) {
        this.database = database;
    }

    /** What the management network is like. */
    public static org.bellwether.api.types.Network managementSpec() {
        return org.bellwether.api.types.Network.builder()
                .comment("")
                .description("Management network")
                .mtu(0L)
                .portIsolation(false)
                .stp(false)
                .usages(List.of(NetworkUsage.VM))
                .build();
    }

    /** What a vNIC profile has that was added without saying. */
    public static org.bellwether.api.types.VnicProfile profileDefaults() {
        return org.bellwether.api.types.VnicProfile.builder()
                .comment("")
                .description("")
                .migratable(true)
                .networkFilter(NetworkFilter.builder()
                        .id(Seeds.NO_MAC_SPOOFING.toString())
                        .build())
                .passThrough(VnicPassThrough.builder()
                        .mode(VnicPassThroughMode.DISABLED)
                        .build())
                .portMirroring(false)
                .build();
    }

    public void load() {
        networks.load(database);
        attachments.load(database);
        profiles.load(database);
    }

    public ReadModel<Network> model() {
        return networks.model();
    }

    public ReadModel<VnicProfile> profiles() {
        return profiles.model();
    }

    /** The network, or a failure that says that there is none. */
    public Network get(Id<Network> id) {
        return networks.get(id);
    }

    /** The vNIC profile, or a failure that says that there is none. */
    public VnicProfile profile(Id<VnicProfile> id) {
        return profiles.get(id);
    }

    public Collection<Network> ofDataCenter(Id<DataCenter> dataCenter) {
        return byDataCenter.of(dataCenter);
    }

    public Collection<ClusterNetwork> ofCluster(Id<Cluster> cluster) {
        return byCluster.of(cluster);
    }

    public Collection<VnicProfile> profilesOf(Id<Network> network) {
        return profilesByNetwork.of(network);
    }

    Collection<ClusterNetwork> clustersOf(Id<Network> network) {
        return attachmentsByNetwork.of(network);
    }

    /** The networks that a host of the cluster must have. */
    public List<Network> requiredIn(Id<Cluster> cluster) {
        return byCluster.of(cluster).stream()
                .filter(ClusterNetwork::required)
                .flatMap(each -> networks.model().find(each.network()).stream())
                .sorted(Comparator.comparing(Network::name))
                .toList();
    }

    /** Whether machines can be plugged into it. */
    public static boolean forMachines(Network network) {
        var usages = network.spec().usages();
        return usages == null || usages.contains(NetworkUsage.VM);
    }

    /** Adds a network and a vNIC profile of its name. */
    public Network insert(Transaction tx, Network network, boolean withProfile) {
        networks.insert(tx, network);
        if (withProfile && forMachines(network)) {
            insert(tx, new VnicProfile(Id.random(), network.name(), network.id(), profileDefaults()));
        }
        return network;
    }

    public void insert(Transaction tx, VnicProfile profile) {
        profiles.insert(tx, profile);
    }

    /** Attaches a network to a cluster. */
    public ClusterNetwork attach(
            Transaction tx,
            Id<Cluster> cluster,
            Network network,
            boolean required,
            org.bellwether.api.types.Network roles) {
        var attached = new ClusterNetwork(
                Id.of(UUID.nameUUIDFromBytes(
                        (cluster + "/" + network.id()).getBytes(java.nio.charset.StandardCharsets.UTF_8))),
                network.name(),
                cluster,
                network.id(),
                required,
                roles);
        attachments.insert(tx, attached);
        return attached;
    }

    Network update(Transaction tx, Id<Network> id, Function<Network, Network> change) {
        return networks.update(tx, id, change);
    }

    /** Gives a network its label, or takes it away. */
    public void label(Transaction tx, Id<Network> id, Optional<String> label) {
        networks.update(
                tx,
                id,
                network -> new Network(
                        id,
                        network.name(),
                        network.dataCenter(),
                        network.spec().toBuilder()
                                .networkLabels(label
                                        .map(each ->
                                                NetworkLabel.builder().id(each).build())
                                        .stream()
                                        .toList())
                                .build()));
    }

    ClusterNetwork updateAttachment(
            Transaction tx, Id<ClusterNetwork> id, Function<ClusterNetwork, ClusterNetwork> change) {
        return attachments.update(tx, id, change);
    }

    VnicProfile updateProfile(Transaction tx, Id<VnicProfile> id, Function<VnicProfile, VnicProfile> change) {
        return profiles.update(tx, id, change);
    }

    void detach(Transaction tx, Id<ClusterNetwork> id) {
        attachments.delete(tx, id);
    }

    /** Lets go of all networks of a cluster that is being removed. */
    public void detachAll(Transaction tx, Id<Cluster> cluster) {
        byCluster.of(cluster).forEach(each -> attachments.delete(tx, each.id()));
    }

    /** Removes a network with its profiles and what attaches it to clusters. */
    public void delete(Transaction tx, Id<Network> id) {
        profilesOf(id).forEach(profile -> profiles.delete(tx, profile.id()));
        clustersOf(id).forEach(each -> attachments.delete(tx, each.id()));
        networks.delete(tx, id);
    }

    void deleteProfile(Transaction tx, Id<VnicProfile> id) {
        profiles.delete(tx, id);
    }
}
