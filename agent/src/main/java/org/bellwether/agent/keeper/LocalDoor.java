package org.bellwether.agent.keeper;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.bellwether.agent.platform.FileIdentity;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where this host's administrator reaches the keeper without the engine: a socket that root alone can open. One line of words,
 * one answer: "ok" and a line of JSON or words, or "refused" and why.
 */
public final class LocalDoor implements AutoCloseable {
    /** The socket's name in the agent's run directory. */
    public static final String NAME = "engine-ha.sock";

    private static final Logger LOG = LoggerFactory.getLogger(LocalDoor.class);
    private static final int LONGEST = 1024;

    private final Keeper keeper;
    private final Path path;
    private final ServerSocketChannel server;

    private LocalDoor(Keeper keeper, Path path, ServerSocketChannel server) {
        this.keeper = keeper;
        this.path = path;
        this.server = server;
    }

    /** Opens it in the agent's run directory. */
    public static LocalDoor open(Keeper keeper, Path run) throws IOException {
        Path path = Files.createDirectories(run).resolve(NAME);
        Files.deleteIfExists(path);
        ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(path));
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-------"));
        FileIdentity.asDirectory(path);
        LocalDoor door = new LocalDoor(keeper, path, server);
        Thread.ofPlatform().daemon().name("engine-ha").start(door::serve);
        return door;
    }

    @Override
    public void close() {
        try {
            server.close();
            Files.deleteIfExists(path);
        } catch (IOException e) {
            LOG.warn("the socket {} stays: {}", path, e.toString());
        }
    }

    private void serve() {
        while (server.isOpen()) {
            try {
                SocketChannel caller = server.accept();
                Thread.ofPlatform().daemon().name("engine-ha call").start(() -> answer(caller));
            } catch (ClosedChannelException closed) {
                return;
            } catch (IOException e) {
                LOG.warn("a call on {} was lost: {}", path, e.toString());
            }
        }
    }

    private void answer(SocketChannel caller) {
        try (caller) {
            String answer;
            try {
                answer = "ok " + obey(line(caller).split(" ", -1));
            } catch (Refusal e) {
                answer = "refused " + e.error().getWhat()
                        + (e.error().getCause().isEmpty()
                                ? ""
                                : ": " + e.error().getCause()) + "."
                        + (e.error().getNext().isEmpty() ? "" : " " + e.error().getNext());
            } catch (RuntimeException e) {
                LOG.error("a call on {} failed", path, e);
                answer = "refused The agent failed at that. Its log says more: journalctl -u bellwether-agent";
            }
            ByteBuffer bytes = ByteBuffer.wrap((answer.replace('\n', ' ') + "\n").getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                caller.write(bytes);
            }
        } catch (IOException e) {
            LOG.debug("a caller on {} has gone: {}", path, e.toString());
        }
    }

    private static String line(SocketChannel caller) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(LONGEST);
        while (bytes.hasRemaining() && caller.read(bytes) >= 0) {
            String so = new String(bytes.array(), 0, bytes.position(), StandardCharsets.UTF_8);
            if (so.endsWith("\n")) {
                return so.strip();
            }
        }
        throw new IOException("no whole line came");
    }

    private String obey(String[] words) {
        String argument = words.length > 1 ? words[1] : "";
        return switch (words[0]) {
            case "status" -> StateFile.json(keeper.state()).toString();
            case "maintenance" -> maintenance(argument);
            case "start" -> {
                keeper.startByHand();
                yield "The engine's machine is being started on this host.";
            }
            case "stop" -> {
                keeper.stopByHand();
                yield "The engine's machine was asked to shut down.";
            }
            case "migrate" -> "The engine's machine moves to " + keeper.moveByHand(argument) + ".";
            default -> throw Refusal.badRequest("There is no word " + words[0]);
        };
    }

    private String maintenance(String kind) {
        switch (kind) {
            case "local" -> keeper.maintain(Optional.of(true), Optional.empty());
            case "global" -> keeper.maintain(Optional.empty(), Optional.of(true));
            case "none" -> keeper.maintain(Optional.of(false), Optional.of(false));
            default -> throw Refusal.badRequest("Maintenance is local, global or none, not \"" + kind + "\"");
        }
        return switch (kind) {
            case "local" -> "This host is in maintenance for the engine's machine, which leaves it if it is here.";
            case "global" -> "No host does anything about the engine's machine.";
            default -> "The hosts keep the engine's machine alive, this one among them.";
        };
    }
}
