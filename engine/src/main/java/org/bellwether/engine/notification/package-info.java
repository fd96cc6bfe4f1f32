@NullMarked
package org.bellwether.engine.notification;

import org.jspecify.annotations.NullMarked;
