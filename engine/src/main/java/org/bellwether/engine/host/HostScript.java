package org.bellwether.engine.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.ssh.SshSession;

/**
 * All that the engine says to machines over SSH: the verbs of one script, {@code install.sh}, each of which may be said again.
 */
public final class HostScript {

    static final Duration QUICK = Duration.ofMinutes(2);
    static final Duration SLOW = Duration.ofMinutes(20);
    private static final int SSH_PORT = 22;
    private static final String ARCHIVE = "/var/tmp/bellwether-agent.tar.gz";

    private final Path archive;
    private final Supplier<KeyPair> key;
    private final byte[] script = script();

    /**
     * @param archive the agent with its Java runtime
     * @param key the engine's own; hosts that are installed know it
     */
    public HostScript(Path archive, Supplier<KeyPair> key) {
        this.archive = archive;
        this.key = key;
    }

    /** Where a host is reached that was installed over SSH: it knows the engine's key, and the engine knows the host's. */
    static Optional<SshHost> of(Host host) {
        var ssh = host.spec().ssh();
        if (ssh == null || ssh.fingerprint() == null || ssh.fingerprint().isBlank()) {
            return Optional.empty();
        }
        int port = ssh.port() == null ? SSH_PORT : Math.toIntExact(ssh.port());
        return Optional.of(new SshHost(host.name(), host.address(), port, ssh.fingerprint()));
    }

    /** Opens a session with the password, if there is one, and lets the engine's key in for the next ones. */
    SshHost letIn(SshHost ssh, Optional<Secret> password) {
        try (var session = SshSession.open(ssh, password, key.get())) {
            session.run("letting the engine's key in", script, List.of("let_in", keyLine()), QUICK);
            return session.host();
        }
    }

    /** The engine's key as a line of {@code authorized_keys}. */
    String keyLine() {
        return SshSession.line(key.get().getPublic());
    }

    /** Says one verb with its arguments, and answers what it wrote. */
    String say(SshHost ssh, Duration deadline, String what, String... words) {
        try (var session = open(ssh)) {
            return say(session, deadline, what, words);
        }
    }

    SshSession open(SshHost ssh) {
        return SshSession.open(ssh, Optional.empty(), key.get());
    }

    String say(SshSession session, Duration deadline, String what, String... words) {
        return session.run(what, script, List.of(words), deadline);
    }

    /** Brings the agent there, unless it is there already. */
    void putAgent(SshHost ssh) {
        var sum = agent();
        try (var session = open(ssh)) {
            if (say(session, QUICK, "looking for the agent", "installed", sum)
                    .strip()
                    .equals("yes")) {
                return;
            }
            try (var content = Files.newInputStream(archive)) {
                session.write("sending the agent", content, ARCHIVE, SLOW);
            }
            say(session, SLOW, "unpacking the agent", "unpack", sum);
        } catch (IOException e) {
            throw noArchive(e);
        }
    }

    /** SHA-256 of the agent that hosts should have. */
    String agent() {
        try (var in = new DigestInputStream(Files.newInputStream(archive), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        } catch (IOException e) {
            throw noArchive(e);
        }
    }

    private Failure noArchive(IOException e) {
        return Failure.internal("The agent that is put on hosts cannot be read")
                .because(archive + ": " + e.getMessage())
                .undone("Nothing was installed")
                .next("Set agent-archive in the engine's configuration; from a source tree, packaging/agent FILE"
                        + " makes it")
                .from(e);
    }

    void copyAgent(OutputStream out) throws IOException {
        Files.copy(archive, out);
    }

    byte[] text() {
        return script.clone();
    }

    /** Refuses at once what could only fail later. */
    void requireArchive() {
        if (!Files.isReadable(archive)) {
            throw noArchive(new java.io.FileNotFoundException("it is not there"));
        }
    }

    private static byte[] script() {
        try (InputStream in = Objects.requireNonNull(HostScript.class.getResourceAsStream("install.sh"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
