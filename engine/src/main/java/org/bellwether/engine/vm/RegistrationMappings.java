package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.RegistrationConfiguration;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.References;
import org.bellwether.engine.storage.StorageDomain;
import org.jspecify.annotations.Nullable;

/**
 * What the names in a machine's description stand for where it is registered.
 *
 * @param profiles what its interfaces are plugged into; the first that fits counts
 */
record RegistrationMappings(List<ProfileMapping> profiles) {

    /** An empty name fits each. */
    record ProfileMapping(String network, String profile, Id<VnicProfile> to) {
        private boolean fits(OvfNic nic) {
            return (network.isEmpty() || network.equals(nic.network()))
                    && (profile.isEmpty() || profile.equals(nic.profile()));
        }
    }

    static RegistrationMappings of(Action action, StorageDomain domain, Clusters clusters, Networks networks) {
        var wish = Optional.ofNullable(action.registrationConfiguration())
                .orElseGet(() -> RegistrationConfiguration.builder().build());
        requireCluster(action.cluster(), domain, clusters);
        for (var mapping : listed(wish.clusterMappings())) {
            requireCluster(mapping.to(), domain, clusters);
        }
        requireNone("affinity group", wish.affinityGroupMappings());
        requireNone("affinity label", wish.affinityLabelMappings());
        requireNone("LUN", wish.lunMappings());
        requireNone("role", wish.roleMappings());
        requireNone("user domain", wish.domainMappings());
        var profiles = new ArrayList<ProfileMapping>();
        for (var mapping : listed(wish.vnicProfileMappings())) {
            var from = mapping.from();
            profiles.add(mapping(
                    from == null || from.network() == null
                            ? null
                            : from.network().name(),
                    from == null ? null : from.name(),
                    mapping.to(),
                    domain,
                    networks));
        }
        for (var mapping : listed(action.vnicProfileMappings())) {
            profiles.add(mapping(
                    mapping.sourceNetworkName(),
                    mapping.sourceNetworkProfileName(),
                    mapping.targetVnicProfile(),
                    domain,
                    networks));
        }
        return new RegistrationMappings(List.copyOf(profiles));
    }

    private static ProfileMapping mapping(
            @Nullable String network,
            @Nullable String profile,
            org.bellwether.api.types.@Nullable VnicProfile to,
            StorageDomain domain,
            Networks networks) {
        String of = Stream.of(network, profile)
                .flatMap(Stream::ofNullable)
                .filter(name -> !name.isBlank())
                .findFirst()
                .orElseThrow(() -> Failure.badRequest("A mapping of vNIC profiles does not say from what")
                        .next("Give the name of the network, of its profile, or both"));
        if (to == null) {
            throw Failure.badRequest("The mapping of the vNIC profile of " + of + " does not say to what")
                    .next("Give the id of a vNIC profile");
        }
        var target = References.find(networks.profiles(), to, "vNIC profile");
        var there = networks.get(target.network());
        if (!domain.dataCenterId().equals(Optional.of(there.dataCenter()))) {
            throw Failure.badRequest("The vNIC profile " + target.name() + " cannot stand for " + of)
                    .because("its network " + there.name() + " is of another data center than the storage domain "
                            + domain.name())
                    .undone("Nothing was registered")
                    .next("Choose a vNIC profile of the storage domain's data center");
        }
        return new ProfileMapping(
                Optional.ofNullable(network).orElse(""),
                Optional.ofNullable(profile).orElse(""),
                target.id());
    }

    /** The hosts of one cluster alone reach a storage domain. */
    private static void requireCluster(@Nullable Cluster wanted, StorageDomain domain, Clusters clusters) {
        if (wanted == null) {
            return;
        }
        var cluster = References.find(clusters.model(), wanted, "cluster");
        if (!cluster.id().equals(domain.cluster())) {
            throw Failure.conflict("Nothing of the storage domain " + domain.name()
                            + " can be registered in the cluster " + cluster.name())
                    .because("the domain belongs to the cluster "
                            + clusters.get(domain.cluster()).name() + ", whose hosts alone reach it")
                    .next("Leave the cluster out, and move or export the machine afterwards");
        }
    }

    /** Nothing of that is taken from descriptions, so that a mapping of it would be without effect. */
    private static void requireNone(String kind, @Nullable Collection<?> mappings) {
        if (mappings != null && !mappings.isEmpty()) {
            throw Failure.badRequest("A mapping of the kind " + kind + " has no meaning here")
                    .because("what a machine's description says of that is not registered with the machine")
                    .next("Leave the mapping out, and set it at the machine afterwards");
        }
    }

    private static <T> List<T> listed(@Nullable List<T> mappings) {
        return mappings == null ? List.of() : mappings;
    }

    /** The profiles by the names of the interfaces, for those that a mapping fits. */
    Map<String, Id<VnicProfile>> of(List<OvfNic> nics) {
        Map<String, Id<VnicProfile>> byName = new HashMap<>();
        for (OvfNic nic : nics) {
            profiles.stream()
                    .filter(mapping -> mapping.fits(nic))
                    .findFirst()
                    .ifPresent(mapping -> byName.put(nic.name(), mapping.to()));
        }
        return byName;
    }
}
