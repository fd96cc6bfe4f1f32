package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Traps of SNMP version 3, taken by Net-SNMP's receiver, which takes nothing unsigned, wrongly signed or old. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ProtectedTrapTest {
    private static final String PAGE = "/ovirt-engine/services/notifications";
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String SIGNATURE = "a long signature";
    private static final String ENCRYPTION = "a long encryption";

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @TempDir
    private Path folder;

    @BeforeAll
    void start(@TempDir Path data) {
        assumeThat(Files.isExecutable(TrapDaemon.PROGRAM))
                .as("snmptrapd is installed, as ./bw test does")
                .isTrue();
        engine = new RunningEngine(data, unlucky());
        administrator = engine.administrator();
    }

    /** In half of all the seconds in which an engine may start, the library made negative numbers of messages, which no receiver takes. */
    private static Clock unlucky() {
        long seconds = Duration.between(Instant.parse("2026-01-01T00:00:00Z"), Instant.now())
                .toSeconds();
        return Clock.offset(Clock.systemUTC(), Duration.ofSeconds(-((seconds - 0xC000) & 0xFFFF)));
    }

    @AfterAll
    void stop() {
        if (engine != null) {
            engine.close();
        }
    }

    private TrapDaemon receiver(String name, String... lines) throws IOException {
        var daemon = new TrapDaemon(folder.resolve(name), List.of(lines));
        await().atMost(SOON).until(daemon::listens);
        return daemon;
    }

    private String add(String name, int port, String more) {
        administrator.post(
                PAGE,
                "{\"name\":\"" + name
                        + "\",\"kind\":\"snmp\",\"severity\":\"error\",\"version\":\"3\",\"user\":\"shepherd\""
                        + ",\"address\":\"127.0.0.1/" + port + "\"," + more + "}");
        return administrator.get(PAGE + "/" + name).get("engine_id").asText();
    }

    private void happen(String text) {
        administrator.post(
                "/events",
                "{\"origin\":\"test\",\"severity\":\"error\",\"description\":\"" + text + "\",\"custom_id\":\"1\"}");
    }

    /** The engine is known by its id, which is told when a channel is there: with nobody behind it yet. */
    private String engineId() {
        String id = add("first", 9, "\"secret\":\"" + SIGNATURE + "\"");
        administrator.status("DELETE", PAGE + "/first", "");
        assertThat(id).matches("0x80[0-9a-f]{8,62}");
        return id;
    }

    private void signedAndEncrypted(String name, String auth, String theirAuth, String privacy, String theirPrivacy)
            throws IOException {
        try (var daemon = receiver(
                name,
                "createUser -e " + engineId() + " shepherd " + theirAuth + " \"" + SIGNATURE + "\" " + theirPrivacy
                        + " \"" + ENCRYPTION + "\"",
                "authUser log shepherd priv")) {
            add(
                    name,
                    daemon.port(),
                    "\"secret\":\"" + SIGNATURE + "\",\"privacy_secret\":\"" + ENCRYPTION + "\",\"auth\":\"" + auth
                            + "\",\"privacy\":\"" + privacy + "\"");
            happen("a wolf, " + name);
            await().atMost(SOON).untilAsserted(() -> assertThat(daemon.heard()).contains("a wolf, " + name));
            engine.restart();
            administrator = engine.administrator();
            happen("another wolf, " + name);
            await().atMost(SOON)
                    .untilAsserted(() -> assertThat(daemon.heard())
                            .as("after a restart the receiver does not take it for an old one")
                            .contains("another wolf, " + name));
        } finally {
            administrator.status("DELETE", PAGE + "/" + name, "");
        }
    }

    @Test
    void traps_are_signed_and_encrypted_as_the_receiver_wants_them() throws IOException {
        signedAndEncrypted("usual", "sha256", "SHA-256", "aes128", "AES");
        signedAndEncrypted("strong", "sha512", "SHA-512", "aes256", "AES-256");
        signedAndEncrypted("old", "sha", "SHA", "aes128", "AES");
    }

    @Test
    void a_trap_that_is_only_signed_is_not_for_a_receiver_that_wants_secrecy() throws IOException {
        String id = engineId();
        String user = "createUser -e " + id + " shepherd SHA-256 \"" + SIGNATURE + "\"";
        try (var lenient = receiver("lenient", user, "authUser log shepherd auth");
                var strict = receiver("strict", user, "authUser log shepherd priv");
                var stranger = receiver(
                        "stranger",
                        "createUser -e " + id + " shepherd SHA-256 \"another signature\"",
                        "authUser log shepherd auth")) {
            add("lenient", lenient.port(), "\"secret\":\"" + SIGNATURE + "\"");
            add("strict", strict.port(), "\"secret\":\"" + SIGNATURE + "\"");
            add("stranger", stranger.port(), "\"secret\":\"" + SIGNATURE + "\"");
            happen("signed only");
            await().atMost(SOON).untilAsserted(() -> assertThat(lenient.heard()).contains("signed only"));
            for (String name : List.of("strict", "stranger")) {
                await().atMost(SOON)
                        .untilAsserted(() -> assertThat(administrator
                                        .call("GET", PAGE + "/" + name + "/deliveries", "")
                                        .body())
                                .contains("\"sent\""));
            }
            assertThat(strict.heard()).doesNotContain("signed only");
            assertThat(stranger.heard()).doesNotContain("signed only");
        } finally {
            for (String name : List.of("lenient", "strict", "stranger")) {
                administrator.status("DELETE", PAGE + "/" + name, "");
            }
        }
    }

    @Test
    void passphrases_are_kept_sealed_and_nonsense_is_refused() {
        add("kept", 9, "\"secret\":\"" + SIGNATURE + "\",\"privacy_secret\":\"" + ENCRYPTION + "\"");
        try {
            assertThat(administrator.call("GET", PAGE, "").body())
                    .doesNotContain(SIGNATURE)
                    .doesNotContain(ENCRYPTION)
                    .contains("\"privacy_secret_set\":true");
            String kept = engine.inside()
                    .ground()
                    .database
                    .transaction(tx -> String.valueOf(
                            tx.sql().fetchValue("select body::text from notification_channels where name = 'kept'")));
            assertThat(kept).contains("shepherd").doesNotContain(SIGNATURE).doesNotContain(ENCRYPTION);
            assertThat(administrator.status("PUT", PAGE + "/kept", "{\"severity\":\"alert\"}"))
                    .isEqualTo(200);
            assertThat(administrator
                            .get(PAGE + "/kept")
                            .get("privacy_secret_set")
                            .asBoolean())
                    .as("what is not mentioned stays")
                    .isTrue();
            assertThat(administrator.status("PUT", PAGE + "/kept", "{\"privacy_secret\":\"\"}"))
                    .isEqualTo(200);
            assertThat(administrator
                            .get(PAGE + "/kept")
                            .get("privacy_secret_set")
                            .asBoolean())
                    .isFalse();
        } finally {
            administrator.status("DELETE", PAGE + "/kept", "");
        }
        for (String wrong : List.of(
                "\"version\":\"3\",\"secret\":\"long enough\"",
                "\"version\":\"3\",\"user\":\"x\"",
                "\"version\":\"3\",\"user\":\"x\",\"secret\":\"short\"",
                "\"version\":\"3\",\"user\":\"x\",\"secret\":\"long enough\",\"privacy_secret\":\"short\"",
                "\"version\":\"3\",\"user\":\"x\",\"secret\":\"long enough\",\"auth\":\"md5\"",
                "\"version\":\"3\",\"user\":\"x\",\"secret\":\"long enough\",\"privacy\":\"des\"",
                "\"version\":\"1\"",
                "\"user\":\"x\"",
                "\"privacy_secret\":\"long enough\"")) {
            assertThat(administrator.status(
                            "POST",
                            PAGE,
                            "{\"name\":\"no\",\"kind\":\"snmp\",\"address\":\"127.0.0.1\"," + wrong + "}"))
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(administrator.status(
                        "POST",
                        PAGE,
                        "{\"name\":\"no\",\"kind\":\"webhook\",\"url\":\"http://x\",\"privacy_secret\":\"long"
                                + " enough\"}"))
                .isEqualTo(400);
    }
}
