/** Backups: an instant of a machine's disks that stays readable while the machine runs on, and what changed since another. */
@NullMarked
package org.bellwether.agent.backup;

import org.jspecify.annotations.NullMarked;
