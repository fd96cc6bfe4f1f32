package org.bellwether.engine.vm;

import java.time.Duration;
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
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/** Removes a pool with all of its machines, which are down. */
final class RemovePool implements Operation<RemovePool.Request> {

    static final String KIND = "remove-pool";
    private static final Duration REMOVING = Duration.ofMinutes(30);

    private final Vms vms;
    private final VmPools pools;
    private final VmLifecycle lifecycle;
    private final Operations operations;
    private final Events events;

    RemovePool(Vms vms, VmPools pools, VmLifecycle lifecycle, Operations operations, Events events) {
        this.vms = vms;
        this.pools = pools;
        this.lifecycle = lifecycle;
        this.operations = operations;
        this.events = events;
    }

    record Request(Id<VmPool> pool, String name, List<Id<Vm>> machines, Asker asker) {}

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
        return "Removing VM Pool " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.pool().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        for (var machine : request.machines()) {
            journal.step("remove the machine " + machine, () -> remove(machine, request.asker()));
        }
        journal.commit("forget the pool", tx -> {
            pools.usesOf(request.pool()).forEach(use -> pools.giveBack(tx, use.vm()));
            pools.delete(tx, request.pool());
        });
    }

    private void remove(Id<Vm> machine, Asker asker) {
        operations.holding(machine).ifPresent(job -> operations.await(job, REMOVING));
        vms.model().find(machine).ifPresent(vm -> operations.await(lifecycle.remove(vm, false, asker), REMOVING));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                EventCode.POOL_REMOVED,
                request.asker(),
                Concerns.NOTHING,
                "The pool " + request.name() + " was removed by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.POOL_REMOVE_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The pool " + request.name() + " could not be removed completely; remove it again: "
                        + failure.detail());
    }
}
