/** The flags of libvirt's calls, one enum for each set. */
@NullMarked
package org.bellwether.libvirt.flags;

import org.jspecify.annotations.NullMarked;
