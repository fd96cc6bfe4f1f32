@NullMarked
package org.bellwether.engine.platform.operation;

import org.jspecify.annotations.NullMarked;
