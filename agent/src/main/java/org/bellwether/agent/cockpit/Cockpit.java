package org.bellwether.agent.cockpit;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.agent.identity.LiveIdentity;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.VouchReply;
import org.bellwether.protocol.VouchRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets people into this host's Cockpit as root for whom the engine vouches, by a ticket that the engine has told this agent of
 * over its own channel. Nothing listens until the first ticket, and nothing again when nobody was here for a while.
 */
public final class Cockpit implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Cockpit.class);
    private static final Duration IDLE = Duration.ofMinutes(10);

    private final Tickets tickets = new Tickets(System::nanoTime);
    private final LiveIdentity identity;
    private final String address;
    private final int port;
    private final Path directory;
    private final Path state;
    private @Nullable Door door;
    private @Nullable Bridges bridges;
    private @Nullable WebServer server;

    /**
     * @param address where browsers reach it, and at which port
     * @param run the agent's run directory
     * @param state where enrolment left the engine's address
     */
    public Cockpit(LiveIdentity identity, String address, int port, Path run, Path state) {
        this.identity = identity;
        this.address = address;
        this.port = port;
        this.directory = run.resolve("cockpit");
        this.state = state;
    }

    /** Whether this host has Cockpit; it may come and go while the agent runs. */
    public static boolean installed() {
        return WebServer.installed().isPresent();
    }

    /** From now on, for its short life, this ticket opens. */
    public synchronized VouchReply vouch(VouchRequest request) {
        if (!installed()) {
            throw Refusal.notFound("Cockpit is not installed on this host")
                    .next("Install it there: apt install cockpit, or dnf install cockpit.");
        }
        Door open = opened();
        // As it is written into the log of this host.
        String user = request.getUser().replaceAll("\\p{Cntrl}", " ");
        tickets.add(request.getTicketSha256().toByteArray(), user, Duration.ofSeconds(request.getLifeSeconds()));
        LOG.info("the engine vouches for {}, who may come into Cockpit within {} s", user, request.getLifeSeconds());
        open.used();
        return VouchReply.newBuilder().setPort(open.port()).build();
    }

    private Door opened() {
        Door before = door;
        if (before != null) {
            return before;
        }
        try {
            Bridges inner = bridges == null ? new Bridges(tickets) : bridges;
            bridges = inner;
            WebServer behind = server == null ? new WebServer(directory, inner.port(), back()) : server;
            server = behind;
            Door opened = new Door(address, port, identity, behind);
            door = opened;
            return opened;
        } catch (IOException e) {
            throw Refusal.of(Error.Code.REFUSED, "This host cannot open its Cockpit at port " + port)
                    .because(String.valueOf(e.getMessage()))
                    .next("Log in at Cockpit's own port, 9090, or set cockpit-port in the agent's configuration.");
        }
    }

    /** The engine's page about this host, where people get another ticket. */
    private String back() throws IOException {
        Path engine = state.resolve("engine-url");
        String url = Files.exists(engine)
                ? Files.readString(engine, StandardCharsets.UTF_8).strip()
                : "";
        return url.isEmpty()
                ? "https://localhost:9090/"
                : url.replaceAll("/+$", "") + "/admin/hosts/" + identity.now().hostId();
    }

    /** Looks whether anybody is still here; does not wait. */
    public synchronized void sweep() {
        Door open = door;
        if (open != null && open.idleNanos() > IDLE.toNanos()) {
            shut(open);
            door = null;
        }
    }

    private static void shut(Door open) {
        try {
            open.close();
        } catch (IOException e) {
            LOG.warn("the door to Cockpit stays open: {}", e.toString());
        }
    }

    @Override
    public synchronized void close() {
        Door open = door;
        if (open != null) {
            shut(open);
        }
        WebServer behind = server;
        if (behind != null) {
            behind.end();
        }
        Bridges inner = bridges;
        if (inner != null) {
            try {
                inner.close();
            } catch (IOException e) {
                LOG.warn("sessions in Cockpit were not ended: {}", e.toString());
            }
        }
    }
}
