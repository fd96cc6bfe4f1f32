@NullMarked
package org.bellwether.engine.preference;

import org.jspecify.annotations.NullMarked;
