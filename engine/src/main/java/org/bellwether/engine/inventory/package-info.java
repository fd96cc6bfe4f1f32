@NullMarked
package org.bellwether.engine.inventory;

import org.jspecify.annotations.NullMarked;
