@NullMarked
package org.bellwether.engine.quota;

import org.jspecify.annotations.NullMarked;
