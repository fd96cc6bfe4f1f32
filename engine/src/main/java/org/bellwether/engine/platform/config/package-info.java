@NullMarked
package org.bellwether.engine.platform.config;

import org.jspecify.annotations.NullMarked;
