package org.bellwether.engine.storage;

import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** Limits that a data center gives a name to. Throughput is in MiB a second, operations are a second's. */
record Qos(Id<Qos> id, String name, Id<DataCenter> dataCenter, org.bellwether.api.types.Qos spec)
        implements Stored<Qos> {}
