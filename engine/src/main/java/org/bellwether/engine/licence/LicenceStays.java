package org.bellwether.engine.licence;

import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.licence.LicenceRun.Verdict;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.vm.CpuPlans;
import org.bellwether.engine.vm.Vm;
import org.bellwether.engine.vm.Vms;
import org.bellwether.protocol.CpuAffinity;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.Report;

/**
 * Writes down each stay of a machine of a licence zone on a host as soon as it begins, also one that is over before anybody
 * reads where its threads may run. What is read later is written by {@link WatchZones}, from when it was read.
 */
final class LicenceStays {

    private final Database database;
    private final LicenceZones zones;
    private final LicenceRepository records;
    private final Hosts hosts;
    private final Vms vms;
    private final Events events;
    private final Clock clock;
    /** What is written down as not sampled and has not ended; those that were sampled are no longer there, but in the next. */
    private final Map<Stay, LicenceRun> open = new ConcurrentHashMap<>();

    private final Set<Stay> sampled = ConcurrentHashMap.newKeySet();

    private record Stay(UUID host, UUID vm) {}

    LicenceStays(
            Database database,
            LicenceZones zones,
            LicenceRepository records,
            Hosts hosts,
            Vms vms,
            Events events,
            Clock clock) {
        this.database = database;
        this.zones = zones;
        this.records = records;
        this.hosts = hosts;
        this.vms = vms;
        this.events = events;
        this.clock = clock;
    }

    /** What a host says, before anything follows from it: machines are still written down for their hosts. */
    void reported(UUID host, Report report) {
        if (zones.model().size() == 0) {
            return;
        }
        switch (report.getWhatCase()) {
            case MACHINE -> said(host, report.getMachine());
            case MACHINE_GONE ->
                end(new Stay(host, UUID.fromString(report.getMachineGone().getMachineId())));
            case SNAPSHOT -> {
                var machines = report.getSnapshot().getMachinesList();
                machines.forEach(machine -> said(host, machine));
                var there = machines.stream()
                        .map(machine -> UUID.fromString(machine.getMachineId()))
                        .collect(Collectors.toSet());
                endAll(stay -> stay.host().equals(host) && !there.contains(stay.vm()));
            }
            case STATISTICS, HOST, TASK, TROUBLE, WHAT_NOT_SET -> {
                // Nothing of where machines are.
            }
        }
    }

    private void said(UUID host, MachineState machine) {
        var id = Id.<Vm>of(machine.getMachineId());
        var stay = new Stay(host, id.value());
        if (!there(machine)) {
            boolean known = end(stay);
            if (!known && hasBeenThere(machine)) {
                vms.model()
                        .find(id)
                        .filter(vm -> vm.generation() == machine.getGeneration())
                        .ifPresent(vm -> unseen(stay, vm));
            }
        } else if (!open.containsKey(stay) && !sampled.contains(stay)) {
            vms.model().find(id).ifPresent(vm -> begin(stay, vm, clock.instant()));
        }
    }

    private static boolean there(MachineState machine) {
        return switch (machine.getPower()) {
            case STARTING, RUNNING, PAUSED, SHUTTING_DOWN -> true;
            // It executes where it comes from.
            case INCOMING, OFF, CRASHED, SAVED, POWER_STATE_UNSPECIFIED, UNRECOGNIZED -> false;
        };
    }

    private static boolean hasBeenThere(MachineState machine) {
        return switch (machine.getOffReason()) {
            case OFF_SHUTDOWN_BY_GUEST,
                    OFF_SHUTDOWN_ASKED,
                    OFF_STOPPED,
                    OFF_CRASHED,
                    OFF_MIGRATED,
                    OFF_SAVED,
                    OFF_OUTRUN -> true;
            case OFF_FAILED, OFF_UNKNOWN, UNRECOGNIZED -> false;
        };
    }

    /** It came and went between two words of its host. */
    private void unseen(Stay stay, Vm vm) {
        var started = vm.started();
        if (started != null && !records.any(stay.vm(), stay.host(), started)) {
            begin(stay, vm, started);
            end(stay);
        }
    }

    private void begin(Stay stay, Vm vm, Instant from) {
        zones.holding(vm.id())
                .ifPresent(zone -> hosts.model().find(Id.of(stay.host())).ifPresent(host -> {
                    var run = run(zone, vm, host, Optional.empty(), from).until(clock.instant());
                    database.change(tx -> records.add(tx, zone.name(), run));
                    open.put(stay, run);
                }));
    }

    /** Where its threads may run was read there: until then it was not. */
    void sampled(UUID host, UUID vm) {
        var stay = new Stay(host, vm);
        sampled.add(stay);
        var run = open.remove(stay);
        if (run != null) {
            database.change(tx -> records.update(tx, run.until(clock.instant())));
        }
    }

    /** Ends the stays of a machine at hosts that do not have it any more and cannot say so. */
    void sweep(UUID vm, Predicate<Id<Host>> has) {
        endAll(stay -> stay.vm().equals(vm) && !has.test(Id.of(stay.host())));
    }

    private void endAll(Predicate<Stay> which) {
        List.copyOf(open.keySet()).stream().filter(which).forEach(this::end);
        List.copyOf(sampled).stream().filter(which).forEach(this::end);
    }

    /** Whether it was known to be there. */
    private boolean end(Stay stay) {
        boolean read = sampled.remove(stay);
        var run = open.remove(stay);
        if (run == null) {
            return read;
        }
        database.change(tx -> {
            records.update(tx, run.until(clock.instant()));
            if (run.verdict() == Verdict.BEYOND) {
                zones.holding(Id.of(run.vm()))
                        .ifPresent(zone -> events.add(
                                tx,
                                EventCode.LICENCE_DRIFT,
                                Asker.engine(),
                                Concerns.NOTHING
                                        .withCluster(zone.cluster())
                                        .withVm(Id.of(run.vm()))
                                        .withHost(Id.of(run.host())),
                                "VM " + run.vmName() + " of the licence zone " + zone.name() + " was on host "
                                        + run.hostName()
                                        + " for a moment, which is not declared for it as it is now. See"
                                        + " how it came there in the machine's events."));
            }
        });
        return true;
    }

    /**
     * What is to be said of a machine on a host.
     *
     * @param proof where its threads may run; absent: nobody has read it
     */
    LicenceRun run(LicenceZone zone, Vm vm, Host host, Optional<CpuAffinity> proof, Instant from) {
        var description = hosts.observed(host.id()).description().orElse(HostDescription.getDefaultInstance());
        var threads = CpuPlans.threads(description);
        var declared = zone.host(host.id());
        return new LicenceRun(
                UUID.randomUUID(),
                vm.id().value(),
                vm.name(),
                CpuPlans.count(vm.effective()),
                host.id().value(),
                host.name(),
                description.getHardwareUuid(),
                description.getCpu().getModelName(),
                declared.map(LicenceZone.DeclaredHost::cpus).orElse(""),
                declared.map(LicenceZone.DeclaredHost::declared).orElse(HostThread.Extent.of(List.of())),
                HostThread.Extent.of(threads),
                proof.map(CpuAffinity::getCpus).orElse(""),
                proof.map(CpuAffinity::getThreads).orElse(0),
                proof.<List<String>>map(CpuAffinity::getStraysList).orElse(List.of()),
                proof.isEmpty()
                                && declared.filter(each -> each.threads().equals(threads))
                                        .isPresent()
                        ? Verdict.NOT_SAMPLED
                        : WatchZones.verdict(declared, threads, proof),
                from,
                from);
    }
}
