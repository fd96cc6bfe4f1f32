package org.bellwether.engine.host;

import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.InterfaceStatistics;
import org.bellwether.protocol.NetworkInterface;
import org.jspecify.annotations.Nullable;

/**
 * How busy a host's network interfaces are, from two looks at counters that only grow.
 *
 * @param percent of the busiest interface, in the busier direction, of what it can do; nothing while there was one look only,
 *     or when no interface says how fast it is
 */
record NetworkLoad(Instant at, Map<String, InterfaceStatistics> counters, Optional<Long> percent) {

    static final NetworkLoad UNKNOWN = new NetworkLoad(Instant.EPOCH, Map.of(), Optional.empty());

    private static final String NIC = "nic";
    private static final double PERCENT = 100;

    NetworkLoad next(HostDescription host, HostStatistics newest, Instant now) {
        Map<String, InterfaceStatistics> read = newest.getInterfacesList().stream()
                .collect(Collectors.toUnmodifiableMap(InterfaceStatistics::getName, each -> each, (one, same) -> one));
        double seconds = Duration.between(at, now).toMillis() / 1000.0;
        // Bridges, bonds and VLANs carry what their network cards carry.
        Optional<Long> busiest = host.getInterfacesList().stream()
                .filter(nic -> nic.getKind().equals(NIC) && nic.getSpeedBitsPerSecond() > 0)
                .flatMap(nic -> load(nic, counters.get(nic.getName()), read.get(nic.getName()), seconds).stream())
                .max(Long::compare);
        return new NetworkLoad(now, read, busiest);
    }

    /** Nothing of an interface that is new, and of one whose counters began anew with its host. */
    private static Optional<Long> load(
            NetworkInterface nic,
            @Nullable InterfaceStatistics before,
            @Nullable InterfaceStatistics after,
            double seconds) {
        if (before == null
                || after == null
                || seconds <= 0
                || after.getRxBytes() < before.getRxBytes()
                || after.getTxBytes() < before.getTxBytes()) {
            return Optional.empty();
        }
        long bytes = Math.max(after.getRxBytes() - before.getRxBytes(), after.getTxBytes() - before.getTxBytes());
        double bits = bytes * (double) Byte.SIZE / seconds;
        return Optional.of(Math.round(Math.min(PERCENT, PERCENT * bits / nic.getSpeedBitsPerSecond())));
    }
}
