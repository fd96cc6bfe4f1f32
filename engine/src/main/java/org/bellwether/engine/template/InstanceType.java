package org.bellwether.engine.template;

import java.time.Instant;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** A size that machines come in: memory, processors and what goes with them, under a name. */
public record InstanceType(
        Id<InstanceType> id, String name, Instant created, org.bellwether.api.types.InstanceType spec)
        implements Stored<InstanceType> {

    InstanceType changed(String newName, org.bellwether.api.types.InstanceType newSpec) {
        return new InstanceType(id, newName, created, newSpec);
    }
}
