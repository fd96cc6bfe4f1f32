@NullMarked
package org.bellwether.engine;

import org.jspecify.annotations.NullMarked;
