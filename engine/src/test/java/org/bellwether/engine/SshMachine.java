package org.bellwether.engine;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.PublicKey;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.command.AbstractCommandSupport;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.bellwether.api.types.Ssh;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;

/** A real SSH server that keeps what the engine says to a host, and answers what the test wants. */
final class SshMachine implements AutoCloseable {
    final List<String> commands = new CopyOnWriteArrayList<>();
    final List<PublicKey> keys = new CopyOnWriteArrayList<>();
    private final SshServer server = SshServer.setUpDefaultServer();
    private final Function<String, Answer> answers;
    private final String address;

    /** What a command writes, and how it ends. */
    record Answer(int status, String output) {}

    /** @param answers to the line of a command */
    SshMachine(Path folder, Function<String, Answer> answers) throws IOException {
        this(folder, "127.0.0.1", answers);
    }

    SshMachine(Path folder, String address, Function<String, Answer> answers) throws IOException {
        this.answers = answers;
        this.address = address;
        server.setHost(address);
        server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(folder.resolve("hostkey")));
        server.setPublickeyAuthenticator((user, shown, session) -> user.equals("root") && keys.add(shown));
        server.setCommandFactory((channel, command) -> new Kept(command));
        server.start();
    }

    private final class Kept extends AbstractCommandSupport {
        Kept(String command) {
            super(command, null);
        }

        @Override
        public void run() {
            try {
                commands.add(getCommand() + "\n" + new String(getInputStream().readAllBytes(), StandardCharsets.UTF_8));
                var answer = answers.apply(getCommand());
                var out = answer.status() == 0 ? getOutputStream() : getErrorStream();
                out.write(answer.output().getBytes(StandardCharsets.UTF_8));
                out.flush();
                onExit(answer.status());
            } catch (IOException e) {
                onExit(1, e.getMessage());
            }
        }
    }

    /** Puts a host named one into the engine's database; it is seen after the engine's next start. Its agent never answers. */
    Host insertInto(RunningEngine engine, Host.Wanted wanted) throws Exception {
        return insertInto(engine, Id.random(), "one", 9, wanted);
    }

    /** @param agentPort where its agent is, or will be */
    Host insertInto(RunningEngine engine, Id<Host> id, String name, int agentPort, Host.Wanted wanted)
            throws Exception {
        var shown = KeyUtils.getFingerPrint(
                BuiltinDigests.sha256,
                server.getKeyPairProvider().loadKeys(null).iterator().next().getPublic());
        var host = new Host(
                id,
                name,
                Id.of(Seeds.CLUSTER),
                address,
                agentPort,
                wanted,
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
                                host.cluster().value(),
                                host.address(),
                                Json.write(host)));
        return host;
    }

    @Override
    public void close() throws IOException {
        server.stop(true);
    }
}
