@NullMarked
package org.bellwether.agent;

import org.jspecify.annotations.NullMarked;
