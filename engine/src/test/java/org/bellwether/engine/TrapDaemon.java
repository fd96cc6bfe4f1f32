package org.bellwether.engine;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Net-SNMP's own receiver of traps, on the loopback, with files of its own; it ends with {@link #close()}. */
final class TrapDaemon implements AutoCloseable {
    static final Path PROGRAM = Path.of("/usr/sbin/snmptrapd");

    private final Path folder;
    private final int port;
    private Process process;

    /** @param lines who may send, in the words of {@code snmptrapd.conf} */
    TrapDaemon(Path folder, List<String> lines) throws IOException {
        this.folder = Files.createDirectories(folder);
        try (var socket = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
            port = socket.getLocalPort();
        }
        Files.write(folder.resolve("snmptrapd.conf"), lines);
        start();
    }

    private void start() throws IOException {
        var builder = new ProcessBuilder(
                        PROGRAM.toString(),
                        "-f",
                        "-C",
                        "-c",
                        folder.resolve("snmptrapd.conf").toString(),
                        "-Lf",
                        log().toString(),
                        "-On",
                        "-n",
                        "-p",
                        folder.resolve("pid").toString(),
                        "udp:127.0.0.1:" + port)
                .redirectErrorStream(true)
                .redirectOutput(folder.resolve("out").toFile());
        builder.environment().put("SNMP_PERSISTENT_DIR", folder.resolve("state").toString());
        builder.environment().put("MIBS", "");
        process = builder.start();
    }

    private Path log() {
        return folder.resolve("traps");
    }

    int port() {
        return port;
    }

    boolean listens() {
        return heard().contains("NET-SNMP version");
    }

    /** Whatever it took and wrote down. */
    String heard() {
        try {
            return Files.exists(log()) ? Files.readString(log()) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                process.destroyForcibly().waitFor();
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
