@NullMarked
package org.bellwether.cli;

import org.jspecify.annotations.NullMarked;
