/** The power of other hosts. */
@NullMarked
package org.bellwether.agent.power;

import org.jspecify.annotations.NullMarked;
