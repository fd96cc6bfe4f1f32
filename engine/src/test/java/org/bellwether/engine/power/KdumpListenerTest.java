package org.bellwether.engine.power;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Test;

final class KdumpListenerTest {
    private static final Path SENDER = Path.of("/usr/libexec/fence-agents/fence_kdump_send");

    private volatile Instant now = Instant.parse("2026-11-28T12:00:00Z");
    private final Clock clock = ((InstantSource) () -> now).withZone(ZoneOffset.UTC);

    @Test
    void a_host_that_says_so_is_dumping_for_as_long_as_it_says_so_but_not_for_ever() throws IOException {
        try (var listener = KdumpListener.open("127.0.0.1", 0, clock)) {
            say(listener, new byte[] {1, 2, 3, 4, 5, 6, 7, 8});
            say(listener, new byte[] {0x40, 0x2A});
            assertThat(listener.dumping("127.0.0.1")).isFalse();
            say(listener, new byte[] {0x40, 0x2A, 0x30, 0x1B, 1, 0, 0, 0});
            Awaitility.await().until(() -> listener.dumping("127.0.0.1"));
            assertThat(listener.dumping("127.0.0.2")).isFalse();
            now = now.plusSeconds(41);
            assertThat(listener.dumping("127.0.0.1")).as("it is done").isFalse();
            for (var until = now.plus(Duration.ofMinutes(31)); now.isBefore(until); now = now.plusSeconds(20)) {
                say(listener, new byte[] {0x1B, 0x30, 0x2A, 0x40, 0, 0, 0, 1});
                // What was said is to be heard before it is old; after half an hour nothing is believed any more.
                if (now.isBefore(until.minusSeconds(120))) {
                    Awaitility.await().until(() -> listener.dumping("127.0.0.1"));
                }
            }
            say(listener, new byte[] {0x1B, 0x30, 0x2A, 0x40, 0, 0, 0, 1});
            Awaitility.await().until(() -> !listener.dumping("127.0.0.1"));
        }
    }

    @Test
    void the_distributions_sender_is_understood() throws Exception {
        Assumptions.assumeTrue(Files.isExecutable(SENDER), "fence-agents is not installed");
        try (var listener = KdumpListener.open("127.0.0.1", 0, clock)) {
            var sender = new ProcessBuilder(
                            SENDER.toString(),
                            "-p",
                            Integer.toString(listener.port()),
                            "-c",
                            "1",
                            "-i",
                            "1",
                            "127.0.0.1")
                    .inheritIO()
                    .start();
            assertThat(sender.waitFor(20, TimeUnit.SECONDS)).isTrue();
            Awaitility.await().until(() -> listener.dumping("127.0.0.1"));
        }
    }

    private static void say(KdumpListener listener, byte[] what) throws IOException {
        try (var socket = new DatagramSocket()) {
            socket.send(new DatagramPacket(what, what.length, InetAddress.getLoopbackAddress(), listener.port()));
        }
    }
}
