/**
 * Who may do what: signing on, tokens, users, and the check of every permit. Start at
 * {@link org.bellwether.engine.access.Access}.
 */
@NullMarked
package org.bellwether.engine.access;

import org.jspecify.annotations.NullMarked;
