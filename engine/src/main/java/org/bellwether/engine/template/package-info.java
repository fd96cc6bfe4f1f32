@NullMarked
package org.bellwether.engine.template;

import org.jspecify.annotations.NullMarked;
