package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.bellwether.api.types.Ssh;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A silent host that was installed over SSH: a real SSH server hears what the engine does about it. */
class SoftFenceTest {
    private static final String SSH_KEY =
            "/ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY";

    private final List<String> commands = new CopyOnWriteArrayList<>();
    private final List<PublicKey> keys = new CopyOnWriteArrayList<>();
    private volatile Duration ahead = Duration.ZERO;

    /** Keeps what it was told, with the script that came after, and says that it went well. */
    private final class Kept extends AbstractCommandSupport {
        Kept(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                commands.add(getCommand() + "\n" + new String(getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                onExit(0);
            } catch (IOException e) {
                onExit(1, e.getMessage());
            }
        }
    }

    @Test
    void the_agent_of_a_host_that_is_silent_for_too_long_is_started_again_once(@TempDir Path folder) throws Exception {
        try (var server = SshServer.setUpDefaultServer()) {
            server.setHost("127.0.0.1");
            server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(folder.resolve("hostkey")));
            server.setPublickeyAuthenticator((user, shown, session) -> user.equals("root") && keys.add(shown));
            server.setCommandFactory((channel, command) -> new Kept(command));
            server.start();
            Clock clock = ((InstantSource) () -> Instant.now().plus(ahead)).withZone(ZoneOffset.UTC);
            var engine = new RunningEngine(folder.resolve("engine"), clock);
            try {
                insert(engine, server);
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
                assertThat(keys).contains(engine.inside().ground().identity.publicKey());
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

    private static void insert(RunningEngine engine, SshServer server) throws Exception {
        var shown = KeyUtils.getFingerPrint(
                BuiltinDigests.sha256,
                server.getKeyPairProvider().loadKeys(null).iterator().next().getPublic());
        var host = new Host(
                Id.random(),
                "one",
                Id.of(Seeds.CLUSTER),
                "127.0.0.1",
                // Where no agent answers.
                9,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder()
                        .ssh(Ssh.builder()
                                .port((long) server.getPort())
                                .fingerprint(shown)
                                .build())
                        .build());
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql()
                        .execute(
                                "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                                host.id().value(),
                                host.name(),
                                Seeds.CLUSTER,
                                host.address(),
                                Json.write(host)));
    }
}
