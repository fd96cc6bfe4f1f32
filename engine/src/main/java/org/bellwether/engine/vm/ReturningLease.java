package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.function.Consumer;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.StorageDomain;
import org.bellwether.engine.storage.VmLeases;

/** The lease of a machine that is registered: it had one where it came from, and gets one again where it can be. */
public final class ReturningLease {

    private final VmLeases leases;
    private final Operations operations;
    private final ChangeLease change;

    ReturningLease(VmLeases leases, Operations operations, ChangeLease change) {
        this.leases = leases;
        this.operations = operations;
        this.change = change;
    }

    /** Where it can be; only machines that are restarted by themselves have one. */
    Optional<Id<StorageDomain>> place(OvfSpecs.Arrived arrived, Id<Cluster> cluster, String name) {
        return arrived.lease().flatMap(told -> {
            try {
                var domain = org.bellwether.api.types.StorageDomain.builder()
                        .id(told)
                        .build();
                return Optional.of(leases.referred(domain, cluster, name));
            } catch (Failure elsewhere) {
                return Optional.empty();
            }
        });
    }

    /**
     * Begins to make it; how that ends is told as of any change of a lease.
     *
     * @param insert what makes the machine known, in the same transaction: whoever dies then, it does not stay without its lease
     */
    void begin(Vm vm, Id<StorageDomain> domain, Asker asker, Consumer<Transaction> insert) {
        operations.begin(
                change,
                new ChangeLease.Request(vm.id(), vm.name(), Optional.empty(), Optional.of(domain), asker),
                asker,
                insert);
    }
}
