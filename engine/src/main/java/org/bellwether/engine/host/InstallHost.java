package org.bellwether.engine.host;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.KeyPair;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.ssh.SshHost;
import org.bellwether.engine.platform.ssh.SshSession;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Makes a machine that lets the engine in over SSH a host: packages, the agent with its own Java, certificates, libvirt's
 * settings. Every step looks on the machine what is there already, so that an installation which failed is simply begun
 * again and goes on from where it stopped. Nothing is taken back: what was installed harms nobody.
 */
public final class InstallHost implements Operation<InstallHost.Request> {

    static final String KIND = "install-host";

    private static final Duration QUICK = Duration.ofMinutes(2);
    private static final Duration SLOW = Duration.ofMinutes(20);
    private static final String ARCHIVE = "/var/tmp/bellwether-agent.tar.gz";

    private final Hosts hosts;
    private final Enrolments enrolments;
    private final Agents agents;
    private final Events events;
    private final Clock clock;
    private final Place place;
    private final Supplier<KeyPair> key;
    private final byte[] script = script();

    /**
     * What is put on hosts, and where they reach the engine.
     *
     * @param archive the agent with its Java runtime
     * @param address where the engine listens, as this machine reaches it
     */
    public record Place(Path archive, String address, int port) {}

    /** @param key the engine's own; hosts that are installed know it */
    public InstallHost(
            Hosts hosts,
            Enrolments enrolments,
            Agents agents,
            Events events,
            Clock clock,
            Place place,
            Supplier<KeyPair> key) {
        this.hosts = hosts;
        this.enrolments = enrolments;
        this.agents = agents;
        this.events = events;
        this.clock = clock;
        this.place = place;
        this.key = key;
    }

    public record Request(Id<Host> host, SshHost ssh, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Installing Host " + request.ssh().name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var ssh = request.ssh();
        journal.step("look at the machine", String.class, () -> findings(ssh));
        journal.step("install packages", () -> say(ssh, SLOW, "installing packages", "packages"));
        journal.step("put the agent there", () -> putAgent(ssh));
        journal.step("configure the agent", () -> say(ssh, QUICK, "configuring the agent", "configure"));
        journal.step("give it a certificate", () -> enrol(request));
        journal.step("configure libvirt", () -> say(ssh, QUICK, "configuring libvirt", "libvirt"));
        journal.step("start the agent", () -> say(ssh, QUICK, "starting the agent", "start"));
        journal.step("hear of it", () -> agents.of(request.host().value(), SLOW));
    }

    /** Opens a session with the password, if there is one, and lets the engine's key in for the next ones. */
    SshHost letIn(SshHost ssh, Optional<org.bellwether.engine.platform.Secret> password) {
        try (var session = SshSession.open(ssh, password, key.get())) {
            session.run(
                    "letting the engine's key in",
                    script,
                    List.of("let_in", SshSession.line(key.get().getPublic())),
                    QUICK);
            return session.host();
        }
    }

    /** Starts the agent of a host that has one. */
    void startAgain(SshHost ssh) {
        say(ssh, QUICK, "starting the agent again", "start");
    }

    private String say(SshHost ssh, Duration deadline, String what, String... words) {
        try (var session = SshSession.open(ssh, Optional.empty(), key.get())) {
            return session.run(what, script, List.of(words), deadline);
        }
    }

    private record Finding(boolean bad, String what, String next) {
        static Optional<Finding> read(String line) {
            var parts = line.split("\\|", 3);
            return parts.length == 3
                    ? Optional.of(new Finding(parts[0].equals("bad"), parts[1], parts[2]))
                    : Optional.empty();
        }

        @Override
        public String toString() {
            return what + ". " + next;
        }
    }

    /** What somebody should know, one on a line; what keeps it from being a host is a failure. */
    private String findings(SshHost ssh) {
        var now = Long.toString(clock.instant().getEpochSecond());
        var found = say(ssh, QUICK, "looking at the machine", "find_out", now)
                .lines()
                .flatMap(line -> Finding.read(line).stream())
                .toList();
        var bad = found.stream().filter(Finding::bad).toList();
        if (!bad.isEmpty()) {
            throw Failure.conflict("The machine " + ssh.name() + " cannot become a host as it is")
                    .because(bad.stream().map(Finding::what).collect(Collectors.joining("; ")))
                    .undone("Nothing was installed")
                    .next(bad.stream().map(Finding::next).collect(Collectors.joining("; "))
                            + "; then install it again");
        }
        return found.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }

    private void putAgent(SshHost ssh) {
        try (var session = SshSession.open(ssh, Optional.empty(), key.get())) {
            var sum = sha256();
            if (session.run("looking for the agent", script, List.of("installed", sum), QUICK)
                    .strip()
                    .equals("yes")) {
                return;
            }
            try (var content = Files.newInputStream(place.archive())) {
                session.write("sending the agent", content, ARCHIVE, SLOW);
            }
            session.run("unpacking the agent", script, List.of("unpack", sum), SLOW);
        } catch (IOException e) {
            throw noArchive(e);
        }
    }

    private String sha256() throws IOException {
        try (var in =
                new DigestInputStream(Files.newInputStream(place.archive()), MessageDigest.getInstance("SHA-256"))) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
            return HexFormat.of().formatHex(in.getMessageDigest().digest());
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }

    private Failure noArchive(IOException e) {
        return Failure.internal("The agent that is put on hosts cannot be read")
                .because(place.archive() + ": " + e.getMessage())
                .undone("Nothing was installed")
                .next("Set agent-archive in the engine's configuration; from a source tree, packaging/agent FILE"
                        + " makes it")
                .from(e);
    }

    /** Refuses at once what could only fail later. */
    void requireArchive() {
        if (!Files.isReadable(place.archive())) {
            throw noArchive(new java.io.FileNotFoundException("it is not there"));
        }
    }

    /** Over the SSH session, so that the host needs neither name nor route of the engine. */
    private void enrol(Request request) {
        var ssh = request.ssh();
        try (var session = SshSession.open(ssh, Optional.empty(), key.get())) {
            int port = session.forward(place.address(), place.port());
            var token = enrolments.tokenFor(request.host(), "https://127.0.0.1:" + port + "/ovirt-engine");
            session.run("asking for a certificate", script, List.of("enrol", token, ssh.name(), ssh.address()), QUICK);
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var notes = journal.outcome("look at the machine", String.class).orElse("");
        event(
                tx,
                EventCode.HOST_INSTALLED,
                request,
                "Host " + request.ssh().name() + " is installed." + (notes.isBlank() ? "" : " To know: " + notes));
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        event(
                tx,
                EventCode.HOST_INSTALL_FAILED,
                request,
                "Host " + request.ssh().name() + " is not installed: " + failure.detail());
    }

    private void event(Transaction tx, EventCode code, Request request, String message) {
        var concerns = Concerns.NOTHING.withHost(request.host());
        events.add(
                tx,
                code,
                request.asker(),
                hosts.model()
                        .find(request.host())
                        .map(host -> concerns.withCluster(host.cluster()))
                        .orElse(concerns),
                message);
    }

    private static byte[] script() {
        try (InputStream in = Objects.requireNonNull(InstallHost.class.getResourceAsStream("install.sh"))) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
