package org.bellwether.engine.host;

import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * What people decided of a host.
 *
 * @param address where its agent listens: a name or an IP address
 * @param wanted whether it is to serve machines
 * @param spec the rest, as the API's own document
 */
public record Host(
        Id<Host> id,
        String name,
        Id<Cluster> cluster,
        String address,
        int port,
        Wanted wanted,
        org.bellwether.api.types.Host spec)
        implements Stored<Host> {

    /** What a person asked of the host last. */
    public enum Wanted {
        ACTIVE,
        MAINTENANCE
    }

    Host wanting(Wanted now) {
        return new Host(id, name, cluster, address, port, now, spec);
    }
}
