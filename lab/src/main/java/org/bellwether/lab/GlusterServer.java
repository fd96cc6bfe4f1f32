package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A Gluster server with an address of its own on the lab's bridge. */
public final class GlusterServer {
    private static final Path PID = Path.of("/run/glusterd.pid");
    private static final String PING_TIMEOUT = "network.ping-timeout";

    private final Lab lab;
    private final Path directory;

    GlusterServer(Lab lab) {
        this.lab = lab;
        this.directory = lab.directory().resolve("gluster");
    }

    public String address() {
        return lab.network().address(5);
    }

    /** Starts the server if it does not run, and makes and starts a volume of one brick if it is not there. */
    public void start(String volume) {
        Namespace server = lab.running("gluster").orElseGet(this::powerOn);
        if (!server.runs(PID)) {
            server.launch(directory.resolve("glusterd.out"), PID, List.of("glusterd", "--no-daemon", "-L", "WARNING"));
        }
        if (!Await.holds(
                Duration.ofSeconds(60), () -> gluster(server, "volume", "list").succeeded())) {
            throw new LabFailure("glusterd does not answer; its log is under " + directory.resolve("log"));
        }
        if (!gluster(server, "volume", "info", volume).succeeded()) {
            Path brick = directory.resolve("bricks").resolve(volume);
            try {
                Files.createDirectories(brick);
            } catch (IOException e) {
                throw new LabFailure("cannot make the brick " + brick + ": " + e.getMessage(), e);
            }
            must(server, "volume", "create", volume, address() + ":" + brick, "force");
            // Caches that would show one host what another has already changed, and direct I/O that is not direct.
            for (String option : List.of("quick-read", "read-ahead", "io-cache", "stat-prefetch")) {
                must(server, "volume", "set", volume, "performance." + option, "off");
            }
            must(server, "volume", "set", volume, PING_TIMEOUT, "10");
        }
        // As its users are told to: hosts are this user there.
        for (String owner : List.of("storage.owner-uid", "storage.owner-gid")) {
            must(server, "volume", "set", volume, owner, "36");
        }
        if (!gluster(server, "volume", "info", volume).output().contains("Status: Started")) {
            must(server, "volume", "start", volume);
        }
        if (!Await.holds(
                Duration.ofSeconds(60),
                () -> gluster(server, "volume", "status", volume, "detail")
                        .output()
                        .matches("(?s).*Online +: Y.*"))) {
            throw new LabFailure(
                    "the brick of " + volume + " does not come up; logs are under " + directory.resolve("log"));
        }
    }

    private Namespace powerOn() {
        try {
            for (String part : List.of("etc", "state", "log", "bricks")) {
                Files.createDirectories(directory.resolve(part));
            }
            for (String needed : List.of("/etc/glusterfs", "/var/lib/glusterd", "/var/log/glusterfs")) {
                Files.createDirectories(Path.of(needed));
            }
            Files.writeString(directory.resolve("etc/glusterd.vol"), """
                    volume management
                        type mgmt/glusterd
                        option working-directory /var/lib/glusterd
                        option transport-type socket
                        option transport.socket.keepalive-time 10
                        option transport.socket.keepalive-interval 2
                        option transport.socket.read-fail-log off
                        option transport.socket.bind-address %s
                        option transport.address-family inet
                        option event-threads 1
                    end-volume
                    """.formatted(address()));
        } catch (IOException e) {
            throw new LabFailure("cannot lay out the Gluster server: " + e.getMessage(), e);
        }
        Map<Path, Path> binds = new LinkedHashMap<>();
        binds.put(Path.of("/etc/glusterfs"), directory.resolve("etc"));
        binds.put(Path.of("/var/lib/glusterd"), directory.resolve("state"));
        binds.put(Path.of("/var/log/glusterfs"), directory.resolve("log"));
        Namespace server = lab.namespace("gluster", "storage", true, true, binds);
        lab.plug(server, lab.name() + "g", address());
        return server;
    }

    /** For how long clients wait for an answer before what they do fails; ten seconds unless told. */
    void patience(String volume, Duration patience) {
        lab.running("gluster")
                .ifPresent(server ->
                        must(server, "volume", "set", volume, PING_TIMEOUT, Long.toString(patience.toSeconds())));
    }

    /** Makes the server hang: it keeps its connections and answers nothing. */
    public void freeze() {
        signal("STOP");
    }

    public void thaw() {
        signal("CONT");
    }

    /** To all that serves: the first process of the server's namespaces is no part of it. */
    private void signal(String signal) {
        lab.running("gluster")
                .ifPresent(server -> server.run(
                        "sh",
                        "-c",
                        "for process in /proc/[0-9]*; do read -r name <\"$process/comm\" || continue;"
                                + " case $name in gluster*) kill -\"$0\" \"${process#/proc/}\";; esac; done",
                        signal));
    }

    /** Where a volume's files lie on this machine. */
    public Path brick(String volume) {
        return directory.resolve("bricks").resolve(volume);
    }

    /** Pulls the server's plug. */
    public void powerOff() {
        lab.running("gluster").ifPresent(Namespace::kill);
    }

    private Command.Outcome gluster(Namespace server, String... words) {
        return server.attempt(Duration.ofSeconds(60), command(words));
    }

    private void must(Namespace server, String... words) {
        server.run(command(words));
    }

    private static String[] command(String... words) {
        List<String> all = new ArrayList<>(List.of("gluster", "--mode=script"));
        all.addAll(List.of(words));
        return all.toArray(String[]::new);
    }
}
