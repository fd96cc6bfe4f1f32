package org.bellwether.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The engine's keys lie in a temporary directory for as long as somebody works with them, and no longer. */
class SeedRoomTest {
    @TempDir
    Path parent;

    @Test
    void what_somebody_left_who_was_killed_is_taken_away_and_nothing_else() throws Exception {
        var dead = new ProcessBuilder("true").start();
        assertThat(dead.waitFor(1, TimeUnit.MINUTES)).isTrue();
        Path left = made("bellwether-deploy." + dead.pid() + ".x");
        Path used = made("bellwether-deploy." + ProcessHandle.current().pid() + ".x");
        Path other = made("somebody-else");
        Path link = Files.createSymbolicLink(parent.resolve("bellwether-deploy." + dead.pid() + ".link"), other);
        Path theirs = made("bellwether-deploy." + dead.pid() + ".theirs");
        boolean root = "root".equals(System.getProperty("user.name"));
        if (root) {
            Files.setAttribute(theirs, "unix:uid", 65534);
        }
        try (var room = SeedRoom.take(parent)) {
            assertThat(left).doesNotExist();
            assertThat(used).exists();
            assertThat(other.resolve("bellwether-seed/backup")).exists();
            assertThat(link).as("it leads elsewhere").isSymbolicLink();
            assertThat(Files.exists(theirs))
                    .as("somebody else may move it meanwhile")
                    .isEqualTo(root);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(room.directory())))
                    .isEqualTo("rwx------");
            Files.writeString(Seed.members(room.directory()).resolve("backup"), "keys");
        }
        try (var rooms = Files.list(parent)) {
            assertThat(rooms).contains(used, other, link).doesNotContain(left).hasSize(root ? 4 : 3);
        }
    }

    private Path made(String name) throws IOException {
        Path directory = parent.resolve(name);
        Files.writeString(Seed.members(directory).resolve("backup"), "keys");
        return directory;
    }
}
