package org.bellwether.engine.scheduling;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Affinity.Rule;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** What people decided of an affinity group; its members by id, for each kind. */
public record AffinityGroup(
        Id<AffinityGroup> id,
        String name,
        Id<Cluster> cluster,
        String description,
        double priority,
        Rule machineRule,
        Rule hostRule,
        Set<UUID> vms,
        Set<UUID> hosts,
        Set<UUID> vmLabels,
        Set<UUID> hostLabels)
        implements Stored<AffinityGroup> {

    /** What can be in a group. */
    enum Side {
        VM,
        HOST,
        VM_LABEL,
        HOST_LABEL
    }

    public AffinityGroup {
        vms = Set.copyOf(vms);
        hosts = Set.copyOf(hosts);
        vmLabels = Set.copyOf(vmLabels);
        hostLabels = Set.copyOf(hostLabels);
    }

    Set<UUID> on(Side side) {
        return switch (side) {
            case VM -> vms;
            case HOST -> hosts;
            case VM_LABEL -> vmLabels;
            case HOST_LABEL -> hostLabels;
        };
    }

    AffinityGroup with(Side side, UUID member) {
        Set<UUID> members = new HashSet<>(on(side));
        members.add(member);
        return having(side, members);
    }

    AffinityGroup without(Side side, UUID member) {
        Set<UUID> members = new HashSet<>(on(side));
        members.remove(member);
        return having(side, members);
    }

    AffinityGroup having(Side side, Set<UUID> members) {
        return new AffinityGroup(
                id,
                name,
                cluster,
                description,
                priority,
                machineRule,
                hostRule,
                side == Side.VM ? members : vms,
                side == Side.HOST ? members : hosts,
                side == Side.VM_LABEL ? members : vmLabels,
                side == Side.HOST_LABEL ? members : hostLabels);
    }
}
