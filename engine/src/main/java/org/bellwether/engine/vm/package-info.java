@NullMarked
package org.bellwether.engine.vm;

import org.jspecify.annotations.NullMarked;
