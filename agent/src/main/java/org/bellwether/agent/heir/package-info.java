/** Machines of hosts that died, restarted by their peers while the engine is away: where people allowed that, and with leases. */
@NullMarked
package org.bellwether.agent.heir;

import org.jspecify.annotations.NullMarked;
