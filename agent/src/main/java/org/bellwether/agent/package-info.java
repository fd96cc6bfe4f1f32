/** The daemon on every host: {@link org.bellwether.agent.AgentMain} shows everything it is made of. */
@NullMarked
package org.bellwether.agent;

import org.jspecify.annotations.NullMarked;
