/** The stream from this host to the engine. */
@NullMarked
package org.bellwether.agent.watch;

import org.jspecify.annotations.NullMarked;
