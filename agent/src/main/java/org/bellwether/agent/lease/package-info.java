/** Leases by sanlock: who may change a storage domain, and which host runs a machine. */
@NullMarked
package org.bellwether.agent.lease;

import org.jspecify.annotations.NullMarked;
