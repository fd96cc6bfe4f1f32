/**
 * libvirt's C functions and structures, declared once and nothing more: no policy, no errors of libvirt's own. Users of the library
 * want the package above. Tests compare every declaration here with the C headers.
 */
@NullMarked
package org.bellwether.libvirt.foreign;

import org.jspecify.annotations.NullMarked;
