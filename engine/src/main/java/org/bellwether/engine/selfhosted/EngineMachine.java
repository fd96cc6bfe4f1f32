package org.bellwether.engine.selfhosted;

import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.vm.Vm;

/**
 * The machine that this engine runs in.
 *
 * @param board the disk on which the hosts that keep it tell each other how they are
 * @param address where hosts ask whether the engine answers: host:port
 * @param held whether hosts leave it alone, because it is still being made
 */
record EngineMachine(Id<EngineMachine> id, String name, Id<Vm> vm, Id<Disk> board, String address, boolean held)
        implements Stored<EngineMachine> {

    static final String NAME = "the engine's machine";
    private static final String ADDRESS = "([A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,60}\\]):[0-9]{1,5}";

    EngineMachine held(boolean now) {
        return new EngineMachine(id, name, vm, board, address, now);
    }

    static String checked(String address) {
        if (!address.matches(ADDRESS)) {
            throw Failure.badRequest("'" + address + "' is not where hosts could ask whether the engine answers")
                    .next("Write it as host:port");
        }
        return address;
    }
}
