/** Hosts over SSH, before they have an agent. */
@NullMarked
package org.bellwether.engine.platform.ssh;

import org.jspecify.annotations.NullMarked;
