package org.bellwether.agent.cockpit;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A web server of Cockpit beside the host's own, which takes tickets and nothing else. It runs without any rights, as a user that
 * nobody else is, behind a socket that only that user and root can open; it starts when somebody comes and ends by itself when
 * nobody is left.
 */
final class WebServer {
    private static final Logger LOG = LoggerFactory.getLogger(WebServer.class);
    /** Debian's and Fedora's place for it. */
    private static final List<Path> PLACES =
            List.of(Path.of("/usr/lib/cockpit/cockpit-ws"), Path.of("/usr/libexec/cockpit-ws"));

    private static final Path BRIDGE = Path.of("/usr/bin/cockpit-bridge");

    /** The last before those that systemd takes for its dynamic users. It has no name and owns nothing but its socket. */
    private static final int NOBODY_ELSE = 61183;

    private static final int PATIENCE_SECONDS = 10;

    private final Path directory;
    private final int bridges;
    private @Nullable Process running;

    /**
     * @param directory of this agent alone
     * @param bridges where the relay goes
     * @param back the page where people get a new ticket
     */
    WebServer(Path directory, int bridges, String back) throws IOException {
        this.directory = directory;
        this.bridges = bridges;
        Files.createDirectories(directory.resolve("etc/cockpit"));
        Path own = Files.createDirectories(directory.resolve("ws"));
        Files.setAttribute(own, "unix:uid", NOBODY_ELSE);
        Files.setPosixFilePermissions(own, PosixFilePermissions.fromString("rwx------"));
        Files.writeString(directory.resolve("etc/cockpit/cockpit.conf"), configuration(back));
        try (InputStream relay = WebServer.class.getResourceAsStream("relay")) {
            Files.write(directory.resolve("relay"), relay == null ? new byte[0] : relay.readAllBytes());
        }
        for (Path readable : List.of(directory, directory.resolve("etc"), directory.resolve("etc/cockpit"))) {
            Files.setPosixFilePermissions(readable, PosixFilePermissions.fromString("rwxr-xr-x"));
        }
    }

    static Optional<Path> installed() {
        return PLACES.stream()
                .filter(Files::isExecutable)
                .filter(server -> Files.isExecutable(BRIDGE))
                .findFirst();
    }

    /** No passwords, no other hosts, no certificates of users: there is one way in. */
    private static String configuration(String back) {
        return """
                [WebService]
                LoginTo = false
                [OAuth]
                URL = %s
                [bearer]
                command = /bin/bash
                [basic]
                action = none
                [negotiate]
                action = none
                [tls-cert]
                action = none
                [ssh-login]
                command = /bin/false
                """.formatted(back.replaceAll("\\s", ""));
    }

    /** A connection to it. */
    SocketChannel connect() throws IOException {
        try {
            return open();
        } catch (IOException endedJustNow) {
            return open();
        }
    }

    private SocketChannel open() throws IOException {
        Path socket = directory.resolve("ws/socket");
        start(socket);
        SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);
        try {
            channel.connect(UnixDomainSocketAddress.of(socket));
            return channel;
        } catch (IOException e) {
            channel.close();
            throw e;
        }
    }

    private synchronized void start(Path socket) throws IOException {
        Process before = running;
        if (before != null && before.isAlive()) {
            return;
        }
        Files.deleteIfExists(socket);
        Process now = started(socket);
        running = now;
        for (int tenth = 0; !Files.exists(socket); tenth++) {
            if (!now.isAlive() || tenth > PATIENCE_SECONDS * 10) {
                now.destroyForcibly();
                throw new IOException("Cockpit's web server does not start on this host; it says: " + said(now));
            }
            pause();
        }
    }

    /**
     * The kernel ends it when the thread that started it ends, so that one waits for it. Else it would outlive an agent that died,
     * and send tickets to a port that is anybody's then.
     */
    private Process started(Path socket) throws IOException {
        CompletableFuture<Process> answer = new CompletableFuture<>();
        Thread.ofPlatform().daemon().name("cockpit-ws").start(() -> {
            try {
                Process process = command(socket).start();
                answer.complete(process);
                process.waitFor();
            } catch (IOException e) {
                answer.completeExceptionally(e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        try {
            return answer.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the agent is stopping");
        } catch (ExecutionException | TimeoutException e) {
            throw new IOException("Cockpit's web server cannot be started", e);
        }
    }

    private ProcessBuilder command(Path socket) {
        String user = String.valueOf(NOBODY_ELSE);
        ProcessBuilder builder = new ProcessBuilder(Stream.of(
                        List.of("setpriv", "--reuid", user, "--regid", user, "--clear-groups"),
                        List.of(
                                "--no-new-privs",
                                "--bounding-set",
                                "-all",
                                "--inh-caps",
                                "-all",
                                "--pdeathsig",
                                "KILL"),
                        // It knows no sockets of this kind but those that it inherits.
                        List.of("systemd-socket-activate", "--listen", socket.toString(), "-E", "XDG_CONFIG_DIRS"),
                        List.of("-E", "BELLWETHER_COCKPIT", "-E", "BASH_ENV", "-E", "PATH", "-E", "XDG_DATA_DIRS"),
                        List.of(installed().orElseThrow().toString(), "--for-tls-proxy"))
                .flatMap(List::stream)
                .toList());
        Map<String, String> environment = builder.environment();
        environment.put("XDG_CONFIG_DIRS", directory.resolve("etc").toString());
        environment.put("BELLWETHER_COCKPIT", String.valueOf(bridges));
        // /run is often mounted so that nothing in it can be executed.
        environment.put("BASH_ENV", directory.resolve("relay").toString());
        environment.putIfAbsent("PATH", "/usr/sbin:/usr/bin:/sbin:/bin");
        environment.putIfAbsent("XDG_DATA_DIRS", "/usr/local/share:/usr/share");
        return builder.directory(directory.toFile()).redirectErrorStream(true).redirectOutput(log());
    }

    private ProcessBuilder.Redirect log() {
        return ProcessBuilder.Redirect.to(directory.resolve("log").toFile());
    }

    private String said(Process process) {
        try {
            return Files.readString(directory.resolve("log"), StandardCharsets.UTF_8)
                    .strip();
        } catch (IOException e) {
            return "process " + process.pid() + " said nothing that can be read";
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UncheckedIOException(new IOException("the agent is stopping"));
        }
    }

    synchronized void end() {
        Process process = running;
        if (process != null) {
            process.destroy();
            LOG.debug("Cockpit's web server was ended");
        }
    }
}
