@NullMarked
package org.bellwether.engine.event;

import org.jspecify.annotations.NullMarked;
