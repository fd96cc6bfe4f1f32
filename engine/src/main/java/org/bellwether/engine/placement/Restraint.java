package org.bellwether.engine.placement;

import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * What keeps a plan from asking too much at once.
 *
 * @param migrating how many migrations each host is an end of now
 * @param resting hosts whose load changed so lately that it says little, and machines that have just been moved
 * @param atOnce how many migrations a host may be an end of
 */
public record Restraint(Map<UUID, Integer> migrating, Set<UUID> resting, int atOnce) {}
