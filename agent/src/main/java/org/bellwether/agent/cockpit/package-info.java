/** Into this host's Cockpit for those whom the engine vouches for. */
@org.jspecify.annotations.NullMarked
package org.bellwether.agent.cockpit;
