package org.bellwether.agent.host;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether this host's QEMU survives a backup of a disk that an I/O thread serves. That of Debian 12 does not: it ends, and
 * the machine with it, when the first reader leaves. So a reader comes and goes, at a QEMU without a guest; the answer
 * holds as long as the host has that QEMU.
 */
public final class ThreadsProbe {
    private static final Logger LOG = LoggerFactory.getLogger(ThreadsProbe.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);

    private final Path answer;
    private final String emulator;

    public ThreadsProbe(Path stateDirectory, String emulator) {
        this.answer = stateDirectory.resolve("threads-survive");
        this.emulator = emulator;
    }

    /** Probes, or answers what the probe of this QEMU found. What cannot be found out counts as no. */
    public boolean survives() {
        try {
            String version = version();
            if (Files.exists(answer)) {
                String[] lines = Files.readString(answer).split("\n");
                if (lines.length == 2 && lines[0].equals(version)) {
                    return Boolean.parseBoolean(lines[1]);
                }
            }
            boolean survives = probe();
            AtomicFile.write(
                    answer,
                    (version + "\n" + survives + "\n").getBytes(StandardCharsets.UTF_8),
                    PosixFilePermissions.fromString("rw-r--r--"));
            if (!survives) {
                LOG.warn(
                        "{} would end during backups of disks on I/O threads: machines start without them here, until"
                                + " the host has a newer QEMU",
                        version);
            }
            return survives;
        } catch (IOException | Refusal e) {
            LOG.warn("whether backups and I/O threads go together could not be found out: {}", e.toString());
            return false;
        }
    }

    /** With the package's, for the same release is mended in one and broken in the next. */
    private String version() {
        String said = Command.of(emulator, "--version").run(DEADLINE).output();
        return said.lines().findFirst().orElse("");
    }

    private boolean probe() throws IOException {
        Path directory = Files.createTempDirectory("bellwether-probe");
        Path socket = directory.resolve("nbd");
        Process qemu = new ProcessBuilder(
                        emulator,
                        "-machine",
                        "none",
                        "-nodefaults",
                        "-no-user-config",
                        "-display",
                        "none",
                        "-object",
                        "iothread,id=thread",
                        "-blockdev",
                        "driver=null-co,node-name=disk,size=1048576",
                        "-qmp",
                        "stdio")
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        Thread.ofVirtual().start(() -> endWhenLate(qemu));
        // Not closed by us: what is left in it cannot be written to a QEMU that has ended, which closes it.
        Writer words = qemu.outputWriter(StandardCharsets.UTF_8);
        try (BufferedReader answers = qemu.inputReader(StandardCharsets.UTF_8)) {
            words.write(
                    "{'execute': 'qmp_capabilities'}\n{'execute': 'nbd-server-start', 'arguments': {'addr': {'type': 'unix',"
                            + " 'data': {'path': '" + socket
                            + "'}}}}\n{'execute': 'block-export-add', 'arguments': {'type': 'nbd',"
                            + " 'id': 'export', 'node-name': 'disk', 'iothread': 'thread', 'fixed-iothread': true}}\n");
            words.flush();
            // A greeting and three answers.
            for (int line = 0; line < 4; line++) {
                String said = answers.readLine();
                if (said == null || said.contains("\"error\"")) {
                    throw new IOException("QEMU did not serve the probe: " + said);
                }
            }
            Command.Outcome reader = Command.of("qemu-img", "info", "nbd+unix:///disk?socket=" + socket)
                    .run(DEADLINE);
            if (!reader.worked()) {
                throw new IOException("the probe could not be read: " + reader.words());
            }
            return asksToQuit(words) && qemu.waitFor() == 0;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("the agent is stopping", e);
        } finally {
            qemu.destroyForcibly();
            Files.deleteIfExists(socket);
            Files.delete(directory);
        }
    }

    /** One that has ended is not there to be asked. */
    private static boolean asksToQuit(Writer words) {
        try {
            words.write("{'execute': 'quit'}\n");
            words.flush();
            return true;
        } catch (IOException ended) {
            return false;
        }
    }

    private static void endWhenLate(Process qemu) {
        try {
            if (!qemu.waitFor(DEADLINE.toMillis(), TimeUnit.MILLISECONDS)) {
                qemu.destroyForcibly();
            }
        } catch (InterruptedException e) {
            qemu.destroyForcibly();
        }
    }
}
