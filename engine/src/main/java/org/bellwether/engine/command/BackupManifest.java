package org.bellwether.engine.command;

import java.time.Instant;
import java.util.List;
import org.bellwether.engine.platform.store.DatabaseContents;

/**
 * The first file of a backup: what the others are.
 *
 * @param engine the name by which people reach the engine that was saved
 */
record BackupManifest(
        String format, int version, Instant made, String engine, List<Part> parts, DatabaseContents database) {

    static final String NAME = "backup.json";
    static final String FORMAT = "bellwether-engine-backup";
    static final int VERSION = 1;

    static final String CONFIGURATION = "engine.properties";
    static final String SECRETS_KEY = "secrets.key";
    static final String ADMIN_PASSWORD = "admin-password";
    static final String DATABASE_PASSWORD = "database-password";
    static final String PKI = "pki/";
    static final String TABLES = "database/";

    /** A file of the backup. */
    record Part(String name, long size, String sha256) {
        /** Whether the name is one that a backup has: nothing else is written anywhere. */
        boolean known() {
            return name.matches("engine\\.properties|secrets\\.key|admin-password|database-password"
                    + "|pki/[a-z]+\\.(pem|crt)|database/[a-z_]+\\.copy");
        }
    }
}
