package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * Who has a machine of a pool; there is at most one for each machine, and it has the machine's id.
 *
 * @param name the user's
 */
record PoolUse(Id<PoolUse> id, String name, Id<VmPool> pool, UUID user, Instant since) implements Stored<PoolUse> {

    static Id<PoolUse> of(Id<Vm> vm) {
        return Id.of(vm.value());
    }

    Id<Vm> vm() {
        return Id.of(id.value());
    }
}
