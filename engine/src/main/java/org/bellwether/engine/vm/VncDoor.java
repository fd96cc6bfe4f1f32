package org.bellwether.engine.vm;

import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.http.SocketPlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where native VNC clients such as remote-viewer come in. They speak RFB over plain TCP, so this is open only where the
 * configuration says so; the password is a ticket for one machine and one visit, and says by itself which machine is meant.
 * Behind it the bytes go as those of a browser's console do.
 */
public final class VncDoor implements AutoCloseable {
    private static final Logger log = LoggerFactory.getLogger(VncDoor.class);
    private static final byte[] VERSION = "RFB 003.008\n".getBytes(StandardCharsets.US_ASCII);
    private static final int NO_PASSWORD = 1;
    private static final int PASSWORD = 2;
    private static final int CHALLENGE_BYTES = 16;
    private static final int PIECE = 16 * 1024;
    private static final Duration SHAKING_HANDS = Duration.ofSeconds(15);
    /** Who guesses passwords is slowed down, and is one of few. */
    private static final Duration AFTER_A_WRONG_ONE = Duration.ofSeconds(2);

    private static final int MOST_STRANGERS = 32;

    private final ServerSocket socket;
    private final Consoles consoles;
    private final Semaphore strangers = new Semaphore(MOST_STRANGERS);

    private VncDoor(ServerSocket socket, Consoles consoles) {
        this.socket = socket;
        this.consoles = consoles;
    }

    public static VncDoor open(String address, int port, Consoles consoles) {
        try {
            var socket = new ServerSocket();
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(InetAddress.getByName(address), port));
            var door = new VncDoor(socket, consoles);
            Thread.ofVirtual().name("vnc-door").start(door::accept);
            log.info("VNC clients come in at port {}", socket.getLocalPort());
            return door;
        } catch (IOException e) {
            throw new UncheckedIOException("VNC clients cannot be let in at " + address + ":" + port, e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    @Override
    public void close() {
        try {
            socket.close();
        } catch (IOException e) {
            log.debug("closing the door of VNC clients", e);
        }
    }

    private void accept() {
        while (!socket.isClosed()) {
            try {
                var client = socket.accept();
                if (strangers.tryAcquire()) {
                    Thread.ofVirtual().name("vnc-client").start(() -> serve(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.warn("A VNC client could not come in: {}", e.toString());
                }
            }
        }
    }

    private void serve(Socket client) {
        boolean stranger = true;
        try (client) {
            client.setTcpNoDelay(true);
            client.setSoTimeout(Math.toIntExact(SHAKING_HANDS.toMillis()));
            var in = new DataInputStream(client.getInputStream());
            var out = client.getOutputStream();
            var challenge = ConsoleTickets.challenge();
            var response = response(in, out, challenge);
            var ticket = consoles.redeemed(challenge, response);
            if (ticket.isEmpty()) {
                TimeUnit.NANOSECONDS.sleep(AFTER_A_WRONG_ONE.toNanos());
                refuse(out, "The password is not valid (any more): ask for a new one");
                return;
            }
            strangers.release();
            stranger = false;
            var screen = new Screen(client);
            var talk = consoles.entered(ticket.get(), screen);
            try {
                screen.shakeHands(talk);
                out.write(new byte[4]);
                client.setSoTimeout(0);
                Thread.ofVirtual().name("vnc-screen").start(screen::show);
                listen(in, talk);
            } finally {
                talk.closed();
            }
        } catch (EOFException gone) {
            log.debug("A VNC client has gone");
        } catch (IOException e) {
            log.info("The talk with a VNC client ended: {}", e.getMessage());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } finally {
            if (stranger) {
                strangers.release();
            }
        }
    }

    private static byte[] response(DataInputStream in, OutputStream out, byte[] challenge) throws IOException {
        out.write(VERSION);
        var version = in.readNBytes(VERSION.length);
        if (Arrays.compare(version, 0, 7, VERSION, 0, 7) != 0 || version.length < VERSION.length || version[10] < '7') {
            throw new IOException("it speaks an older VNC than 3.7, or none");
        }
        out.write(new byte[] {1, PASSWORD});
        if (in.readByte() != PASSWORD) {
            throw new IOException("it does not want to give a password");
        }
        out.write(challenge);
        var response = new byte[CHALLENGE_BYTES];
        in.readFully(response);
        return response;
    }

    private static void refuse(OutputStream out, String why) throws IOException {
        var words = why.getBytes(StandardCharsets.UTF_8);
        out.write(ByteBuffer.allocate(8 + words.length)
                .putInt(1)
                .putInt(words.length)
                .put(words)
                .array());
    }

    private static void listen(DataInputStream in, SocketPlace.Talk talk) throws IOException {
        var piece = new byte[PIECE];
        for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
            talk.received(ByteBuffer.wrap(piece, 0, count));
        }
    }

    /** What comes from the machine: QEMU's own greeting is answered here, the rest is the client's. */
    private static final class Screen implements SocketPlace.Peer {
        /** @param last nothing comes after it, and nothing is in it */
        private record Piece(ByteBuffer bytes, Runnable sent, boolean last) {}

        private final Socket client;
        private final BlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
        private ByteBuffer left = ByteBuffer.allocate(0);

        Screen(Socket client) {
            this.client = client;
        }

        @Override
        public void send(ByteBuffer message, Runnable sent) {
            pieces.add(new Piece(
                    ByteBuffer.allocate(message.remaining()).put(message).flip(), sent, false));
        }

        @Override
        public void close(int code, String reason) {
            if (code != SocketPlace.ENDED) {
                log.info("A VNC client is sent away: {}", reason);
            }
            pieces.add(new Piece(ByteBuffer.allocate(0), () -> {}, true));
        }

        void shakeHands(SocketPlace.Talk talk) throws IOException, InterruptedException {
            read(VERSION.length);
            talk.received(ByteBuffer.wrap(VERSION));
            var offered = read(read(1)[0]);
            boolean open = false;
            for (byte kind : offered) {
                open |= kind == NO_PASSWORD;
            }
            if (!open) {
                throw new IOException("the machine's screen asks for a password itself");
            }
            talk.received(ByteBuffer.wrap(new byte[] {NO_PASSWORD}));
            if (ByteBuffer.wrap(read(4)).getInt() != 0) {
                throw new IOException("the machine's screen lets nobody in");
            }
        }

        private byte[] read(int count) throws IOException, InterruptedException {
            var wanted = ByteBuffer.allocate(count);
            while (wanted.hasRemaining()) {
                if (!left.hasRemaining()) {
                    var piece = pieces.poll(SHAKING_HANDS.toSeconds(), TimeUnit.SECONDS);
                    if (piece == null || piece.last()) {
                        throw new IOException("the machine's screen does not answer");
                    }
                    left = piece.bytes();
                    piece.sent().run();
                }
                while (left.hasRemaining() && wanted.hasRemaining()) {
                    wanted.put(left.get());
                }
            }
            return wanted.array();
        }

        void show() {
            try (client) {
                var out = client.getOutputStream();
                out.write(left.array(), left.position(), left.remaining());
                for (var piece = pieces.take(); !piece.last(); piece = pieces.take()) {
                    out.write(piece.bytes().array());
                    piece.sent().run();
                }
            } catch (IOException e) {
                log.debug("A VNC client takes nothing more: {}", e.toString());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
