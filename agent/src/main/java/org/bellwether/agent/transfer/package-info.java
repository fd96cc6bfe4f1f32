/** Bytes of disks, served over HTTPS next to where they lie, to whoever knows a transfer's ticket. */
@NullMarked
package org.bellwether.agent.transfer;

import org.jspecify.annotations.NullMarked;
