@NullMarked
package org.bellwether.engine.host;

import org.jspecify.annotations.NullMarked;
