package org.bellwether.engine.storage;

import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;

/** The backups whose bytes may be fetched. Backups are a feature above storage, so what is needed of them is handed in. */
public interface BackupBytes {

    /** The host that has it; fails when there is no such backup. */
    Id<Host> host(UUID backup);

    /** Fails, in words, when the disk is not one of the backup or the backup is not ready to be fetched. */
    void requireReady(UUID backup, Id<Disk> disk);

    /** Where no backups are made. */
    final class None implements BackupBytes {
        @Override
        public Id<Host> host(UUID backup) {
            throw Failure.notFound("There is no backup " + backup);
        }

        @Override
        public void requireReady(UUID backup, Id<Disk> disk) {
            throw Failure.notFound("There is no backup " + backup);
        }
    }
}
