package org.bellwether.engine.inventory;

import java.util.HashSet;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A label on machines and hosts.
 *
 * @param implicit whether a machine with the label runs only on hosts with it
 */
public record AffinityLabel(
        Id<AffinityLabel> id, String name, String comment, boolean implicit, Set<UUID> vms, Set<UUID> hosts)
        implements Stored<AffinityLabel> {

    /** What can have a label. */
    enum Side {
        VM,
        HOST
    }

    public AffinityLabel {
        vms = Set.copyOf(vms);
        hosts = Set.copyOf(hosts);
    }

    Set<UUID> on(Side side) {
        return side == Side.VM ? vms : hosts;
    }

    AffinityLabel with(Side side, UUID object) {
        return changed(side, object, true);
    }

    AffinityLabel without(Side side, UUID object) {
        return changed(side, object, false);
    }

    private AffinityLabel changed(Side side, UUID object, boolean on) {
        Set<UUID> objects = new HashSet<>(on(side));
        if (on) {
            objects.add(object);
        } else {
            objects.remove(object);
        }
        return side == Side.VM
                ? new AffinityLabel(id, name, comment, implicit, objects, hosts)
                : new AffinityLabel(id, name, comment, implicit, vms, objects);
    }
}
