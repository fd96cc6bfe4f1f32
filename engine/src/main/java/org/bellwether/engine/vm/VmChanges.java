package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.MemoryPolicy;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.VmLeases;

/**
 * Machines as they are changed. A machine that is down is changed at once. Of one that runs, what can be changed under it is:
 * more processors and more memory, and all that does not concern QEMU; the rest is kept for its next start.
 */
final class VmChanges {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration LEASE_LIMIT = Duration.ofMinutes(3);
    private static final long MEMORY_STEP = 128L << 20;

    private final Database database;
    private final Vms vms;
    private final Clusters clusters;
    private final Operations operations;
    private final GrowVm grow;
    private final ChangeLease changeLease;
    private final VmLeases leases;
    private final LicenceRule licence;
    private final Events events;

    VmChanges(
            Database database,
            Vms vms,
            Clusters clusters,
            Operations operations,
            GrowVm grow,
            ChangeLease changeLease,
            VmLeases leases,
            LicenceRule licence,
            Events events) {
        this.database = database;
        this.vms = vms;
        this.clusters = clusters;
        this.operations = operations;
        this.grow = grow;
        this.changeLease = changeLease;
        this.leases = leases;
        this.licence = licence;
        this.events = events;
    }

    /** @param nextRun whether everything is to wait for the next start, also what could be changed at once */
    Vm update(Vm vm, org.bellwether.api.types.Vm request, boolean nextRun, Asker asker) {
        operations.requireFree(vm.id(), "changing VM " + vm.name());
        requireSameCluster(vm, request);
        var over = VmSpecs.over(vm.spec(), request);
        Numa.check(vm.name(), over, vm.numa());
        licence.require(vm.id(), vm.name(), CpuPlans.count(over));
        var name = request.name() == null ? vm.name() : Names.checked(request.name(), "a machine");
        var wish = LeaseWish.of(request, leases, vm.cluster(), name);
        boolean lease = wish.said() && !wish.domain().equals(vm.leaseDomain());
        if (lease) {
            requireDown(vm);
        }
        if (vm.host() != null && !nextRun) {
            var decided = decided(vm, request);
            var grown = grown(vm, decided);
            if (grown.isPresent()) {
                var job = operations.begin(
                        grow,
                        new GrowVm.Request(vm.id(), vm.name(), vm.hostId().orElseThrow(), grown.get(), asker),
                        asker);
                operations.await(job, PATIENCE);
            }
        }
        var updated = database.transaction(tx -> {
            var changed = vms.update(tx, vm.id(), before -> decide(before, name, request));
            events.add(
                    tx,
                    EventCode.VM_UPDATED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "VM " + name + " was changed by " + asker.name() + "."
                            + (waits(changed) ? " Some of it is applied at its next start." : ""));
            return changed;
        });
        if (!lease) {
            return updated;
        }
        var job = operations.begin(
                changeLease,
                new ChangeLease.Request(vm.id(), name, vm.leaseDomain(), wish.domain(), asker),
                asker,
                tx -> requireDown(vms.get(vm.id())));
        operations.await(job, LEASE_LIMIT);
        return vms.get(vm.id());
    }

    /** What was saved of a suspended machine goes on with the lease that it had. */
    private static void requireDown(Vm vm) {
        if (vm.host() != null || vm.suspended() != null) {
            throw Failure.conflict("Cannot change the lease of VM " + vm.name() + " while it "
                            + (vm.host() != null ? "runs" : "is suspended"))
                    .undone("The lease was not changed")
                    .next("Shut it down first");
        }
    }

    private static boolean waits(Vm vm) {
        return vm.running() != null && vm.running().pending();
    }

    private void requireSameCluster(Vm vm, org.bellwether.api.types.Vm request) {
        if (request.cluster() != null
                && !clusters.referred(request.cluster()).id().equals(vm.cluster())) {
            throw Failure.conflict("Cannot move VM " + vm.name() + " to another cluster")
                    .because("the engine cannot do that yet")
                    .next("Make it anew from its template in that cluster");
        }
    }

    /** What is decided: the most memory that a running machine may have stays unless told, for only a start changes it. */
    private static org.bellwether.api.types.Vm decided(Vm before, org.bellwether.api.types.Vm request) {
        var decided = LeaseWish.with(VmSpecs.over(before.spec(), request), before.leaseDomain());
        var known = most(before.spec());
        if (before.host() == null
                || most(request).isPresent()
                || known.isEmpty()
                || MachineDefinitions.memoryBytes(decided) > known.get()) {
            return decided;
        }
        return decided.toBuilder()
                .memoryPolicy(policy(decided).max(known.get()).build())
                .build();
    }

    private static Optional<Long> most(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.memoryPolicy()).map(MemoryPolicy::max);
    }

    private static MemoryPolicy.Builder policy(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.memoryPolicy())
                .map(MemoryPolicy::toBuilder)
                .orElseGet(MemoryPolicy::builder);
    }

    private static Vm decide(Vm before, String name, org.bellwether.api.types.Vm request) {
        var decided = decided(before, request);
        var running = before.running();
        if (before.host() == null) {
            return before.named(name, decided);
        }
        // A machine that was started by an engine that did not know of this runs with what is written down.
        var now = running == null ? before.spec() : running.spec();
        var kept = Running.keeping(now, decided);
        boolean once = running != null && running.once();
        boolean waited = running != null && running.pending();
        boolean pending =
                once ? waited || !Running.keeping(before.spec(), decided).equals(decided) : !kept.equals(decided);
        return before.named(name, decided).running(before.startedWith().with(kept, pending));
    }

    /** What of a decision makes the running machine larger: that is done to it at once. */
    private static Optional<GrowVm.Growth> grown(Vm vm, org.bellwether.api.types.Vm decided) {
        var running = vm.running();
        var now = running == null ? vm.spec() : running.spec();
        var spec = now;
        long sockets = topology(now, CpuTopology::sockets);
        long wanted = topology(decided, CpuTopology::sockets);
        long perSocket = topology(now, CpuTopology::cores) * topology(now, CpuTopology::threads);
        boolean sameSockets = topology(now, CpuTopology::cores) == topology(decided, CpuTopology::cores)
                && topology(now, CpuTopology::threads) == topology(decided, CpuTopology::threads);
        boolean moreCpus = sameSockets
                && wanted != sockets
                && wanted <= MachineDefinitions.mostSockets(now)
                && !CpuPlans.chosenAtStart(now);
        if (moreCpus) {
            var cpu = Objects.requireNonNull(decided.cpu());
            spec = spec.toBuilder()
                    .cpu(Optional.ofNullable(now.cpu())
                            .map(Cpu::toBuilder)
                            .orElseGet(Cpu::builder)
                            .topology(cpu.topology())
                            .build())
                    .build();
        }
        long more = MachineDefinitions.memoryBytes(decided) - MachineDefinitions.memoryBytes(now);
        boolean moreMemory = more > 0
                && more % MEMORY_STEP == 0
                && MachineDefinitions.memoryBytes(decided) <= MachineDefinitions.mostMemory(now);
        if (moreMemory) {
            spec = spec.toBuilder()
                    .memory(MachineDefinitions.memoryBytes(decided))
                    .memoryPolicy(policy(now)
                            .guaranteed(Optional.ofNullable(decided.memoryPolicy())
                                    .map(MemoryPolicy::guaranteed)
                                    .orElse(null))
                            .build())
                    .build();
        }
        return moreCpus || moreMemory
                ? Optional.of(new GrowVm.Growth(
                        spec,
                        moreCpus ? Math.toIntExact(wanted * perSocket) : 0,
                        moreMemory ? MachineDefinitions.memoryBytes(decided) : 0))
                : Optional.empty();
    }

    private static long topology(
            org.bellwether.api.types.Vm spec,
            java.util.function.Function<CpuTopology, @org.jspecify.annotations.Nullable Long> part) {
        return Optional.ofNullable(spec.cpu()).map(Cpu::topology).map(part).orElse(1L);
    }
}
