package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * A person has looked and says that a silent host is off or was rebooted: none of its machines runs any more. That is the
 * proof that lets them be started again; those that are highly available are, at once.
 */
final class ConfirmReboot implements Operation<ConfirmReboot.Request> {

    private final Vms vms;
    private final ObservedMachines observed;
    private final Agents agents;
    private final Operations operations;
    private final HighAvailability availability;
    private final Events events;
    private final Clock clock;

    ConfirmReboot(
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

    record Request(Id<Host> host, String name, Asker asker) {}

    record Machines(List<Id<Vm>> ids) {}

    @Override
    public String kind() {
        return "confirm-reboot";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Confirming that Host " + request.name() + " was rebooted";
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.host().value());
    }

    /** Refuses what cannot be true: a host that is heard of says itself what runs there. */
    void requireSilent(Request request) {
        if (agents.connected(request.host().value())) {
            throw Failure.conflict("Host " + request.name() + " is not taken for rebooted")
                    .because("it is heard of now, and says itself which machines it runs")
                    .undone("Nothing was changed");
        }
    }

    @Override
    public void run(Request request, Journal journal) {
        requireSilent(request);
        var machines = journal.step(
                "see which machines it had",
                Machines.class,
                () -> new Machines(vms.on(request.host()).stream()
                        .map(Vm::id)
                        .filter(id -> operations.holding(id).isEmpty())
                        .toList()));
        for (var id : machines.ids()) {
            journal.commit("set machine " + id + " down", tx -> setDown(tx, request, id));
            journal.step("forget machine " + id, () -> observed.remove(request.host(), id));
        }
        for (var id : machines.ids()) {
            journal.step("restart machine " + id, () -> restart(id));
        }
    }

    private void setDown(Transaction tx, Request request, Id<Vm> id) {
        var vm = vms.model().find(id).filter(each -> each.hostId().equals(Optional.of(request.host())));
        if (vm.isEmpty()) {
            return;
        }
        vms.update(
                tx,
                id,
                each -> each.hostId().equals(Optional.of(request.host()))
                        // It may have gone on from what was saved of it, which then does not fit its disks any more.
                        ? each.off(clock.instant(), "its host " + request.name() + " was rebooted")
                                .suspendedIn(null)
                        : each);
        events.add(
                tx,
                EventCode.VM_DOWN_BY_HOST_REBOOT,
                request.asker(),
                Concerns.NOTHING.withVm(id).withHost(request.host()),
                "VM " + vm.get().name() + " is down: " + request.asker().name() + " has confirmed that its host "
                        + request.name() + " was rebooted.");
    }

    private void restart(Id<Vm> id) {
        var vm = vms.model().find(id).filter(each -> each.highlyAvailable() && each.host() == null);
        if (vm.isPresent() && operations.holding(id).isEmpty()) {
            availability.restart(vm.get());
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_FENCED_MANUALLY,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " was confirmed to be rebooted by "
                        + request.asker().name() + "; its machines are down, the highly available ones are restarted.");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.HOST_MANUAL_FENCE_FAILED,
                request.asker(),
                Concerns.NOTHING.withHost(request.host()),
                "Host " + request.name() + " was not taken for rebooted: " + failure.detail());
    }
}
