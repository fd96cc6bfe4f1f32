/** Who this host is: its key and certificate, how it got them, and who may command it. */
@NullMarked
package org.bellwether.agent.identity;

import org.jspecify.annotations.NullMarked;
