/**
 * The engine's own machine, kept alive by the hosts without the engine. Each host writes how it is into its place on a board on
 * the machine's storage domain and reads how the others are; the best one runs it. What makes sure that it never runs twice is
 * its lease, not the board.
 */
@NullMarked
package org.bellwether.agent.keeper;

import org.jspecify.annotations.NullMarked;
