package org.bellwether.lab;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Random;

/**
 * A real engine in a process of its own, with its database beside it, both enclosed so that they die with the lab. Killing
 * the engine leaves the database running, as on a real machine.
 */
public final class EngineProcess {
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration END = Duration.ofSeconds(60);

    private final Lab lab;
    private final Path directory;
    private final String address;
    private final int port;
    private final List<String> options;

    private EngineProcess(Lab lab, Path directory, String address, int port, List<String> options) {
        this.lab = lab;
        this.directory = directory;
        this.address = address;
        this.port = port;
        this.options = options;
    }

    /** The engine of a lab, not started yet, listening on the loopback. */
    static EngineProcess of(Lab lab, Path directory, int port) {
        return new EngineProcess(lab, directory, "127.0.0.1", port, Jvm.from(FastStarts.engine(Site.build())));
    }

    /** The same engine, started with these options of the JVM. */
    EngineProcess with(List<String> jvmOptions) {
        return new EngineProcess(lab, directory, address, port, jvmOptions);
    }

    /** For a test: on a port that is free, and stays so while the engine is down: connections outwards take others. */
    public static EngineProcess forTest(Lab lab) {
        return new Random()
                .ints(20_000, 30_000)
                .limit(1000)
                .mapToObj(port -> of(lab, lab.directory().resolve("engine"), port))
                .filter(EngineProcess::portIsFree)
                .findFirst()
                .orElseThrow(() -> new LabFailure("no port of this machine is free for an engine"));
    }

    /** Where its log is. */
    public Path log() {
        return directory.resolve("engine.log");
    }

    private Path data() {
        return directory.resolve("data");
    }

    private Path pid() {
        return directory.resolve("engine.pid");
    }

    public Path authority() {
        return data().resolve("pki/ca.crt");
    }

    public String user() {
        return "admin@internal";
    }

    public String password() {
        try {
            return Files.readString(data().resolve("admin-password")).strip();
        } catch (IOException e) {
            throw new LabFailure("the engine's password cannot be read: " + e.getMessage(), e);
        }
    }

    /** The URL that people and clients start from; it ends in /ovirt-engine. */
    public URI url() {
        return URI.create("https://" + address + ":" + port + "/ovirt-engine");
    }

    public boolean runs() {
        return lab.running("engine").map(inside -> inside.runs(pid())).orElse(false);
    }

    /** Starts the engine if it does not run, and answers when it serves. */
    public void start() {
        start(Map.of());
    }

    /** Starts the engine with more configuration, for example a point to crash at. */
    public void start(Map<String, String> more) {
        if (!runs()) {
            launch(more);
        }
        if (!Await.holds(START, () -> serves() || !runs()) || !serves()) {
            throw new LabFailure("the engine did not start: " + lastWords());
        }
    }

    /** Starts the engine without waiting for it to serve. */
    void launch(Map<String, String> more) {
        requireFreePort();
        try {
            Files.createDirectories(directory);
            Properties properties = new Properties();
            properties.setProperty("data-dir", data().toString());
            properties.setProperty("http.address", address);
            properties.setProperty("https.port", Integer.toString(port));
            // Any that is free: it is told by the files that remote-viewer opens.
            properties.setProperty("vnc.port", "0");
            properties.putAll(more);
            try (var out = Files.newBufferedWriter(config())) {
                properties.store(out, null);
            }
            Files.deleteIfExists(pid());
        } catch (IOException e) {
            throw new LabFailure("cannot write the engine's configuration: " + e.getMessage(), e);
        }
        lab.enclosure("engine", Map.of())
                .launch(log(), pid(), Jvm.engine(options, List.of("--config", config().toString())));
        if (!Await.holds(Duration.ofSeconds(20), () -> Files.exists(pid()))) {
            throw new LabFailure("the engine's process did not start; see " + log());
        }
    }

    private Path config() {
        return directory.resolve("engine.properties");
    }

    private void requireFreePort() {
        // An engine that was killed may still be closing its sockets.
        if (!Await.holds(Duration.ofSeconds(10), this::portIsFree)) {
            throw new LabFailure("port %d of %s is taken by another program: stop it (`ss -ltnp sport = :%d` names it)"
                    .formatted(port, address, port));
        }
    }

    private boolean portIsFree() {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(address, port));
            return true;
        } catch (IOException taken) {
            return false;
        }
    }

    private boolean serves() {
        return Files.exists(authority()) && listens() && ApiClient.health(url(), authority());
    }

    /** Asked first, because a client's preparation for TLS takes time from an engine that is just starting. */
    private boolean listens() {
        try (Socket socket = new Socket()) {
            socket.connect(new InetSocketAddress(address, port), 1_000);
            return true;
        } catch (IOException notYet) {
            return false;
        }
    }

    /** The end of the engine's log, for error messages. */
    public String lastWords() {
        return LogFile.end(log());
    }

    /** SIGKILL: the engine gets no chance to say goodbye. */
    public void kill() {
        lab.running("engine").ifPresent(inside -> {
            inside.signal("KILL", pid());
            awaitEnd();
        });
    }

    /** Ends the engine in order, its database too. */
    public void stop() {
        stop(END);
    }

    void stop(Duration patience) {
        lab.running("engine").ifPresent(inside -> {
            inside.signal("TERM", pid());
            awaitEnd(patience);
        });
    }

    /** Waits until the engine ended by itself, for example at the point where it was told to crash. */
    public void awaitEnd() {
        awaitEnd(END);
    }

    private void awaitEnd(Duration patience) {
        if (!Await.holds(patience, () -> !runs())) {
            throw new LabFailure("the engine does not end; see " + log());
        }
    }

    /** The words that say {@code bellwether engine …} to this engine, where its processes are to be seen. */
    List<String> commandLine(List<String> words) {
        List<String> arguments = new ArrayList<>(words);
        arguments.addAll(List.of("--config", config().toString()));
        // The files that it names are where it is said.
        List<String> all =
                new ArrayList<>(List.of("env", "--chdir=" + Path.of("").toAbsolutePath()));
        all.addAll(Jvm.engineCommand(arguments));
        return lab.enclosure("engine", Map.of()).inside(all);
    }

    /** Says {@code bellwether engine …} to this engine, and answers what that wrote. */
    String command(String... words) {
        return Command.run(Duration.ofMinutes(3), commandLine(List.of(words)));
    }

    /** All that the engine keeps is gone, as with its machine. */
    void destroy() {
        stop();
        Lab.removeTree(data());
    }

    /** A client signed on as the administrator. */
    public ApiClient client() {
        return ApiClient.signOn(url(), authority(), user(), password());
    }

    /** Waits for the first 200 of the API itself; for measurements. */
    long awaitFirstAnswer() {
        String credentials = user() + ":" + password();
        if (!Await.holds(START, () -> listens() && ApiClient.answers(url(), authority(), credentials))) {
            throw new LabFailure("the engine did not start: " + lastWords());
        }
        return 0;
    }

    long residentMegabytes() {
        return ProcessMemory.residentMegabytes(enclosure(), pid());
    }

    /** Where the database is that the engine brought along. */
    record Database(String url, String user, String password) {}

    Database database() {
        Path home = data().resolve("postgres");
        try {
            String port = Files.readAllLines(home.resolve("data/postmaster.pid"))
                    .get(3)
                    .strip();
            return new Database(
                    "jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                    "bellwether",
                    Files.readString(home.resolve("password")).strip());
        } catch (IOException e) {
            throw new LabFailure("the engine's database is not to be found under " + home, e);
        }
    }

    private Namespace enclosure() {
        return lab.running("engine").orElseThrow(() -> new LabFailure("the engine does not run"));
    }
}
