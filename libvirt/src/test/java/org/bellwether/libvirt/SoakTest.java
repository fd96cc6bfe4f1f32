package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.EnumSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.bellwether.libvirt.flags.StatsGroup;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of opens, lists, events, errors and closes leave the process as small as they found it. */
class SoakTest {
    private static final int ROUNDS = 2_000;
    private static final int THREADS = 4;
    /** A leak of 16 KB in each round would show as 32 MB. */
    private static final long ALLOWED_GROWTH = 32L * 1024 * 1024;

    /** Each connection of the test driver to a file gets a host of its own. */
    private static final String HOST = """
            <node>
              <domain type='test'>
                <name>soaked</name><memory>8192</memory><os><type>hvm</type></os>
                <devices><interface type='network'><source network='default'/></interface></devices>
              </domain>
              <network><name>default</name><ip address='192.168.122.1' netmask='255.255.255.0'>
                <dhcp><range start='192.168.122.2' end='192.168.122.254'/></dhcp></ip></network>
            </node>""";

    @TempDir
    static Path directory;

    @Test
    void memory_stays_bounded() throws Exception {
        Files.writeString(directory.resolve("soak.xml"), HOST);
        rounds(ROUNDS / 4);
        long before = residentBytes();
        rounds(ROUNDS);
        long grown = residentBytes() - before;
        System.out.printf("soak: %d rounds, grown by %d KiB to %d MiB%n", ROUNDS, grown / 1024, (before + grown) >> 20);
        assertThat(grown).as("growth of the process in bytes").isLessThan(ALLOWED_GROWTH);
        assertThat(Thread.getAllStackTraces().keySet())
                .as("threads of closed connections")
                .noneMatch(thread -> thread.getName().startsWith("libvirt-events-" + uri()));
    }

    private static String uri() {
        return "test://" + directory.resolve("soak.xml");
    }

    private static void rounds(int count) throws Exception {
        var failures = new ConcurrentLinkedQueue<Throwable>();
        try (var threads = Executors.newFixedThreadPool(THREADS)) {
            for (int round = 0; round < count; round++) {
                boolean virtual = round % 8 == 0;
                Runnable body = () -> {
                    try {
                        round();
                    } catch (RuntimeException | Error e) {
                        failures.add(e);
                    }
                };
                threads.execute(virtual ? () -> join(Thread.ofVirtual().start(body)) : body);
            }
            threads.shutdown();
            assertThat(threads.awaitTermination(120, TimeUnit.SECONDS)).isTrue();
        }
        assertThat(failures).isEmpty();
        System.gc();
    }

    private static void round() {
        try (var connection = Libvirt.open(uri());
                var _ = connection.subscribe(event -> {})) {
            connection.domains().forEach(domain -> {
                domain.xml();
                domain.suspend();
                domain.resume();
                domain.guest().interfaces(AddressSource.LEASE);
                domain.snapshots().create("<domainsnapshot><name>s</name></domainsnapshot>");
                domain.snapshots().names();
                domain.screenshot(0);
                // Not closed: the connection does it.
            });
            connection.statistics(EnumSet.noneOf(StatsGroup.class));
            assertThat(connection.findDomain("nobody")).isEmpty();
        }
    }

    private static void join(Thread thread) {
        try {
            assertThat(thread.join(Duration.ofSeconds(60))).isTrue();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static long residentBytes() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith("VmRSS:")) {
                return Long.parseLong(line.replaceAll("\\D", "")) * 1024;
            }
        }
        throw new IOException("/proc/self/status has no VmRSS");
    }
}
