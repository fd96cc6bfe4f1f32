package org.bellwether.engine.vm;

import java.time.Instant;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * A cluster of which people were told that it can spare no host any more. It has the cluster's id, and is written down so
 * that an engine that is restarted does not tell them again.
 */
record LostSpare(Id<LostSpare> id, String name, Instant since) implements Stored<LostSpare> {

    static Id<LostSpare> of(Id<Cluster> cluster) {
        return Id.of(cluster.value());
    }
}
