/** Storage domains in oVirt's V5 layout: connections, images, volumes, and long work on them. */
@NullMarked
package org.bellwether.agent.storage;

import org.jspecify.annotations.NullMarked;
