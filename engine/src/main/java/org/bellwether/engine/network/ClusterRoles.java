package org.bellwether.engine.network;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.NetworkUsage;
import org.bellwether.engine.platform.store.Transaction;

/**
 * What a network is for in a cluster beside its machines. Each of these roles belongs to one network of the cluster: who
 * takes one takes it from another, and what nobody has falls to the management network.
 */
final class ClusterRoles {

    private static final Set<NetworkUsage> ONE_EACH = EnumSet.of(
            NetworkUsage.DISPLAY,
            NetworkUsage.MIGRATION,
            NetworkUsage.MANAGEMENT,
            NetworkUsage.DEFAULT_ROUTE,
            NetworkUsage.GLUSTER);

    private ClusterRoles() {}

    static Set<NetworkUsage> of(ClusterNetwork attached) {
        var roles = EnumSet.noneOf(NetworkUsage.class);
        roles.addAll(Optional.ofNullable(attached.spec().usages()).orElse(List.of()));
        roles.retainAll(ONE_EACH);
        if (Boolean.TRUE.equals(attached.spec().display())) {
            roles.add(NetworkUsage.DISPLAY);
        }
        return roles;
    }

    /** The roles, and whether machines can be plugged in, which is the network's own. */
    static List<NetworkUsage> shown(Network network, ClusterNetwork attached) {
        var roles = EnumSet.copyOf(of(attached));
        if (Networks.forMachines(network)) {
            roles.add(NetworkUsage.VM);
        }
        return List.copyOf(roles);
    }

    /** Takes the roles of this one from the others of its cluster. */
    static void take(Transaction tx, Networks networks, ClusterNetwork taking) {
        var taken = of(taking);
        for (var other : List.copyOf(networks.ofCluster(taking.cluster()))) {
            if (!other.id().equals(taking.id())) {
                var left = EnumSet.copyOf(of(other));
                if (left.removeAll(taken)) {
                    set(tx, networks, other, left);
                }
            }
        }
        var mine = taking.name().equals(Networks.MANAGEMENT) ? taken : EnumSet.noneOf(NetworkUsage.class);
        rest(tx, networks, taking, mine, taken);
    }

    /** What a network that leaves had falls to the management network. */
    static void giveBack(Transaction tx, Networks networks, ClusterNetwork leaving) {
        rest(tx, networks, leaving, EnumSet.noneOf(NetworkUsage.class), EnumSet.noneOf(NetworkUsage.class));
    }

    private static void rest(
            Transaction tx,
            Networks networks,
            ClusterNetwork changed,
            Set<NetworkUsage> managements,
            Set<NetworkUsage> taken) {
        var free = EnumSet.copyOf(ONE_EACH);
        free.remove(NetworkUsage.GLUSTER);
        free.removeAll(taken);
        networks.ofCluster(changed.cluster()).stream()
                .filter(each -> !each.id().equals(changed.id()))
                .forEach(each -> free.removeAll(of(each)));
        var management = changed.name().equals(Networks.MANAGEMENT)
                ? Optional.of(changed)
                : networks.ofCluster(changed.cluster()).stream()
                        .filter(each -> each.name().equals(Networks.MANAGEMENT))
                        .findFirst();
        if (management.isPresent() && !free.isEmpty()) {
            var roles = EnumSet.copyOf(free);
            roles.addAll(managements.isEmpty() ? of(management.get()) : managements);
            roles.removeAll(management.get().id().equals(changed.id()) ? EnumSet.noneOf(NetworkUsage.class) : taken);
            set(tx, networks, management.get(), roles);
        }
    }

    private static void set(Transaction tx, Networks networks, ClusterNetwork network, Set<NetworkUsage> roles) {
        networks.updateAttachment(
                tx,
                network.id(),
                before -> new ClusterNetwork(
                        before.id(),
                        before.name(),
                        before.cluster(),
                        before.network(),
                        before.required(),
                        before.spec().toBuilder()
                                .usages(List.copyOf(roles))
                                .display(roles.contains(NetworkUsage.DISPLAY))
                                .build()));
    }
}
