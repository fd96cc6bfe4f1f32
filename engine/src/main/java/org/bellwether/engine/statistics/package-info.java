@NullMarked
package org.bellwether.engine.statistics;

import org.jspecify.annotations.NullMarked;
