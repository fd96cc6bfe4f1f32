package org.bellwether.engine.placement;

import java.util.Set;
import java.util.UUID;

/**
 * What of a cluster a host reaches, or a machine needs to reach.
 *
 * @param domains storage domains
 * @param leases storage domains on which leases can be taken
 * @param networks bridges
 */
public record Reach(Set<UUID> domains, Set<UUID> leases, Set<String> networks) {}
