@NullMarked
package org.bellwether.engine.network;

import org.jspecify.annotations.NullMarked;
