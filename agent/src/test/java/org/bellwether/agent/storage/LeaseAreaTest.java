package org.bellwether.agent.storage;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.agent.platform.Command;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Compares our areas with those that sanlock itself writes. */
class LeaseAreaTest {
    private static final String DOMAIN = "3f2b1c4d-0a11-4e5f-9b7c-112233445566";
    private static final Path SANLOCK = Path.of("/usr/sbin/sanlock");

    @TempDir
    Path directory;

    @BeforeAll
    static void needs_sanlock() {
        Assumptions.assumeTrue(Files.exists(SANLOCK), "the package sanlock, to compare with, is not installed");
    }

    @Test
    void a_lockspace_is_what_sanlock_writes() throws Exception {
        Path file = Files.createFile(directory.resolve("ids"));
        sanlock("-s", DOMAIN + ":0:" + file + ":0");
        assertThat(LeaseArea.lockspace(DOMAIN, 10)).isEqualTo(Files.readAllBytes(file));
    }

    @Test
    void a_resource_is_what_sanlock_writes() throws Exception {
        Path file = Files.createFile(directory.resolve("leases"));
        sanlock("-r", DOMAIN + ":SDM:" + file + ":0");
        assertThat(LeaseArea.resource(DOMAIN, "SDM")).isEqualTo(Files.readAllBytes(file));
    }

    private static void sanlock(String... what) {
        Command.Outcome outcome = Command.of(
                        SANLOCK.toString(), "direct", "init", what[0], what[1], "-o", "10", "-Z", "512", "-A", "1M")
                .run(Duration.ofSeconds(20));
        assertThat(outcome.worked()).as(outcome.words()).isTrue();
    }
}
