package org.bellwether.engine.host;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;

/**
 * What the engine knows of a host by hearing from its agent; a cache of the host, lost with the engine.
 *
 * @param since when it became connected or was lost
 * @param network how busy its network interfaces are
 * @param unfit why it does not fit its cluster, in words; empty when it does
 */
public record ObservedHost(
        boolean connected,
        Instant since,
        String lostBecause,
        Optional<HostDescription> description,
        Optional<HostStatistics> statistics,
        NetworkLoad network,
        Map<String, DomainState> domains,
        List<String> unfit) {

    /** Longer than an agent needs to be found again after the engine's start or its own, and to measure its storage. */
    private static final Duration SETTLING = Duration.ofSeconds(15);

    boolean settling(Instant now) {
        return Duration.between(since, now).compareTo(SETTLING) < 0;
    }

    static ObservedHost unknown(Instant now) {
        return new ObservedHost(
                false,
                now,
                "not heard of yet",
                Optional.empty(),
                Optional.empty(),
                NetworkLoad.UNKNOWN,
                Map.of(),
                List.of());
    }

    ObservedHost lost(Instant now, String why) {
        return new ObservedHost(false, connected ? now : since, why, description, statistics, network, domains, unfit);
    }

    ObservedHost connectedAs(HostDescription host, List<String> unfitFor, Instant now) {
        return new ObservedHost(
                true,
                connected ? since : now,
                "",
                Optional.of(host),
                statistics,
                network,
                domains,
                List.copyOf(unfitFor));
    }

    ObservedHost with(HostStatistics newest, Instant now) {
        return new ObservedHost(
                connected,
                since,
                lostBecause,
                description,
                Optional.of(newest),
                description.map(host -> network.next(host, newest, now)).orElse(network),
                domains,
                unfit);
    }

    ObservedHost withDomains(Map<String, DomainState> newest) {
        return new ObservedHost(
                connected, since, lostBecause, description, statistics, network, Map.copyOf(newest), unfit);
    }
}
