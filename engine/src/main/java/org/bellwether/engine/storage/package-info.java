@NullMarked
package org.bellwether.engine.storage;

import org.jspecify.annotations.NullMarked;
