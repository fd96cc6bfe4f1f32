/**
 * The door of the engine: HTTPS, the oVirt API's routes and manners, faults, and the few plain services beside them. Read
 * README.md in this folder first. Features register handlers in {@link org.bellwether.engine.platform.http.ApiRoutes} and
 * know nothing of Javalin.
 */
@NullMarked
package org.bellwether.engine.platform.http;

import org.jspecify.annotations.NullMarked;
