package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.agent.platform.Command;
import org.bellwether.protocol.StorageConnection;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionsTest {
    @TempDir
    Path directory;

    private Mount mount;

    @BeforeEach
    void name_it() {
        mount = Mount.of(
                StorageConnection.newBuilder()
                        .setType(StorageConnection.Type.POSIX)
                        .setVfsType("tmpfs")
                        .setPath("bellwether-test")
                        .build(),
                directory.resolve("mnt"));
    }

    @AfterEach
    void unmount() throws IOException {
        if (MountTable.read().at(mount.point()).isPresent()) {
            Command.of("umount", "--", mount.point().toString()).run(Duration.ofSeconds(20));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void no_link_on_storage_leads_anywhere(boolean mountedByOneWhoDied) throws IOException {
        Path secret = Files.writeString(directory.resolve("secret"), "of the host");
        Connections connections = new Connections(directory.resolve("mnt"));
        if (mountedByOneWhoDied) {
            Files.createDirectories(mount.point());
            Command.of("mount", "-t", "tmpfs", "bellwether-test", mount.point().toString())
                    .run(Duration.ofSeconds(20));
        }
        connections.connect(mount);
        Path link = Files.createSymbolicLink(mount.point().resolve("dom_md"), secret);
        assertThatThrownBy(() -> Files.readString(link))
                .isInstanceOf(FileSystemException.class)
                .hasMessageContaining("symbolic links");
        Path own = Files.writeString(mount.point().resolve("metadata"), "of the domain");
        assertThat(Files.readString(own)).isEqualTo("of the domain");
        connections.disconnect(mount);
        assertThat(mount.point()).doesNotExist();
        assertThat(connections.connected(mount)).isFalse();
    }
}
