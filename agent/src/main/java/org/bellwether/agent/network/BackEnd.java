package org.bellwether.agent.network;

import java.time.Duration;
import org.bellwether.protocol.KernelNetworks;

/** Who makes the host's networks: NetworkManager where it rules, else this agent alone, with "ip". */
interface BackEnd {
    /**
     * Brings the host to the target. Doing it again does only what is still missing.
     *
     * @throws org.bellwether.agent.platform.Refusal with what failed and why; what was done before it is done
     */
    void to(KernelNetworks target);

    /**
     * Before a change on trial.
     *
     * @param longest after which it takes the change back by itself, if it can
     * @return what the change is taken back by; empty where nothing is needed for that
     */
    default String mark(Duration longest) {
        return "";
    }

    /** The change is made, and {@code trial} from now it is taken back unless somebody confirms. */
    default void tried(String mark, Duration trial) {}

    /** @throws org.bellwether.agent.platform.Refusal when not all of it can be brought back */
    default void takeBack(String mark, KernelNetworks before) {
        to(before);
    }

    /** Somebody confirmed the change in time. */
    default void keep(String mark) {}

    /** What holds now is to be there after a boot too, before this agent is. Without it the agent makes it then. */
    default void persist() {}
}
