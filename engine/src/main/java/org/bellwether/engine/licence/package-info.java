/** Licence zones: machines that run on declared cores only, and the evidence of it. */
@NullMarked
package org.bellwether.engine.licence;

import org.jspecify.annotations.NullMarked;
