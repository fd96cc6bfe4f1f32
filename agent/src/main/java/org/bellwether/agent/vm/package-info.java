/** Machines: their libvirt documents, their life, their migration. */
@NullMarked
package org.bellwether.agent.vm;

import org.jspecify.annotations.NullMarked;
