package org.bellwether.engine.platform.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.ConnectException;
import java.nio.charset.StandardCharsets;
import java.security.KeyPair;
import java.security.PublicKey;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.apache.sshd.client.SshClient;
import org.apache.sshd.client.channel.ClientChannelEvent;
import org.apache.sshd.client.session.ClientSession;
import org.apache.sshd.common.config.keys.KeyUtils;
import org.apache.sshd.common.config.keys.PublicKeyEntry;
import org.apache.sshd.common.digest.BuiltinDigests;
import org.apache.sshd.common.session.Session;
import org.apache.sshd.common.session.SessionHeartbeatController.HeartbeatType;
import org.apache.sshd.common.util.net.SshdSocketAddress;
import org.apache.sshd.server.forward.ForwardingFilter;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;

/**
 * Root's session on a host. Who answers is proved by the fingerprint of the host's key before anything is said to it; a
 * password is never offered to another one.
 */
public final class SshSession implements AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final String ROOT = "root";
    private static final int MOST_WORDS = 2_000;

    private final SshHost host;
    private final SshClient client;
    private final ClientSession session;

    private SshSession(SshHost host, SshClient client, ClientSession session) {
        this.host = host;
        this.client = client;
        this.session = session;
    }

    /** What a host may ask of us: to be connected to where {@link #forward} said, and nothing else. */
    private static final ForwardingFilter ONLY_FORWARDED = new ForwardingFilter() {
        @Override
        public boolean canForwardAgent(Session session, String requestType) {
            return false;
        }

        @Override
        public boolean canForwardX11(Session session, String requestType) {
            return false;
        }

        @Override
        public boolean canListen(SshdSocketAddress address, Session session) {
            return false;
        }

        @Override
        public boolean canConnect(Type type, SshdSocketAddress address, Session session) {
            return type == Type.Forwarded;
        }
    };

    /**
     * Opens a session with the password, if there is one, or the key.
     *
     * @throws Failure when the host is not reached, shows another key, or does not let root in
     */
    public static SshSession open(SshHost host, Optional<Secret> password, KeyPair key) {
        // Written by the client's thread before the answer that this one waits for.
        String[] shown = {""};
        var client = SshClient.setUpDefaultClient();
        client.setServerKeyVerifier((any, address, found) -> {
            shown[0] = KeyUtils.getFingerPrint(BuiltinDigests.sha256, found);
            return host.shows(shown[0]);
        });
        client.setForwardingFilter(ONLY_FORWARDED);
        client.start();
        boolean opened = false;
        try {
            var session = client.connect(ROOT, host.address(), host.port())
                    .verify(PATIENCE)
                    .getSession();
            session.setSessionHeartbeat(HeartbeatType.IGNORE, Duration.ofSeconds(15));
            password.ifPresentOrElse(
                    secret -> session.addPasswordIdentity(secret.reveal()), () -> session.addPublicKeyIdentity(key));
            session.auth().verify(PATIENCE);
            opened = true;
            return new SshSession(host.knownBy(shown[0]), client, session);
        } catch (IOException e) {
            throw refused(host, shown[0], password.isPresent(), e);
        } finally {
            if (!opened) {
                client.stop();
            }
        }
    }

    private static Failure refused(SshHost host, String shown, boolean byPassword, IOException e) {
        if (!shown.isEmpty() && !host.shows(shown)) {
            return Failure.conflict("Another key than the expected one answers at " + host.address())
                    .because("its fingerprint is " + shown + " and " + host.fingerprint() + " was expected")
                    .undone("Nothing was said to it, and nothing was changed")
                    .next("Look at the host's own console: ssh-keygen -lf /etc/ssh/ssh_host_ed25519_key.pub. If it was"
                            + " installed anew, give the new fingerprint")
                    .from(e);
        }
        if (!shown.isEmpty()) {
            return Failure.conflict("The host " + host.name() + " does not let root in")
                    .because(byPassword ? "it did not take the password" : "it does not know the engine's key")
                    .undone("Nothing was changed")
                    .next(
                            byPassword
                                    ? "Check the password and that its sshd allows PermitRootLogin; or use the"
                                            + " engine's key"
                                    : "Add the engine's key to /root/.ssh/authorized_keys there; it is served at"
                                            + " /ovirt-engine/services/pki-resource?resource=engine-certificate&format=OPENSSH-PUBKEY")
                    .from(e);
        }
        Throwable cause = e;
        while (cause.getCause() != null && !(cause instanceof ConnectException)) {
            cause = cause.getCause();
        }
        return Failure.unavailable(
                        "The host " + host.name() + " is not reached over SSH at " + host.address() + ":" + host.port())
                .because(Optional.ofNullable(cause.getMessage()).orElse("it did not answer"))
                .undone("Nothing was changed")
                .next("Check the address, that the host is on, and that its sshd listens on that port")
                .from(e);
    }

    /** A key as a line of {@code authorized_keys}. */
    public static String line(PublicKey key) {
        return PublicKeyEntry.toString(key) + " bellwether-engine";
    }

    /** As it was found: with its fingerprint. */
    public SshHost host() {
        return host;
    }

    /**
     * Runs a shell script there; its words are arguments of the script and never part of it.
     *
     * @return what it wrote to standard output
     * @throws Failure when it ends badly, with what it wrote to standard error
     */
    public String run(String what, byte[] script, List<String> words, Duration deadline) {
        return execute(
                what,
                "sh -s -- " + words.stream().map(SshSession::quoted).collect(Collectors.joining(" ")),
                new ByteArrayInputStream(script),
                deadline);
    }

    /** Writes a file there. */
    public void write(String what, InputStream content, String file, Duration deadline) {
        execute(what, "cat >" + quoted(file), content, deadline);
    }

    /** From now on what connects to a port of the host's loopback reaches that port of this machine; answers the port. */
    public int forward(String address, int port) {
        try {
            return session.startRemotePortForwarding(
                            new SshdSocketAddress("127.0.0.1", 0), new SshdSocketAddress(address, port))
                    .getPort();
        } catch (IOException e) {
            throw Failure.conflict("The host " + host.name() + " cannot reach the engine through its SSH session")
                    .because(String.valueOf(e.getMessage()))
                    .next("Allow AllowTcpForwarding in its sshd_config, or enrol it by hand with: bw host token")
                    .from(e);
        }
    }

    private String execute(String what, String command, InputStream input, Duration deadline) {
        var out = new ByteArrayOutputStream();
        var err = new ByteArrayOutputStream();
        try (var channel = session.createExecChannel(command)) {
            channel.setIn(input);
            channel.setOut(out);
            channel.setErr(err);
            channel.open().verify(PATIENCE);
            var events = channel.waitFor(EnumSet.of(ClientChannelEvent.CLOSED), deadline);
            if (events.contains(ClientChannelEvent.TIMEOUT)) {
                throw Failure.unavailable("On host " + host.name() + " this did not end within " + deadline.toSeconds()
                                + " s: " + what)
                        .next("Look at the host, then say it again; it goes on from there");
            }
            var status = channel.getExitStatus();
            if (status == null || status != 0) {
                throw Failure.conflict("On host " + host.name() + " this failed: " + what)
                        .because(words(err, out))
                        .next("Mend that on the host, then say it again; it goes on from there");
            }
            return out.toString(StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw Failure.unavailable(
                            "The SSH session with host " + host.name() + " broke off while doing this: " + what)
                    .because(String.valueOf(e.getMessage()))
                    .next("Check the network to the host, then say it again; it goes on from there")
                    .from(e);
        }
    }

    private static String words(ByteArrayOutputStream err, ByteArrayOutputStream out) {
        var said = (err.size() > 0 ? err : out).toString(StandardCharsets.UTF_8).strip();
        return said.isEmpty()
                ? "it said nothing"
                : said.length() > MOST_WORDS ? said.substring(said.length() - MOST_WORDS) : said;
    }

    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    @Override
    public void close() {
        client.stop();
    }
}
