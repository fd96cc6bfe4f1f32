@NullMarked
package org.bellwether.libvirt;

import org.jspecify.annotations.NullMarked;
