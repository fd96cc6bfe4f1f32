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

/** Makes a pool's machines, one after another. One that fails ends it; those that are there stay. */
final class FillPool implements Operation<FillPool.Request> {

    static final String KIND = "fill-pool";
    private static final Duration MAKING = Duration.ofHours(6);

    private final Vms vms;
    private final VmPools pools;
    private final NewVms newVms;
    private final Operations operations;
    private final Events events;

    FillPool(Vms vms, VmPools pools, NewVms newVms, Operations operations, Events events) {
        this.vms = vms;
        this.pools = pools;
        this.newVms = newVms;
        this.operations = operations;
        this.events = events;
    }

    /** @param names what the new machines are called */
    record Request(Id<VmPool> pool, String name, List<String> names, boolean fresh, Asker asker) {}

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
        return (request.fresh() ? "Creating VM Pool " : "Adding VMs to VM Pool ") + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.pool().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        for (var name : request.names()) {
            journal.step("make " + name, () -> make(request, name));
        }
    }

    private void make(Request request, String name) {
        var pool = pools.get(request.pool());
        var known = vms.model().named(name).stream().findFirst();
        if (known.isPresent()) {
            if (!Vms.poolOf(known.get()).filter(pool.id()::equals).isPresent()) {
                throw Failure.conflict("There is a machine called " + name + " already")
                        .because("it does not belong to the pool " + pool.name())
                        .next("Give that machine another name, then make the pool larger");
            }
            // Begun before the engine died: its job goes on by itself.
            operations.holding(known.get().id()).ifPresent(job -> operations.await(job, MAKING));
            return;
        }
        operations.await(newVms.addTo(pool, name, request.asker()).job(), MAKING);
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        events.add(
                tx,
                request.fresh() ? EventCode.POOL_ADDED : EventCode.POOL_VMS_ADDED,
                request.asker(),
                Concerns.NOTHING,
                "The pool " + request.name() + " got " + request.names().size() + " machines, asked by "
                        + request.asker().name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                request.fresh() ? EventCode.POOL_ADD_FAILED : EventCode.POOL_VMS_ADD_FAILED,
                request.asker(),
                Concerns.NOTHING,
                "The pool " + request.name() + " did not get all of its machines; those that are there stay: "
                        + failure.detail());
    }
}
