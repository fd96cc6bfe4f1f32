package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.platform.config.EngineConfig;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine whose keys are damaged says so, does not start, and leaves no PostgreSQL running. */
final class DamagedKeysTest {

    @TempDir
    Path folder;

    @BeforeEach
    void once_it_was_whole() {
        start().close();
        assertThat(postgres()).isEmpty();
    }

    private Engine start() {
        return start(0);
    }

    private Engine start(int port) {
        return Engine.start(
                new EngineConfig(
                        folder.resolve("data"),
                        "127.0.0.1",
                        port,
                        Optional.empty(),
                        Optional.empty(),
                        "localhost",
                        folder.resolve("password"),
                        Optional.empty(),
                        "",
                        Duration.ofDays(30),
                        Duration.ofDays(3650),
                        Optional.empty(),
                        folder.resolve("no-agent.tar.gz"),
                        Map.of(),
                        Optional.empty(),
                        EngineConfig.Silence.USUAL,
                        EngineConfig.PowerTimes.USUAL,
                        Optional.empty()),
                Clock.systemUTC());
    }

    /** The server of this engine, while it runs. */
    private Optional<ProcessHandle> postgres() {
        var file = folder.resolve("data/postgres/data/postmaster.pid");
        try {
            return ProcessHandle.of(
                    Long.parseLong(Files.readAllLines(file).getFirst().strip()));
        } catch (IOException gone) {
            return Optional.empty();
        }
    }

    /** Damages a file, tries to start, and puts it back: then all is as before. */
    private void damaged(Path file, String words) throws IOException {
        byte[] whole = Files.readAllBytes(file);
        Files.writeString(file, "damaged");
        assertThatThrownBy(this::start).isInstanceOf(RuntimeException.class).hasMessageContaining(words);
        assertThat(postgres()).as("no PostgreSQL is left").isEmpty();
        Files.write(file, whole);
        start().close();
    }

    @Test
    void a_damaged_authority_leaves_nothing_running() throws IOException {
        damaged(folder.resolve("data/pki/authority.pem"), "authority");
    }

    @Test
    void a_damaged_key_to_secrets_leaves_nothing_running() throws IOException {
        damaged(folder.resolve("data/secrets.key"), "secrets.key");
    }

    @Test
    void a_port_that_somebody_else_has_leaves_nothing_running() throws IOException {
        try (var taken = new java.net.ServerSocket(0, 1, java.net.InetAddress.getLoopbackAddress())) {
            assertThatThrownBy(() -> start(taken.getLocalPort())).isInstanceOf(RuntimeException.class);
            assertThat(postgres()).as("no PostgreSQL is left").isEmpty();
        }
        start().close();
    }
}
