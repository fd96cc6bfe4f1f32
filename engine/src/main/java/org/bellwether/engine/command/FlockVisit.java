package org.bellwether.engine.command;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAddress;
import org.bellwether.engine.platform.pki.Authority;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.protocol.DomainState;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;

/** Hears every host once, as the engine would, and what each says of the storage that it should reach. */
final class FlockVisit implements AgentListener {

    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final double LITTLE = 0.05;

    private final Authority authority;
    private final Map<UUID, Snapshot> heard = new ConcurrentHashMap<>();
    private final Map<UUID, String> lost = new ConcurrentHashMap<>();
    private final Map<UUID, CountDownLatch> waiting = new HashMap<>();

    FlockVisit(Installation engine, Clock clock) {
        authority = Authority.look(engine.pki(), clock, engine.config().authorityLife());
    }

    List<Finding> look(List<Host> hosts, List<StorageDomain> domains) {
        hosts.forEach(host -> waiting.put(host.id().value(), new CountDownLatch(1)));
        try (var agents = new Agents(authority.engines(), authority.trusted())) {
            agents.listen(this);
            hosts.forEach(host ->
                    agents.connect(new HostAddress(host.id().value(), host.name(), host.address(), host.port())));
            await();
        }
        var findings = new ArrayList<Finding>();
        hosts.forEach(host -> findings.add(host(host)));
        domains.stream()
                .filter(domain -> domain.wanted() == StorageDomain.Wanted.ACTIVE)
                .forEach(domain -> findings.add(domain(domain, hosts)));
        return findings;
    }

    private void await() {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        try {
            for (var each : waiting.values()) {
                if (!each.await(deadline - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    return;
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Finding host(Host host) {
        var said = heard.get(host.id().value());
        if (said != null) {
            return Finding.well("Host " + host.name() + " answers; machines on it: " + said.getMachinesCount());
        }
        var why = lost.getOrDefault(host.id().value(), "it did not answer within " + PATIENCE.toSeconds() + " s");
        var words = "Host " + host.name() + " at " + host.address() + ":" + host.port() + " does not answer: " + why;
        return host.wanted() == Host.Wanted.ACTIVE
                ? Finding.bad(
                        words,
                        "Check that it is on and reachable; on it: systemctl status bellwether-agent. Its machines may"
                                + " run on")
                : Finding.note(words, "It is in maintenance, so this may be as it should be");
    }

    private Finding domain(StorageDomain domain, List<Host> hosts) {
        var should = hosts.stream()
                .filter(host -> host.cluster().equals(domain.cluster())
                        && host.wanted() == Host.Wanted.ACTIVE
                        && heard.containsKey(host.id().value()))
                .toList();
        var name = "Storage domain " + domain.name();
        var states = new ArrayList<DomainState>();
        for (var host : should) {
            var state = heard.getOrDefault(host.id().value(), Snapshot.getDefaultInstance()).getDomainsList().stream()
                    .filter(each -> each.getDomainId().equals(domain.id().toString()))
                    .findFirst();
            if (state.isEmpty() || !state.get().getReachable()) {
                return Finding.bad(
                        name + " is not reached by host " + host.name() + ": "
                                + state.map(DomainState::getError)
                                        .filter(error -> !error.isBlank())
                                        .orElse("it is not connected there"),
                        "Check the storage server and the network to it; the engine connects it again by itself");
            }
            states.add(state.get());
        }
        if (states.isEmpty()) {
            return Finding.bad(name + " is seen by no host that answers", "Mend a host of its cluster first");
        }
        var state = states.getFirst();
        boolean little =
                state.getTotalBytes() > 0 && state.getAvailableBytes() < LITTLE * (double) state.getTotalBytes();
        return little
                ? Finding.bad(
                        name + " has only " + (state.getAvailableBytes() >> 20) + " MiB left",
                        "Make room or enlarge it: machines whose disks cannot grow are paused")
                : Finding.well(name + " is reached by every host that should");
    }

    @Override
    public void reported(UUID hostId, Report report) {
        if (report.getWhatCase() == Report.WhatCase.SNAPSHOT) {
            heard.put(hostId, report.getSnapshot());
            heardOf(hostId);
        }
    }

    @Override
    public void lost(UUID hostId, String why) {
        if (!heard.containsKey(hostId)) {
            lost.put(hostId, why);
            heardOf(hostId);
        }
    }

    private void heardOf(UUID hostId) {
        var latch = waiting.get(hostId);
        if (latch != null) {
            latch.countDown();
        }
    }
}
