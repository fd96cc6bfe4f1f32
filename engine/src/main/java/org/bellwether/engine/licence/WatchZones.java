package org.bellwether.engine.licence;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.licence.LicenceRun.Verdict;
import org.bellwether.engine.placement.CpuSet;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.AgentListener;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.vm.ObservedMachines;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.CpuAffinity;
import org.bellwether.protocol.Report;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares where the threads of machines of licence zones may run, as the kernels of their hosts say, with what was declared;
 * keeps what was seen, and raises the alarm when it is more.
 */
public final class WatchZones implements AgentListener, AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(WatchZones.class);
    private static final Duration PACE = Duration.ofSeconds(5);

    /** Agents tell every five seconds. */
    private static final Duration FRESH = Duration.ofSeconds(30);

    /** So long a machine may run without a proof: it starts, or its host's agent does. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    /** How often the end of what lasts is written down. */
    private static final Duration WRITTEN = Duration.ofMinutes(1);

    private final Database database;
    private final LicenceZones zones;
    private final LicenceRepository records;
    private final Hosts hosts;
    private final Vms vms;
    private final ObservedMachines observed;
    private final Events events;
    private final Clock clock;
    private final LicenceStays stays;
    private final Map<UUID, Told> told = new ConcurrentHashMap<>();
    private final Map<Id<Vm>, Seen> seen = new ConcurrentHashMap<>();
    private final Map<Id<Vm>, Instant> unprovenSince = new ConcurrentHashMap<>();
    private volatile boolean closed;

    WatchZones(
            Database database,
            LicenceZones zones,
            LicenceRepository records,
            Hosts hosts,
            Vms vms,
            ObservedMachines observed,
            Events events,
            Clock clock) {
        this.database = database;
        this.zones = zones;
        this.records = records;
        this.hosts = hosts;
        this.vms = vms;
        this.observed = observed;
        this.events = events;
        this.clock = clock;
        this.stays = new LicenceStays(database, zones, records, hosts, vms, events, clock);
    }

    /** What a host told last. */
    private record Told(Instant at, Map<UUID, CpuAffinity> machines) {}

    /**
     * What was found of a machine last.
     *
     * @param written until when it stands in the database
     */
    private record Seen(LicenceRun run, Instant written) {}

    @Override
    public void reported(UUID host, Report report) {
        stays.reported(host, report);
        if (report.getWhatCase() == Report.WhatCase.STATISTICS) {
            told.put(
                    host,
                    new Told(
                            clock.instant(),
                            report.getStatistics().getAffinitiesList().stream()
                                    .collect(Collectors.toMap(
                                            each -> UUID.fromString(each.getMachineId()),
                                            each -> each,
                                            (_, later) -> later))));
        }
    }

    @Override
    public void lost(UUID host, String why) {
        told.remove(host);
    }

    /** Begins to watch; once, when the engine acts. */
    public void start() {
        Thread.ofVirtual().name("licence-zones").start(() -> {
            while (!closed) {
                for (var zone : zones.model().all()) {
                    for (var member : zone.machines()) {
                        try {
                            look(zone, member);
                        } catch (RuntimeException e) { // one bad look must not be the last
                            log.warn("VM {} of licence zone {} was not looked at", member.name(), zone.name(), e);
                        }
                    }
                }
                seen.keySet().removeIf(vm -> zones.holding(vm).isEmpty());
                try {
                    Thread.sleep(PACE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    @Override
    public void close() {
        closed = true;
    }

    /** What was found of a machine last; absent while it does not run. */
    Optional<LicenceRun> newest(Id<Vm> vm) {
        return Optional.ofNullable(seen.get(vm)).map(Seen::run);
    }

    private void look(LicenceZone zone, LicenceZone.Member member) {
        stays.sweep(member.vm().value(), host -> observed.on(host, member.vm()).isPresent());
        var vm = vms.model().find(member.vm());
        var host = vm.flatMap(Vm::hostId).flatMap(hosts.model()::find);
        if (host.isEmpty() || !observed.executes(host.get().id(), member.vm())) {
            finish(member.vm());
            return;
        }
        found(zone, vm.orElseThrow(), host.get()).ifPresent(run -> {
            stays.sampled(run.host(), run.vm());
            keep(zone, run);
        });
    }

    /** What is to be said of a machine that runs; absent while it is too early to say anything. */
    private Optional<LicenceRun> found(LicenceZone zone, Vm vm, Host host) {
        var now = clock.instant();
        var proof = Optional.ofNullable(told.get(host.id().value()))
                .filter(last -> last.at().isAfter(now.minus(FRESH)))
                .flatMap(last -> Optional.ofNullable(last.machines().get(vm.id().value())));
        if (proof.isPresent()) {
            unprovenSince.remove(vm.id());
        } else if (unprovenSince.computeIfAbsent(vm.id(), _ -> now).isAfter(now.minus(PATIENCE))) {
            return Optional.empty();
        }
        var run = stays.run(zone, vm, host, proof, now);
        return Optional.of(run.verdict() == Verdict.NOT_SAMPLED ? run.as(Verdict.UNPROVEN) : run);
    }

    static Verdict verdict(
            Optional<LicenceZone.DeclaredHost> declared, List<HostThread> threads, Optional<CpuAffinity> proof) {
        if (declared.isEmpty() || !declared.get().threads().equals(threads)) {
            return Verdict.BEYOND;
        }
        return proof.map(said -> declared.get().numbers().containsAll(CpuSet.parse(said.getCpus()))
                        ? Verdict.WITHIN
                        : Verdict.BEYOND)
                .orElse(Verdict.UNPROVEN);
    }

    private void keep(LicenceZone zone, LicenceRun run) {
        var id = Id.<Vm>of(run.vm());
        var before = seen.get(id);
        if (before != null && before.run().same(run)) {
            var longer = before.run().until(run.until());
            boolean due = !before.written().plus(WRITTEN).isAfter(run.until());
            if (due) {
                database.change(tx -> records.update(tx, longer));
            }
            seen.put(id, new Seen(longer, due ? run.until() : before.written()));
            return;
        }
        writeEnd(id);
        database.change(tx -> {
            records.add(tx, zone.name(), run);
            var was = before == null ? Verdict.WITHIN : before.run().verdict();
            var concerns =
                    Concerns.NOTHING.withCluster(zone.cluster()).withVm(id).withHost(Id.of(run.host()));
            if (run.verdict() != Verdict.WITHIN) {
                events.add(tx, EventCode.LICENCE_DRIFT, Asker.engine(), concerns, alarm(zone, run));
            } else if (was != Verdict.WITHIN) {
                events.add(
                        tx,
                        EventCode.LICENCE_DRIFT_ENDED,
                        Asker.engine(),
                        concerns,
                        "VM " + run.vmName() + " runs within the licence zone " + zone.name() + " again: on the CPUs "
                                + run.seen() + " of host " + run.hostName() + ".");
            }
        });
        seen.put(id, new Seen(run, run.until()));
    }

    private static String alarm(LicenceZone zone, LicenceRun run) {
        var where = "VM " + run.vmName() + " of the licence zone " + zone.name() + " on host " + run.hostName();
        if (run.verdict() == Verdict.UNPROVEN) {
            return where + " is not proven to be within the zone: the host has not told for " + PATIENCE.toMinutes()
                    + " minutes where its threads may run. See whether the host's agent works and is of this version.";
        }
        if (run.declared().isEmpty()) {
            return where + " runs beyond the zone: no core of that host is declared for it. Shut the machine down or"
                    + " migrate it to a declared host; see how it came there in the machine's events.";
        }
        if (run.strays().isEmpty() && CpuSet.parse(run.declared()).containsAll(CpuSet.parse(run.seen()))) {
            return where + " runs on processors other than were declared: the host has " + run.all()
                    + " now. Declare its cores anew, or shut the machine down.";
        }
        return where + " can run beyond the zone: its threads may use the CPUs " + run.seen() + ", and "
                + run.declared() + " are declared."
                + (run.strays().isEmpty() ? "" : " These may use more: " + String.join(", ", run.strays()) + ".")
                + " Nothing was changed. Find out who moved them, and restart the machine or put them back.";
    }

    /** It does not run any more, or otherwise: until when it did is written down. */
    private void finish(Id<Vm> vm) {
        unprovenSince.remove(vm);
        writeEnd(vm);
    }

    private void writeEnd(Id<Vm> vm) {
        var last = seen.remove(vm);
        if (last != null && last.run().until().isAfter(last.written())) {
            database.change(tx -> records.update(tx, last.run()));
        }
    }
}
