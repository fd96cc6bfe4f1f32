@NullMarked
package org.bellwether.api;

import org.jspecify.annotations.NullMarked;
