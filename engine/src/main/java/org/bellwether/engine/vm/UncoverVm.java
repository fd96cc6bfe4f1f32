package org.bellwether.engine.vm;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;

/** Forgets what a stateless machine wrote while it ran; what cannot be done now is tried again. */
final class UncoverVm implements Operation<UncoverVm.Request> {

    static final String KIND = "uncover-vm";

    private final Vms vms;
    private final StatelessDisks stateless;
    private final Events events;

    UncoverVm(Vms vms, StatelessDisks stateless, Events events) {
        this.vms = vms;
        this.stateless = stateless;
        this.events = events;
    }

    record Request(Id<Vm> vm, String name, List<Id<Disk>> disks, Asker asker) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Restoring Stateless VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks = new HashSet<UUID>(Set.of(request.vm().value()));
        request.disks().forEach(disk -> locks.add(disk.value()));
        return locks;
    }

    @Override
    public void run(Request request, Journal journal) {
        journal.step("forget what it wrote", () -> {
            if (vms.model().find(request.vm()).filter(vm -> vm.host() != null).isPresent()) {
                throw Failure.conflict("VM " + request.name() + " runs again");
            }
            stateless.of(request.vm()).forEach(stateless::uncover);
        });
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.STATELESS_RESTORE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "What the stateless VM " + request.name() + " wrote could not be forgotten yet: " + failure.detail());
    }
}
