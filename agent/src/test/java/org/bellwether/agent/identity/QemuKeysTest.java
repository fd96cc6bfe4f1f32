package org.bellwether.agent.identity;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class QemuKeysTest {

    @Test
    void whoever_is_in_the_directorys_group_can_read_the_copies_and_nobody_else_can(@TempDir Path folder)
            throws IOException {
        Path from = Files.createDirectory(folder.resolve("pki"));
        for (String name :
                List.of("ca-cert.pem", "server-key.pem", "client-key.pem", "server-cert.pem", "client-cert.pem")) {
            Files.writeString(from.resolve(name), name);
        }
        Path to = folder.resolve("qemu");
        QemuKeys.copy(from, to);
        assertThat(to).as("nobody asked for it").doesNotExist();
        Files.createDirectory(to);
        QemuKeys.copy(from, to);
        assertThat(to.resolve("client-key.pem")).hasContent("client-key.pem");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(to.resolve("server-key.pem"))))
                .isEqualTo("rw-r-----");
        Files.writeString(from.resolve("server-cert.pem"), "renewed");
        QemuKeys.copy(from, to);
        assertThat(to.resolve("server-cert.pem")).hasContent("renewed");
    }
}
