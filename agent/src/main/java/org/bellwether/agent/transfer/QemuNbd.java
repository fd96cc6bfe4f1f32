package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A qemu-nbd that serves one volume on a socket of this host. It ends with its last client, so that none outlives an
 * agent that is killed.
 */
final class QemuNbd {
    private static final Logger LOG = LoggerFactory.getLogger(QemuNbd.class);
    private static final Duration STARTING = Duration.ofSeconds(20);
    private static final String CLIENTS = "32";

    private QemuNbd() {}

    /**
     * Serves the volume, and answers what is read and written there.
     *
     * @param direct past the page cache, which the machines' memory needs
     * @param bitmap of the volume, which tells what is dirty
     */
    static ImageBytes serve(
            Path socket, Path image, boolean qcow2, boolean direct, boolean writable, Optional<String> bitmap)
            throws IOException {
        List<String> words = new ArrayList<>(List.of(
                "qemu-nbd",
                "--socket=" + socket,
                "--shared=" + CLIENTS,
                "--format=" + (qcow2 ? "qcow2" : "raw"),
                "--cache=" + (direct ? "none" : "writeback")));
        if (writable) {
            words.add("--discard=unmap");
        } else {
            words.add("--read-only");
        }
        bitmap.ifPresent(name -> words.add("--bitmap=" + name));
        words.add(image.toString());
        Files.deleteIfExists(socket);
        Process server = Command.onStorage(words, image.getParent()).start();
        StringBuilder said = new StringBuilder();
        Command.read(server.getErrorStream(), text -> {
            synchronized (said) {
                said.append(text);
            }
        });
        Command.read(server.getInputStream(), text -> LOG.debug("qemu-nbd: {}", text.strip()));
        try {
            return connected(socket, server, bitmap, said);
        } catch (IOException | RuntimeException e) {
            end(server, socket);
            throw e;
        }
    }

    private static ImageBytes connected(Path socket, Process server, Optional<String> bitmap, StringBuilder said)
            throws IOException {
        long deadline = System.nanoTime() + STARTING.toNanos();
        while (true) {
            if (Files.exists(socket)) {
                try {
                    return new NbdBytes(socket, "", bitmap, () -> end(server, socket));
                } catch (java.net.SocketException notYet) {
                    LOG.trace("qemu-nbd does not listen yet");
                }
            }
            if (!server.isAlive() || System.nanoTime() > deadline) {
                synchronized (said) {
                    throw Refusal.broken("The volume cannot be served")
                            .because(
                                    said.isEmpty()
                                            ? "qemu-nbd did not begin in time"
                                            : said.toString().strip())
                            .next("Look whether a machine or another transfer uses it.");
                }
            }
            pause();
        }
    }

    private static void end(Process server, Path socket) {
        try {
            if (!server.waitFor(10, TimeUnit.SECONDS)) {
                LOG.warn("qemu-nbd at {} did not end by itself", socket);
                server.destroyForcibly();
            }
            Files.deleteIfExists(socket);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            server.destroyForcibly();
        } catch (IOException e) {
            LOG.warn("{} stays: {}", socket, e.toString());
        }
    }

    /** One that an agent that died has started and not connected to ends when its first client goes. */
    static void dismiss(Path socket) {
        try {
            NbdConnection.open(socket, "", NbdConnection.ALLOCATION).close();
        } catch (IOException gone) {
            LOG.debug("nobody serves {}", socket);
        }
        try {
            Files.deleteIfExists(socket);
        } catch (IOException e) {
            LOG.warn("{} stays: {}", socket, e.toString());
        }
    }

    private static void pause() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Refusal.wrongState("The agent is stopping");
        }
    }
}
