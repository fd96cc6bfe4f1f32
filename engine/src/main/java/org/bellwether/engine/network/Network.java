package org.bellwether.engine.network;

import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** A logical network of a data center. On hosts it is a bridge of the same name. */
public record Network(Id<Network> id, String name, Id<DataCenter> dataCenter, org.bellwether.api.types.Network spec)
        implements Stored<Network> {}
