/** What this host is and how it is doing. */
@NullMarked
package org.bellwether.agent.host;

import org.jspecify.annotations.NullMarked;
