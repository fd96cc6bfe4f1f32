package org.bellwether.agent.cockpit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sessions of root in Cockpit. Its web server has no rights; for each who wants in it runs the relay, which comes here, where the
 * ticket is looked at and the bridge is run. The port is this agent's for as long as it lives, and its web server dies with it:
 * nobody else on this host can put themselves in its place and learn tickets.
 */
final class Bridges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Bridges.class);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int PATIENCE_MILLIS = 10_000;
    private static final String SCHEME = "Bearer ";
    /** Of our question; the answer repeats it. */
    private static final String COOKIE = "bellwether";

    private final Tickets tickets;
    private final ServerSocket listening;

    Bridges(Tickets tickets) throws IOException {
        this.tickets = tickets;
        this.listening = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());
        Thread.ofPlatform().daemon().name("cockpit-bridges").start(this::serve);
    }

    int port() {
        return listening.getLocalPort();
    }

    private void serve() {
        while (!listening.isClosed()) {
            try {
                Socket caller = listening.accept();
                Thread.ofVirtual().name("cockpit-session").start(() -> serve(caller));
            } catch (IOException e) {
                if (!listening.isClosed()) {
                    LOG.warn("a session in Cockpit was lost: {}", e.toString());
                }
            }
        }
    }

    private void serve(Socket caller) {
        try (caller) {
            caller.setSoTimeout(PATIENCE_MILLIS);
            Optional<String> user = tickets.redeem(ticket(caller));
            if (user.isEmpty()) {
                LOG.warn("somebody showed Cockpit a ticket that is used, over, or not of this host's agent");
                Frames.write(
                        caller.getOutputStream(),
                        message("init")
                                .put("problem", "authentication-failed")
                                .put("message", "The ticket is used or over"));
                return;
            }
            caller.setSoTimeout(0);
            bridge(caller, user.get());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (IOException e) {
            LOG.info("a session in Cockpit did not begin: {}", e.toString());
        }
    }

    private static ObjectNode message(String command) {
        return JSON.createObjectNode().put("command", command);
    }

    private static String ticket(Socket caller) throws IOException {
        Frames.write(
                caller.getOutputStream(),
                message("authorize").put("cookie", COOKIE).put("challenge", "*"));
        JsonNode answer = Frames.read(caller.getInputStream());
        String response = answer.path("response").asText();
        if (!answer.path("cookie").asText().equals(COOKIE) || !response.startsWith(SCHEME)) {
            throw new IOException("no ticket was shown");
        }
        return response.substring(SCHEME.length()).strip();
    }

    private static void bridge(Socket caller, String user) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder("cockpit-bridge").redirectError(ProcessBuilder.Redirect.DISCARD);
        asRoot(builder.environment());
        Process bridge = builder.start();
        LOG.info("{} of the engine is root in Cockpit on this host now (process {})", user, bridge.pid());
        InputStream fromBridge = bridge.getInputStream();
        OutputStream toBridge = bridge.getOutputStream();
        try {
            Pump.both(
                    fromBridge,
                    caller.getOutputStream(),
                    caller.getInputStream(),
                    toBridge,
                    () -> end(caller, toBridge));
        } finally {
            if (!bridge.waitFor(Duration.ofSeconds(5))) {
                bridge.destroy();
            }
            LOG.info("the session of {} in Cockpit is over", user);
        }
    }

    private static void asRoot(Map<String, String> environment) {
        environment.keySet().removeIf(name -> name.startsWith("BELLWETHER_") || name.equals("NOTIFY_SOCKET"));
        environment.put("USER", "root");
        environment.put("LOGNAME", "root");
        environment.put("HOME", "/root");
        environment.put("SHELL", "/bin/bash");
        environment.putIfAbsent("PATH", "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    }

    /** A bridge ends when nobody talks to it any more. */
    private static void end(Socket caller, OutputStream toBridge) {
        try (caller;
                toBridge) {
            LOG.debug("one side of a session in Cockpit has ended");
        } catch (IOException ended) {
            // So it was over.
        }
    }

    @Override
    public void close() throws IOException {
        listening.close();
    }
}
