package org.bellwether.engine.platform.agents;

import java.util.UUID;

/** Where a host's agent listens, and the identity its certificate must carry. */
public record HostAddress(UUID hostId, String hostName, String address, int port) {}
