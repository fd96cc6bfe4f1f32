/**
 * The oVirt v4 API as Java: its types, how they are written and read, and the routes by which they are reached.
 *
 * <p>Start at {@link org.bellwether.api.Codec} to read and write, at {@link org.bellwether.api.Routes} to find what a
 * path means, at {@link org.bellwether.api.StructType} to work over any type. The types themselves are generated at
 * build time into {@code org.bellwether.api.types}.
 */
@NullMarked
package org.bellwether.api;

import org.jspecify.annotations.NullMarked;
