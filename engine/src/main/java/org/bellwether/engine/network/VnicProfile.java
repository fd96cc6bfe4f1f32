package org.bellwether.engine.network;

import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/** How a machine's interface is plugged into a network. */
public record VnicProfile(
        Id<VnicProfile> id, String name, Id<Network> network, org.bellwether.api.types.VnicProfile spec)
        implements Stored<VnicProfile> {}
