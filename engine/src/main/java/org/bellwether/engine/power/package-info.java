@NullMarked
package org.bellwether.engine.power;

import org.jspecify.annotations.NullMarked;
