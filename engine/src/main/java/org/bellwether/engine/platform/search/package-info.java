/**
 * The API's search language over objects in memory: {@code name=web* and status!=up sortby name desc page 2}. Features
 * declare what can be searched in a {@link org.bellwether.engine.platform.search.SearchSchema}; a query is parsed into a
 * tree of {@link org.bellwether.engine.platform.search.Criterion}s and compiled once into a predicate.
 */
@NullMarked
package org.bellwether.engine.platform.search;

import org.jspecify.annotations.NullMarked;
