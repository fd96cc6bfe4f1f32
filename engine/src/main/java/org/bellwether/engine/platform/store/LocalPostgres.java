package org.bellwether.engine.platform.store;

import java.io.BufferedInputStream;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.tukaani.xz.XZInputStream;

/**
 * The PostgreSQL server that the engine brings along, for those who name none of their own: unpacked, initialised and
 * started under the engine's data directory, listening on loopback only.
 *
 * <p>The server outlives an engine that is killed; the next engine finds it by its pid file and goes on with it.
 */
final class LocalPostgres {

    private static final Logger log = LoggerFactory.getLogger(LocalPostgres.class);
    private static final String USER = "bellwether";
    private static final String ROOT = "root";
    private static final int LAST_WORDS = 500;
    private static final String AS_ANOTHER =
            "u=$1; shift; exec setpriv --reuid=\"$u\" --regid=\"$(id -g \"$u\")\" --init-groups \"$@\"";
    private static final String ARCHIVE = "/postgres-linux-x86_64.txz";
    /** Who dies is seen at once; on a busy machine under emulation, who lives may take minutes. */
    private static final Duration START_LIMIT = Duration.ofMinutes(5);

    private final Path home;
    private final Path data;
    private final Path passwordFile;
    private boolean foundRunning;

    LocalPostgres(Path home) {
        this.home = home;
        this.data = home.resolve("data");
        this.passwordFile = home.resolve("password");
    }

    /** Where the running server is. */
    record Running(String url, String user, String password) {}

    /**
     * Starts the server, or finds it running.
     *
     * @throws UncheckedIOException when it cannot be unpacked, initialised or started; the message names the log to read
     */
    Running start() {
        try {
            Files.createDirectories(home);
            var password = password();
            give(home);
            give(passwordFile);
            var pid = runningPostmaster();
            foundRunning = pid.isPresent();
            int port;
            if (pid.isPresent()) {
                port = pid.get().port();
                log.info(
                        "PostgreSQL is running already (pid {}, port {})",
                        pid.get().pid(),
                        port);
            } else {
                var binaries = unpack();
                initialise(binaries);
                port = launch(binaries);
            }
            return new Running("jdbc:postgresql://127.0.0.1:" + port + "/postgres", USER, password);
        } catch (IOException e) {
            throw new UncheckedIOException("PostgreSQL could not be started under " + home + ": " + e.getMessage(), e);
        }
    }

    /** Whether a server was ever initialised here. */
    boolean exists() {
        return Files.exists(data.resolve("PG_VERSION"));
    }

    /** Whether {@link #start} found it running. */
    boolean foundRunning() {
        return foundRunning;
    }

    /** Stops the server; waits until it is gone, at most 30 seconds. */
    void stop() {
        runningPostmaster().flatMap(running -> ProcessHandle.of(running.pid())).ifPresent(process -> {
            process.destroy();
            try {
                process.onExit().get(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            } catch (Exception e) {
                log.warn(
                        "PostgreSQL (pid {}) has not stopped after 30 s; it goes on stopping by itself", process.pid());
            }
        });
    }

    private record Postmaster(long pid, int port) {}

    /** A server that is still starting or stopping is waited for: a second one beside it would refuse to run. */
    private Optional<Postmaster> runningPostmaster() {
        var limit = Instant.now().plus(START_LIMIT);
        var found = livingPostmaster();
        while (found.isPresent()
                && !(readyLine() && answers(found.get().port()))
                && Instant.now().isBefore(limit)) {
            pause();
            found = livingPostmaster();
        }
        return found;
    }

    private Optional<Postmaster> livingPostmaster() {
        try {
            var lines = Files.readAllLines(data.resolve("postmaster.pid"));
            long pid = Long.parseLong(lines.get(0).trim());
            int port = Integer.parseInt(lines.get(3).trim());
            var isPostgres = ProcessHandle.of(pid)
                    .flatMap(process -> process.info().command())
                    .filter(command -> command.endsWith("/postgres"))
                    .isPresent();
            return isPostgres ? Optional.of(new Postmaster(pid, port)) : Optional.empty();
        } catch (IOException | RuntimeException absentOrHalfWritten) {
            return Optional.empty();
        }
    }

    private String password() throws IOException {
        if (Files.exists(passwordFile)) {
            return Files.readString(passwordFile).trim();
        }
        var bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        var password = HexFormat.of().formatHex(bytes);
        var draft = Files.createTempFile(
                home,
                "password",
                ".tmp",
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        Files.writeString(draft, password);
        Files.move(draft, passwordFile, StandardCopyOption.ATOMIC_MOVE);
        return password;
    }

    /** What an engine that was installed from its package has beside its jars: for the first start that is the longest part. */
    private static Optional<Path> packaged() {
        var jar = Path.of(System.getProperty("java.class.path").split(File.pathSeparator, 2)[0]);
        var server = jar.toAbsolutePath().resolve("../../postgres").normalize();
        return Files.isExecutable(server.resolve("bin/postgres")) ? Optional.of(server) : Optional.empty();
    }

    /** Unpacks beside the final place and renames, so that a half-unpacked server is never taken for a whole one. */
    private Path unpack() throws IOException {
        var there = packaged();
        if (there.isPresent()) {
            return there.get();
        }
        var target = home.resolve("server");
        var mark = target.resolve("unpacked-from");
        try (var in = LocalPostgres.class.getResourceAsStream(ARCHIVE)) {
            if (in == null) {
                throw new IOException("the engine was packaged without " + ARCHIVE
                        + "; set database.url to a PostgreSQL server of your own");
            }
            var version = archiveVersion();
            if (Files.exists(mark) && Files.readString(mark).equals(version)) {
                return target;
            }
            log.info("Unpacking PostgreSQL to {}", target);
            var draft = home.resolve("server.tmp");
            deleteTree(draft);
            extract(new TarArchiveInputStream(new XZInputStream(new BufferedInputStream(in))), draft);
            Files.writeString(draft.resolve("unpacked-from"), version);
            deleteTree(target);
            Files.move(draft, target, StandardCopyOption.ATOMIC_MOVE);
        }
        return target;
    }

    private static String archiveVersion() {
        return String.valueOf(LocalPostgres.class.getResource(ARCHIVE)).replaceAll(".*/([^/]+\\.jar)!.*", "$1");
    }

    private static void extract(TarArchiveInputStream tar, Path target) throws IOException {
        Files.createDirectories(target);
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            var path = target.resolve(entry.getName()).normalize();
            if (!path.startsWith(target)) {
                throw new IOException("the PostgreSQL archive names a path outside itself: " + entry.getName());
            }
            if (entry.isDirectory()) {
                Files.createDirectories(path);
            } else if (entry.isSymbolicLink()) {
                Files.createDirectories(path.getParent());
                Files.createSymbolicLink(path, Path.of(entry.getLinkName()));
            } else {
                Files.createDirectories(path.getParent());
                Files.copy(tar, path);
                if ((entry.getMode() & 0100) != 0) {
                    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
                }
            }
        }
    }

    private void initialise(Path binaries) throws IOException {
        if (exists()) {
            return;
        }
        var draft = home.resolve("data.tmp");
        deleteTree(draft);
        run(List.of(
                binaries.resolve("bin/initdb").toString(),
                "--pgdata=" + draft,
                "--username=" + USER,
                "--pwfile=" + passwordFile,
                "--auth=scram-sha-256",
                // Thousands of rounds protect a password that can be guessed; this one has 192 random bits, and the
                // rounds
                // would be a tenth of the engine's start.
                "--set=scram_iterations=1",
                "--encoding=UTF8",
                "--no-locale",
                "--no-instructions"));
        Files.move(draft, data, StandardCopyOption.ATOMIC_MOVE);
    }

    private int launch(Path binaries) throws IOException {
        int port = freePort();
        var command = asUnprivileged(List.of(
                binaries.resolve("bin/postgres").toString(),
                "-D",
                data.toString(),
                "-c",
                "listen_addresses=127.0.0.1",
                "-c",
                "port=" + port,
                "-c",
                "unix_socket_directories=",
                "-c",
                "max_connections=40",
                "-c",
                "shared_buffers=64MB",
                "-c",
                "max_wal_size=512MB",
                "-c",
                "jit=off",
                "-c",
                "log_timezone=UTC"));
        var logFile = home.resolve("server.log").toFile();
        var process = new ProcessBuilder(command)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(logFile))
                .start();
        process.getOutputStream().close();
        var limit = Instant.now().plus(START_LIMIT);
        while (!readyLine() || !answers(port)) {
            if (!process.isAlive()) {
                throw new IOException("the server ended at once; " + logFile + " says why");
            }
            if (Instant.now().isAfter(limit)) {
                process.destroy();
                throw new IOException(
                        "the server did not answer within " + START_LIMIT.toSeconds() + " s; see " + logFile);
            }
            pause();
        }
        log.info("PostgreSQL is up (pid {}, port {})", process.pid(), port);
        return port;
    }

    /** Whether the pid file's last line says that connections are taken. */
    private boolean readyLine() {
        try {
            var lines = Files.readAllLines(data.resolve("postmaster.pid"));
            return lines.size() >= 8 && lines.get(7).trim().equals("ready");
        } catch (IOException notThereYet) {
            return false;
        }
    }

    private void run(List<String> command) throws IOException {
        var output = home.resolve("initdb.log").toFile();
        var process = new ProcessBuilder(asUnprivileged(command))
                .redirectErrorStream(true)
                .redirectOutput(output)
                .start();
        try {
            if (!process.waitFor(START_LIMIT.toSeconds(), TimeUnit.SECONDS) || process.exitValue() != 0) {
                // What it has started would go on writing where everything is about to be removed.
                process.descendants().forEach(ProcessHandle::destroyForcibly);
                process.destroyForcibly();
                // The place may be taken away with its log.
                throw new IOException(command.getFirst() + " failed: " + end(output.toPath()));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while running " + command.getFirst(), e);
        }
    }

    private static String end(Path log) throws IOException {
        var text = Files.readString(log).strip();
        return text.isEmpty() ? "it said nothing" : text.substring(Math.max(0, text.length() - LAST_WORDS));
    }

    /**
     * PostgreSQL refuses to run as root. Where the place is somebody else's, as in what a package made for the engine's user, it
     * runs as that one; else in a user namespace of its own, where it does not see that it is root. That one could not enter a
     * place of somebody else's.
     */
    private List<String> asUnprivileged(List<String> command) throws IOException {
        if (!ROOT.equals(System.getProperty("user.name"))) {
            return command;
        }
        var owner = Files.getOwner(place()).getName();
        var wrapped = new ArrayList<>(
                owner.equals(ROOT) ? List.of("unshare", "--user") : List.of("sh", "-c", AS_ANOTHER, "sh", owner));
        wrapped.addAll(command);
        return wrapped;
    }

    private Path place() {
        return Objects.requireNonNullElse(home.toAbsolutePath().getParent(), home);
    }

    /** What root made becomes that of whoever the server runs as. */
    private void give(Path made) throws IOException {
        if (ROOT.equals(System.getProperty("user.name"))) {
            Files.setOwner(made, Files.getOwner(place()));
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static boolean answers(int port) {
        try (var socket = new Socket()) {
            socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 200);
            return true;
        } catch (IOException e) {
            return false;
        }
    }

    private static void pause() {
        try {
            Thread.sleep(10);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static void deleteTree(Path root) throws IOException {
        if (!Files.exists(root)) {
            return;
        }
        try (var paths = Files.walk(root)) {
            for (var path : paths.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        }
    }
}
