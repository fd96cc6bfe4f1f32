/** How the engine is watched while it runs. */
@NullMarked
package org.bellwether.engine.platform.lifecycle;

import org.jspecify.annotations.NullMarked;
