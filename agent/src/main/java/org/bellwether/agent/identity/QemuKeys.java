package org.bellwether.agent.identity;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import org.bellwether.agent.platform.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A copy of this host's key and certificates for QEMU, which reads them itself when a migration is encrypted, and is not root.
 * Whoever made the directory said by its group who that is; where there is none, nothing is copied.
 */
public final class QemuKeys {
    private static final Logger LOG = LoggerFactory.getLogger(QemuKeys.class);
    private static final Path DIRECTORY = Path.of("/etc/pki/bellwether-qemu");
    private static final List<String> FILES =
            List.of("ca-cert.pem", "server-key.pem", "client-key.pem", "server-cert.pem", "client-cert.pem");
    private static final Set<PosixFilePermission> GROUP = PosixFilePermissions.fromString("rw-r-----");

    private QemuKeys() {}

    /** At each start of the agent, and whenever the certificate was renewed. */
    public static void copy(HostIdentity identity) {
        copy(identity.directory(), DIRECTORY);
    }

    static void copy(Path from, Path to) {
        if (!Files.isDirectory(to)) {
            return;
        }
        try {
            for (String name : FILES) {
                byte[] content = Files.readAllBytes(from.resolve(name));
                Path copy = to.resolve(name);
                AtomicFile.write(copy, content, GROUP);
            }
        } catch (IOException e) {
            LOG.warn("QEMU is given no certificates, so machines cannot migrate encrypted: {}", e.toString());
        }
    }
}
