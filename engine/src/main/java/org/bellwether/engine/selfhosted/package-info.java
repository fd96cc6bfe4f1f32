/** The engine in a machine on its own hosts: which machine that is, and what the hosts are told so that they keep it alive. */
@NullMarked
package org.bellwether.engine.selfhosted;

import org.jspecify.annotations.NullMarked;
