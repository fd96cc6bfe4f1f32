/** {@code bellwether engine …}: running the engine, on its machine. A process of its own beside the engine, or without it. */
@NullMarked
package org.bellwether.engine.command;

import org.jspecify.annotations.NullMarked;
