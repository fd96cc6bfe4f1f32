package org.bellwether.engine.power;

import java.util.Map;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * One way to switch a host's power.
 *
 * @param name its type, such as ipmilan
 * @param host whose power it switches
 * @param port 0: its usual one
 * @param order the smaller is tried first
 * @param concurrent whether it switches a part of the power only: the host is off when all such of the same order say so
 */
public record FenceAgent(
        Id<FenceAgent> id,
        String name,
        Id<Host> host,
        String address,
        int port,
        String username,
        @Nullable Sealed password,
        int order,
        boolean concurrent,
        boolean encryptOptions,
        Map<String, String> options)
        implements Stored<FenceAgent> {

    public FenceAgent {
        options = Map.copyOf(options);
    }
}
