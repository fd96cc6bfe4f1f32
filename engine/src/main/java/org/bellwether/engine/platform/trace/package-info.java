@NullMarked
package org.bellwether.engine.platform.trace;

import org.jspecify.annotations.NullMarked;
