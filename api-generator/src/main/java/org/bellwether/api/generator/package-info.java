@NullMarked
package org.bellwether.api.generator;

import org.jspecify.annotations.NullMarked;
