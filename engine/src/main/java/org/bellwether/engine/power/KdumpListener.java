package org.bellwether.engine.power;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.bellwether.engine.host.Host;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears from crashed kernels that are writing their memory away: {@code fence_kdump_send} of such a host says so every few
 * seconds, without any proof of who it is. So it is only a reason to wait before the power is cut, and not for ever; that the
 * host's machines are gone is proven by its power as always.
 */
public final class KdumpListener implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KdumpListener.class);
    private static final int MAGIC = 0x1B302A40;
    private static final int MOST_BYTES = 64;

    /** The messages come every ten seconds unless a host was told otherwise. */
    private static final Duration PAUSE = Duration.ofSeconds(40);

    private static final Duration LONGEST = Duration.ofMinutes(30);

    /** Whoever sends from many made-up addresses fills no memory. */
    private static final int MOST_SENDERS = 10_000;

    private final Clock clock;
    private final DatagramSocket socket;
    private final Map<InetAddress, Dump> dumps = new ConcurrentHashMap<>();

    private record Dump(Instant first, Instant last) {}

    private KdumpListener(DatagramSocket socket, Clock clock) {
        this.socket = socket;
        this.clock = clock;
    }

    /** @throws IllegalStateException when nobody can listen there */
    public static KdumpListener open(String address, int port, Clock clock) {
        try {
            var listener = new KdumpListener(new DatagramSocket(new InetSocketAddress(address, port)), clock);
            Thread.ofVirtual().name("kdump").start(listener::listen);
            return listener;
        } catch (IOException e) {
            throw new IllegalStateException(
                    "The engine cannot listen for crashed hosts at " + address + ":" + port + ": " + e.getMessage()
                            + ". Choose another kdump.port, or leave it out.",
                    e);
        }
    }

    public int port() {
        return socket.getLocalPort();
    }

    private void listen() {
        var packet = new DatagramPacket(new byte[MOST_BYTES], MOST_BYTES);
        while (!socket.isClosed()) {
            try {
                socket.receive(packet);
                if (speaksOfDump(packet) && (dumps.size() < MOST_SENDERS || dumps.containsKey(packet.getAddress()))) {
                    var now = clock.instant();
                    dumps.merge(
                            packet.getAddress(),
                            new Dump(now, now),
                            (before, _) -> ended(before, now) ? new Dump(now, now) : new Dump(before.first(), now));
                }
            } catch (IOException e) {
                if (!socket.isClosed()) {
                    log.warn("A message of a crashed host was not received: {}", e.getMessage());
                }
            }
        }
    }

    /** Magic number and version, each in the byte order of the host that sends. */
    private static boolean speaksOfDump(DatagramPacket packet) {
        if (packet.getLength() < 2 * Integer.BYTES) {
            return false;
        }
        var bytes = ByteBuffer.wrap(packet.getData(), packet.getOffset(), packet.getLength());
        return List.of(ByteOrder.LITTLE_ENDIAN, ByteOrder.BIG_ENDIAN).stream()
                .anyMatch(order -> bytes.order(order).getInt(packet.getOffset()) == MAGIC);
    }

    /** A host that was silent for longer than it may dump has ended that dump. */
    private static boolean ended(Dump dump, Instant now) {
        return now.isAfter(dump.last().plus(LONGEST));
    }

    /** Whether that host is writing its memory away now, and people want that to be waited for. */
    public boolean dumping(Host host) {
        var management = host.spec().powerManagement();
        return management != null && Boolean.TRUE.equals(management.kdumpDetection()) && dumping(host.address());
    }

    boolean dumping(String address) {
        try {
            var now = clock.instant();
            for (var each : InetAddress.getAllByName(address)) {
                var dump = dumps.get(each);
                if (dump != null
                        && now.isBefore(dump.last().plus(PAUSE))
                        && now.isBefore(dump.first().plus(LONGEST))) {
                    return true;
                }
            }
        } catch (UnknownHostException e) {
            log.info("Whether {} is dumping is not known: {}", address, e.getMessage());
        }
        return false;
    }

    @Override
    public void close() {
        socket.close();
    }
}
