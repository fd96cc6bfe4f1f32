/** The change feed: who looks at objects hears of their changes instead of asking again and again. */
@org.jspecify.annotations.NullMarked
package org.bellwether.engine.platform.feed;
