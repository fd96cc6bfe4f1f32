/** The networks of hosts: what was decided, what is found, and how one becomes the other. */
@NullMarked
package org.bellwether.engine.hostnetwork;

import org.jspecify.annotations.NullMarked;
