/** Machines and templates as oVirt writes them down on storage: documents only, without input or output. */
@NullMarked
package org.bellwether.engine.ovf;

import org.jspecify.annotations.NullMarked;
