/** Backups of machines' disks, whole or of what changed, and the checkpoints from which changes are told. */
@NullMarked
package org.bellwether.engine.backup;

import org.jspecify.annotations.NullMarked;
