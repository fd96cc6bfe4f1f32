@NullMarked
package org.bellwether.engine.placement;

import org.jspecify.annotations.NullMarked;
