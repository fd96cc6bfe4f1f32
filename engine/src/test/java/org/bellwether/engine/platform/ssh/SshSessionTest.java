package org.bellwether.engine.platform.ssh;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.sshd.server.SshServer;
import org.apache.sshd.server.forward.AcceptAllForwardingFilter;
import org.apache.sshd.server.keyprovider.SimpleGeneratorHostKeyProvider;
import org.apache.sshd.server.shell.ProcessShellCommandFactory;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Against a real SSH server, which runs what it is told with the shell of this machine. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SshSessionTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private SshServer server;
    private KeyPair key;
    private Path folder;

    @BeforeAll
    void start(@TempDir Path place) throws Exception {
        folder = place;
        var generator = KeyPairGenerator.getInstance("EC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        key = generator.generateKeyPair();
        server = SshServer.setUpDefaultServer();
        server.setHost("127.0.0.1");
        server.setKeyPairProvider(new SimpleGeneratorHostKeyProvider(place.resolve("hostkey")));
        server.setPasswordAuthenticator((user, password, session) -> user.equals("root") && password.equals("right"));
        server.setPublickeyAuthenticator((user, shown, session) -> shown.equals(key.getPublic()));
        server.setCommandFactory(ProcessShellCommandFactory.INSTANCE);
        server.setForwardingFilter(AcceptAllForwardingFilter.INSTANCE);
        server.start();
    }

    @AfterAll
    void stop() throws IOException {
        server.stop(true);
    }

    private SshHost host(String fingerprint) {
        return new SshHost("box", "127.0.0.1", server.getPort(), fingerprint);
    }

    private static byte[] script(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    @Test
    void a_password_or_the_key_opens_it_and_the_fingerprint_is_told_and_then_demanded() {
        SshHost known;
        try (var session = SshSession.open(host(""), Optional.of(Secret.of("right")), key)) {
            known = session.host();
            assertThat(known.fingerprint()).startsWith("SHA256:");
        }
        try (var session = SshSession.open(known, Optional.empty(), key)) {
            assertThat(session.run("speaking", script("echo \"$1-$2\"\n"), List.of("it's", "a b;$(id)"), LIMIT))
                    .isEqualTo("it's-a b;$(id)\n");
        }
        assertThatThrownBy(() -> SshSession.open(host("SHA256:another"), Optional.of(Secret.of("right")), key))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("Another key than the expected one")
                .hasMessageContaining(known.fingerprint());
        assertThatThrownBy(() -> SshSession.open(known, Optional.of(Secret.of("wrong")), key))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("did not take the password");
    }

    @Test
    void what_fails_there_is_told_with_its_own_words_and_files_arrive_whole() throws IOException {
        try (var session = SshSession.open(host(""), Optional.empty(), key)) {
            assertThatThrownBy(() -> session.run("breaking", script("echo too bad >&2; exit 3\n"), List.of(), LIMIT))
                    .isInstanceOf(Failure.class)
                    .hasMessageContaining("breaking")
                    .hasMessageContaining("Too bad");
            var content = new byte[3_000_000];
            new java.util.Random(7).nextBytes(content);
            var file = folder.resolve("it's here");
            session.write("sending", new ByteArrayInputStream(content), file.toString(), LIMIT);
            assertThat(Files.readAllBytes(file)).isEqualTo(content);
        }
    }

    @Test
    void who_connects_to_the_forwarded_port_there_talks_to_this_machine() throws IOException {
        try (var session = SshSession.open(host(""), Optional.empty(), key);
                var engine = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int there = session.forward("127.0.0.1", engine.getLocalPort());
            try (var asking = new Socket(InetAddress.getLoopbackAddress(), there)) {
                asking.setSoTimeout(Math.toIntExact(LIMIT.toMillis()));
                asking.getOutputStream().write("who is there?".getBytes(StandardCharsets.UTF_8));
                try (var answering = engine.accept()) {
                    assertThat(answering.getInputStream().readNBytes(13))
                            .isEqualTo("who is there?".getBytes(StandardCharsets.UTF_8));
                    answering.getOutputStream().write('!');
                }
                assertThat(asking.getInputStream().read()).isEqualTo('!');
            }
        }
    }

    @Test
    void where_nobody_listens_that_is_said() {
        assertThatThrownBy(() -> SshSession.open(new SshHost("box", "127.0.0.1", 1, ""), Optional.empty(), key))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("not reached over SSH at 127.0.0.1:1");
    }
}
