package org.bellwether.engine.placement;

import java.util.UUID;

/**
 * A machine that should go elsewhere.
 *
 * @param reason why, as a clause for people
 */
public record Move(UUID machine, UUID from, UUID to, String reason) {}
