package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import org.bellwether.agent.platform.FileIdentity;

/**
 * Owner and modes of what the agent makes on storage: 36:36 (vdsm:kvm of oVirt), so that a domain made here can be
 * used there.
 */
record Ownership(int user, int group) {
    static final Ownership OVIRT = new Ownership(FileIdentity.ID, FileIdentity.ID);

    static final Set<PosixFilePermission> TEXT = PosixFilePermissions.fromString("rw-r--r--");
    static final Set<PosixFilePermission> DATA = PosixFilePermissions.fromString("rw-rw----");
    static final Set<PosixFilePermission> DIRECTORY = PosixFilePermissions.fromString("rwxr-xr-x");

    void give(Path path, Set<PosixFilePermission> mode) throws IOException {
        Files.setPosixFilePermissions(path, mode);
        Files.setAttribute(path, "unix:uid", user);
        Files.setAttribute(path, "unix:gid", group);
    }
}
