/** The host's networks: what the kernel has, what was decided, and the way from one to the other. */
@NullMarked
package org.bellwether.agent.network;

import org.jspecify.annotations.NullMarked;
