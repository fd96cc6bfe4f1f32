package org.bellwether.engine.host;

import static org.bellwether.engine.host.HostScript.QUICK;
import static org.bellwether.engine.host.HostScript.SLOW;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
import org.bellwether.engine.platform.store.Transaction;

/**
 * Makes a machine that lets the engine in over SSH a host: packages, the agent with its own Java, certificates, libvirt's
 * settings. Every step looks on the machine what is there already, so that an installation which failed is simply begun
 * again and goes on from where it stopped. Nothing is taken back: what was installed harms nobody.
 */
public final class InstallHost implements Operation<InstallHost.Request> {

    static final String KIND = "install-host";

    private final Hosts hosts;
    private final Enrolments enrolments;
    private final Agents agents;
    private final Events events;
    private final Clock clock;
    private final HostScript script;
    private final String address;
    private final int port;

    /** @param address where the engine listens, as this machine reaches it, with {@code port} */
    public InstallHost(
            Hosts hosts,
            Enrolments enrolments,
            Agents agents,
            Events events,
            Clock clock,
            HostScript script,
            String address,
            int port) {
        this.hosts = hosts;
        this.enrolments = enrolments;
        this.agents = agents;
        this.events = events;
        this.clock = clock;
        this.script = script;
        this.address = address;
        this.port = port;
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
        journal.step(
                "install packages",
                String.class,
                () -> words(read(script.say(ssh, SLOW, "installing packages", "packages"))));
        journal.step("put the agent there", () -> script.putAgent(ssh));
        journal.step("configure the agent", () -> script.say(ssh, QUICK, "configuring the agent", "configure"));
        journal.step("give it a certificate", () -> enrol(request));
        journal.step("configure libvirt", () -> script.say(ssh, QUICK, "configuring libvirt", "libvirt"));
        journal.step("start the agent", () -> script.say(ssh, QUICK, "starting the agent", "start"));
        journal.step("hear of it", () -> agents.of(request.host().value(), SLOW));
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
        var found = read(script.say(ssh, QUICK, "looking at the machine", "find_out", now));
        var bad = found.stream().filter(Finding::bad).toList();
        if (!bad.isEmpty()) {
            throw Failure.conflict("The machine " + ssh.name() + " cannot become a host as it is")
                    .because(bad.stream().map(Finding::what).collect(Collectors.joining("; ")))
                    .undone("Nothing was installed")
                    .next(bad.stream().map(Finding::next).collect(Collectors.joining("; "))
                            + "; then install it again");
        }
        return words(found);
    }

    private static List<Finding> read(String said) {
        return said.lines().flatMap(line -> Finding.read(line).stream()).toList();
    }

    private static String words(List<Finding> found) {
        return found.stream().map(Finding::toString).collect(Collectors.joining("\n"));
    }

    /** Over the SSH session, so that the host needs neither name nor route of the engine. */
    private void enrol(Request request) {
        var ssh = request.ssh();
        try (var session = script.open(ssh)) {
            int forwarded = session.forward(address, port);
            var token = enrolments.tokenFor(request.host(), "https://127.0.0.1:" + forwarded + "/ovirt-engine");
            script.say(session, QUICK, "asking for a certificate", "enrol", token, ssh.name(), ssh.address());
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var notes = Stream.of("look at the machine", "install packages")
                .flatMap(step -> journal.outcome(step, String.class).stream())
                .filter(words -> !words.isBlank())
                .collect(Collectors.joining("\n"));
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
}
