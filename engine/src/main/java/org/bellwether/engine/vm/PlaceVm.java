package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.placement.CpuAllocation;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.placement.Decision;
import org.bellwether.engine.placement.Demand;
import org.bellwether.engine.placement.Placement;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.jspecify.annotations.Nullable;

/** Asks placement where a machine goes, and keeps what it says. */
final class PlaceVm {

    /** Longer than a host that settles needs to tell what it reaches. */
    private static final Duration PATIENCE = Duration.ofSeconds(15);

    private static final Duration LOOK_AGAIN = Duration.ofMillis(250);

    /** Of a large cluster's hosts that would do, the best are enough to see why one was chosen. */
    private static final int KEPT_SCORES = 12;

    private final Vms vms;
    private final Hosts hosts;
    private final ClusterView view;
    private final Underway underway;
    private final PlacementRepository kept;
    private final Clock clock;
    private final ReentrantLock choosing = new ReentrantLock();

    PlaceVm(Vms vms, Hosts hosts, ClusterView view, Underway underway, PlacementRepository kept, Clock clock) {
        this.vms = vms;
        this.hosts = hosts;
        this.view = view;
        this.underway = underway;
        this.kept = kept;
        this.clock = clock;
    }

    /**
     * What is asked of placement.
     *
     * @param occasion what for, in words for people
     * @param wanted the only host that will do
     * @param leaving the host it is to leave
     * @param emptied whether that host loses all its machines
     * @param anew whether it is started anew though it is written down as running
     */
    record Question(
            String occasion, Optional<Id<Host>> wanted, Optional<Id<Host>> leaving, boolean emptied, boolean anew) {
        static Question start(Optional<Id<Host>> wanted) {
            return new Question("start", wanted, Optional.empty(), false, false);
        }

        static Question migration(String occasion, Optional<Id<Host>> wanted, Id<Host> source, boolean emptied) {
            return new Question(occasion, wanted, Optional.of(source), emptied, false);
        }

        static Question restart(Id<Host> lost, String lostName) {
            return new Question(
                    "restart after host " + lostName + " was lost", Optional.empty(), Optional.of(lost), true, true);
        }
    }

    /**
     * The host for a machine, for an operation that holds it and brings it there. What was decided is kept.
     *
     * @throws Failure CONFLICT with each host's reason when none fits
     */
    StartVm.Chosen choose(Vm vm, Question question) {
        return host(vm, question, true);
    }

    /** Refuses what {@link #choose} would refuse, so that whoever asks hears it at once and not from a failed job. */
    void check(Vm vm, Question question) {
        host(vm, question, false);
    }

    private StartVm.Chosen host(Vm vm, Question question, boolean brought) {
        var demand = demand(vm, question);
        var decision = patiently(demand, vm, brought);
        if (brought || decision.host().isEmpty()) {
            kept.keep(vm.id(), new KeptPlacement(clock.instant(), question.occasion(), decision.best(KEPT_SCORES)));
        }
        return decision.host()
                .map(id -> hosts.get(Id.of(id)))
                .map(host -> new StartVm.Chosen(
                        host.id(), host.name(), underway.cpus(vm.id()).orElse(null)))
                .orElseThrow(() -> Failure.conflict("No host can run VM " + vm.name())
                        .because(decision.reasons())
                        .undone("Nothing was changed")
                        .next("Do one of these: " + String.join("; ", decision.changes())));
    }

    private Demand demand(Vm vm, Question question) {
        var demand = view.demand(vm, question.wanted(), question.leaving(), question.emptied());
        return question.anew() ? demand.anew() : demand;
    }

    /** What an operation that goes on after the engine's restart had chosen before it. */
    void remember(Id<Vm> vm, Id<Host> host, @Nullable CpuPlan cpus) {
        underway.put(vm, host, cpus);
    }

    /** The decisions that were kept of a machine, the newest first. */
    List<KeptPlacement> kept(Id<Vm> vm) {
        return kept.of(vm);
    }

    /** Where a machine could run now and where not, with the reasons; nothing is done. */
    Decision explain(Vm vm) {
        var demand = view.demand(vm, Optional.empty(), Optional.empty(), false);
        var now = view.situation(vm.cluster());
        return Placement.choose(
                demand,
                vm.hostId().map(host -> now.without(demand, host.value())).orElse(now));
    }

    /** Where the machines of a host would go if it were emptied, one after the other; nothing is done. */
    Map<Vm, Decision> plan(Host leaving) {
        var situation = view.situation(leaving.cluster());
        Map<Vm, Decision> plan = new LinkedHashMap<>();
        for (var vm : vms.on(leaving.id()).stream()
                .sorted(Comparator.comparing(Vm::name))
                .toList()) {
            var demand = view.demand(vm, Optional.empty(), Optional.of(leaving.id()), true);
            var decision = Placement.choose(demand, situation);
            plan.put(vm, decision);
            // The next one finds the hosts as this one would leave them.
            if (decision.host().isPresent()) {
                situation = situation.with(demand, decision.host().get());
            }
        }
        return plan;
    }

    /** A host that came, or connected a storage domain, a moment ago may not have told yet what it reaches: waits for that. */
    private Decision patiently(Demand demand, Vm vm, boolean brought) {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        while (true) {
            var decision = decide(demand, vm, brought);
            boolean mayChange = hosts.settling(vm.cluster())
                    || decision.refusals().stream()
                            .anyMatch(refusal -> refusal.filter().equals("Storage")
                                    || refusal.filter().equals("VM leases ready"));
            if (decision.host().isPresent() || !mayChange || System.nanoTime() > deadline) {
                return decision;
            }
            try {
                Thread.sleep(LOOK_AGAIN);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return decision;
            }
        }
    }

    /** One at a time: the next one must find what this one has taken. */
    private Decision decide(Demand demand, Vm vm, boolean brought) {
        choosing.lock();
        try {
            var situation = view.situation(vm.cluster());
            var decision = Placement.choose(demand, situation);
            if (brought) {
                situation.hosts().stream()
                        .filter(host -> decision.host().equals(Optional.of(host.id())))
                        .forEach(host -> underway.put(vm.id(), Id.of(host.id()), CpuAllocation.on(demand, host)));
            }
            return decision;
        } finally {
            choosing.unlock();
        }
    }
}
