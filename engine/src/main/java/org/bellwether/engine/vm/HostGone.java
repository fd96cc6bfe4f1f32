package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.availability.HostProof;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * What follows when it is proven that nothing runs on a host: its machines are down, and those that are highly available are
 * started elsewhere. The steps belong to the operation that has the proof.
 */
final class HostGone {

    private final Vms vms;
    private final ObservedMachines observed;
    private final Agents agents;
    private final Operations operations;
    private final HighAvailability availability;
    private final Events events;
    private final Clock clock;

    HostGone(
            Vms vms,
            ObservedMachines observed,
            Agents agents,
            Operations operations,
            HighAvailability availability,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.observed = observed;
        this.agents = agents;
        this.operations = operations;
        this.availability = availability;
        this.events = events;
        this.clock = clock;
    }

    /** A machine's run on a host: when it is started again, there or elsewhere, that is another one. */
    record Run(Id<Vm> vm, long generation) {}

    record Machines(List<Run> runs) {}

    /** The machines that a host has now; to be asked before the proof that it has none any more. */
    Machines machinesOf(Id<Host> host) {
        return new Machines(vms.on(host).stream()
                .sorted(HighAvailability.ORDER)
                .map(vm -> new Run(vm.id(), vm.generation()))
                .toList());
    }

    /**
     * Whatever an operation holds is left to that operation, which looks for itself where its machine is.
     *
     * @param had what {@link #machinesOf} answered before the proof
     * @param proof why nothing runs there any more, as a clause for people: "its host h1 was rebooted"
     */
    void release(Id<Host> host, Machines had, String proof, Asker asker, Journal journal) {
        if (!agents.connected(host.value())) {
            observed.off(host);
        }
        var machines = journal.step(
                "leave out those that are worked on",
                Machines.class,
                () -> new Machines(had.runs().stream()
                        .filter(run -> operations.holding(run.vm()).isEmpty())
                        .toList()));
        for (var run : machines.runs()) {
            journal.commit("set machine " + run.vm() + " down", tx -> setDown(tx, host, run, proof, asker));
        }
        for (var run : machines.runs()) {
            journal.step("restart machine " + run.vm(), () -> restart(run.vm()));
        }
    }

    private void setDown(Transaction tx, Id<Host> host, Run run, String proof, Asker asker) {
        var vm = vms.model().find(run.vm());
        if (vm.isEmpty()) {
            return;
        }
        var elsewhere = observed.hostsOf(run.vm()).stream()
                .filter(each -> !each.equals(host) && agents.connected(each.value()))
                .filter(each -> observed.on(each, run.vm())
                        .filter(machine -> Leftovers.older(vm.get(), machine))
                        .isEmpty())
                .findFirst();
        var means = HostProof.of(
                vm.get().hostId().equals(Optional.of(host)),
                vm.get().generation() == run.generation(),
                elsewhere.isPresent());
        switch (means) {
            case OTHER -> {
                // It is not this host's any more.
            }
            case MOVED -> vms.update(tx, run.vm(), each -> each.movedTo(elsewhere.orElseThrow()));
            case FREE -> {
                vms.update(
                        tx,
                        run.vm(),
                        each -> each.hostId().equals(Optional.of(host)) && each.generation() == run.generation()
                                // It may have gone on from what was saved of it, which then does not fit its disks any
                                // more.
                                ? each.off(clock.instant(), proof).suspendedIn(null)
                                : each);
                events.add(
                        tx,
                        EventCode.VM_DOWN_BY_HOST_REBOOT,
                        asker,
                        Concerns.NOTHING.withVm(run.vm()).withHost(host),
                        "VM " + vm.get().name() + " is down: " + proof + ".");
            }
        }
    }

    private void restart(Id<Vm> id) {
        // Also one that an operation took meanwhile: that will find that it is nobody's any more, and end.
        vms.model()
                .find(id)
                .filter(each -> each.highlyAvailable() && each.host() == null)
                .ifPresent(availability::restart);
    }
}
