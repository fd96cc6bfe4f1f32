package org.bellwether.engine.vm;

import java.util.Optional;
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
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.VmLeases;

/** Gives a machine that is down a lease, takes it away, or moves it to another storage domain. */
final class ChangeLease implements Operation<ChangeLease.Request> {

    private final Vms vms;
    private final VmLeases leases;
    private final Events events;

    ChangeLease(Vms vms, VmLeases leases, Events events) {
        this.vms = vms;
        this.leases = leases;
        this.events = events;
    }

    record Request(
            Id<Vm> vm, String name, Optional<Id<StorageDomain>> from, Optional<Id<StorageDomain>> to, Asker asker) {}

    @Override
    public String kind() {
        return "change-lease";
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Changing the lease of VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        request.to()
                .ifPresent(domain -> journal.step(
                        "make its lease", () -> leases.make(domain, request.vm().value())));
        journal.commit("write it down", tx -> {
            vms.update(tx, request.vm(), vm -> vm.specified(LeaseWish.with(vm.spec(), request.to())));
        });
        request.from()
                .ifPresent(domain -> journal.step(
                        "remove its old lease",
                        () -> leases.remove(domain, request.vm().value())));
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (vms.get(request.vm()).leaseDomain().equals(request.to())) {
            return; // It has the new one; only the old one is left over, and does no harm.
        }
        if (journal.begun("make its lease")) {
            request.to().ifPresent(domain -> leases.remove(domain, request.vm().value()));
        }
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_UPDATED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name()
                        + request.to()
                                .map(domain -> " has its lease on "
                                        + leases.name(domain).orElse("?"))
                                .orElse(" has no lease any more")
                        + ", asked by " + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_LEASE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The lease of VM " + request.name() + " could not be changed: " + failure.detail());
    }
}
