package org.bellwether.engine.network;

import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A network attached to a cluster.
 *
 * @param name the network's
 * @param required whether a host without it does not fit the cluster
 * @param spec the roles it has there, as the API's own document
 */
public record ClusterNetwork(
        Id<ClusterNetwork> id,
        String name,
        Id<Cluster> cluster,
        Id<Network> network,
        boolean required,
        org.bellwether.api.types.Network spec)
        implements Stored<ClusterNetwork> {}
