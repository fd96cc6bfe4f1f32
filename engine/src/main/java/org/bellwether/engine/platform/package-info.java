/**
 * The words that every part of the engine speaks: how something fails ({@link Failure}), who asks ({@link Principal}),
 * what may be allowed ({@link Permit}) and what must never be printed ({@link Secret}). Knows no feature.
 */
@NullMarked
package org.bellwether.engine.platform;

import org.jspecify.annotations.NullMarked;
