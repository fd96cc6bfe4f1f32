@NullMarked
package org.bellwether.engine.platform.store;

import org.jspecify.annotations.NullMarked;
