package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.bellwether.engine.host.Host;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A silent host that was installed over SSH: a real SSH server hears what the engine does about it. */
class SoftFenceTest {
    private static final String SSH_KEY =
            "/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY";

    private volatile Duration ahead = Duration.ZERO;

    @Test
    void the_agent_of_a_host_that_is_silent_for_too_long_is_started_again_once(@TempDir Path folder) throws Exception {
        try (var machine = new SshMachine(folder, command -> new SshMachine.Answer(0, ""))) {
            var commands = machine.commands;
            Clock clock = ((InstantSource) () -> Instant.now().plus(ahead)).withZone(ZoneOffset.UTC);
            var engine = new RunningEngine(folder.resolve("engine"), clock);
            try {
                machine.insertInto(engine, Host.Wanted.ACTIVE);
                engine.restart();
                ahead = Duration.ofSeconds(50);
                var administrator = engine.administrator();
                assertThat(administrator
                                .get("/ovirt-engine/api/hosts")
                                .at("/host/0/status")
                                .asText())
                        .isEqualTo("connecting");
                assertThat(commands).as("it may be late").isEmpty();

                ahead = Duration.ofSeconds(70);
                await().atMost(Duration.ofSeconds(30)).until(() -> commands.size() == 1);
                assertThat(commands.getFirst())
                        .startsWith("sh -s -- 'start'\n")
                        .contains("systemctl restart bellwether-agent");
                assertThat(machine.keys)
                        .contains(engine.inside().ground().identity.publicKey());
                assertThat(PublicKeyEntry.parsePublicKeyEntry(
                                        engine.send(engine.request(SSH_KEY)).body())
                                .resolvePublicKey(null, null, null))
                        .as("as people are told to let it in")
                        .isEqualTo(engine.inside().ground().identity.publicKey());
                await().atMost(Duration.ofSeconds(30))
                        .until(() -> administrator
                                .get("/ovirt-engine/api/events?max=20")
                                .toString()
                                .contains("Host one was silent; its agent was started again over SSH."));
                ahead = Duration.ofMinutes(10);
                // It is looked at again and again meanwhile; once is enough.
                await().pollDelay(Duration.ofSeconds(5))
                        .atMost(Duration.ofSeconds(6))
                        .until(() -> commands.size() == 1);
            } finally {
                engine.close();
            }
        }
    }
}
