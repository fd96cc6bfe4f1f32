@NullMarked
package org.bellwether.engine.scheduling;

import org.jspecify.annotations.NullMarked;
