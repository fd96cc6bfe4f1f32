/** Memory of this host that machines do not need is used for those that do. */
@NullMarked
package org.bellwether.agent.memory;

import org.jspecify.annotations.NullMarked;
