package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Id;
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
    private final Operations operations;
    private final HighAvailability availability;
    private final Events events;
    private final Clock clock;

    HostGone(
            Vms vms,
            ObservedMachines observed,
            Operations operations,
            HighAvailability availability,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.observed = observed;
        this.operations = operations;
        this.availability = availability;
        this.events = events;
        this.clock = clock;
    }

    record Machines(List<Id<Vm>> ids) {}

    /** @param proof why nothing runs there any more, as a clause for people: "its host h1 was rebooted" */
    void release(Id<Host> host, String proof, Asker asker, Journal journal) {
        var machines = journal.step(
                "see which machines it had",
                Machines.class,
                () -> new Machines(vms.on(host).stream()
                        .sorted(HighAvailability.ORDER)
                        .map(Vm::id)
                        .filter(id -> operations.holding(id).isEmpty())
                        .toList()));
        for (var id : machines.ids()) {
            journal.commit("set machine " + id + " down", tx -> setDown(tx, host, proof, asker, id));
            journal.step("forget machine " + id, () -> observed.remove(host, id));
        }
        for (var id : machines.ids()) {
            journal.step("restart machine " + id, () -> restart(id));
        }
    }

    private void setDown(Transaction tx, Id<Host> host, String proof, Asker asker, Id<Vm> id) {
        var vm = vms.model().find(id).filter(each -> each.hostId().equals(Optional.of(host)));
        if (vm.isEmpty()) {
            return;
        }
        vms.update(
                tx,
                id,
                each -> each.hostId().equals(Optional.of(host))
                        // It may have gone on from what was saved of it, which then does not fit its disks any more.
                        ? each.off(clock.instant(), proof).suspendedIn(null)
                        : each);
        events.add(
                tx,
                EventCode.VM_DOWN_BY_HOST_REBOOT,
                asker,
                Concerns.NOTHING.withVm(id).withHost(host),
                "VM " + vm.get().name() + " is down: " + proof + ".");
    }

    private void restart(Id<Vm> id) {
        var vm = vms.model().find(id).filter(each -> each.highlyAvailable() && each.host() == null);
        if (vm.isPresent() && operations.holding(id).isEmpty()) {
            availability.restart(vm.get());
        }
    }
}
