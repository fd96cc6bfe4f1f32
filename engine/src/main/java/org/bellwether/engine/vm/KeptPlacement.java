package org.bellwether.engine.vm;

import java.time.Instant;
import org.bellwether.engine.placement.Decision;

/** A decision where a machine goes, as it is kept. */
record KeptPlacement(Instant at, String occasion, Decision decision) {}
