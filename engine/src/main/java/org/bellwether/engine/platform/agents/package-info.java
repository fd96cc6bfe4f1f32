@NullMarked
package org.bellwether.engine.platform.agents;

import org.jspecify.annotations.NullMarked;
