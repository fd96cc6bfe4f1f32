package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disk;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was promised of machines that nobody asks for by name: what stateless ones wrote goes when they are off, machines
 * that users gave back are free again, and pools have as many running as they should. Looks at all of it every few seconds,
 * because each may come to be true in many ways.
 */
public final class KeepPools implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeepPools.class);
    private static final Duration PACE = Duration.ofSeconds(2);
    /** A machine that a user just took may take so long until its start is under way. */
    private static final Duration GRACE = Duration.ofSeconds(30);

    private static final int MOST_FAILURES = 3;
    private static final Duration REST = Duration.ofMinutes(5);

    private final Database database;
    private final Vms vms;
    private final VmPools pools;
    private final StatelessDisks stateless;
    private final VmLifecycle lifecycle;
    private final Operations operations;
    private final UncoverVm uncover;
    private final Events events;
    private final java.time.Clock clock;
    private final Map<Id<VmPool>, Integer> failures = new HashMap<>();
    private final Map<Id<VmPool>, java.time.Instant> resting = new HashMap<>();
    private final Map<Id<Vm>, java.time.Instant> asked = new HashMap<>();
    private volatile boolean closed;

    KeepPools(
            Database database,
            Vms vms,
            VmPools pools,
            StatelessDisks stateless,
            VmLifecycle lifecycle,
            Operations operations,
            UncoverVm uncover,
            Events events,
            java.time.Clock clock) {
        this.database = database;
        this.vms = vms;
        this.pools = pools;
        this.stateless = stateless;
        this.lifecycle = lifecycle;
        this.operations = operations;
        this.uncover = uncover;
        this.events = events;
        this.clock = clock;
    }

    /** Once, when the engine acts. */
    public void start() {
        Thread.ofVirtual().name("pools").start(() -> {
            while (!closed) {
                look();
                try {
                    Thread.sleep(PACE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    private void look() {
        try {
            tidy();
            for (var pool : List.copyOf(pools.model().all())) {
                takeBack(pool);
                prestart(pool);
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            if (!closed) {
                log.warn("Pools could not be looked after: {}", e.getMessage());
            }
        }
    }

    /** What stateless machines wrote that are off now. */
    private void tidy() {
        var machines = stateless.all().stream().map(Overlay::vm).distinct().toList();
        for (var id : machines) {
            var vm = vms.model().find(id);
            boolean off = vm.isEmpty() || vm.get().host() == null;
            if (!off || operations.holding(id).isPresent() || tooSoon(id)) {
                continue;
            }
            asked.put(id, clock.instant());
            List<Id<Disk>> disks = stateless.of(id).stream().map(Overlay::disk).toList();
            var name = vm.map(Vm::name).orElseGet(id::toString);
            try {
                operations.begin(uncover, new UncoverVm.Request(id, name, disks, Asker.engine()), Asker.engine());
            } catch (Failure busy) {
                log.info("What VM {} wrote is not forgotten yet: {}", name, busy.detail());
            }
        }
        asked.keySet().retainAll(machines);
    }

    private boolean tooSoon(Id<Vm> id) {
        var last = asked.get(id);
        return last != null && last.plus(GRACE).isAfter(clock.instant());
    }

    /** Machines of an automatic pool that their users shut down. */
    private void takeBack(VmPool pool) {
        for (var use : List.copyOf(pools.usesOf(pool.id()))) {
            var vm = vms.model().find(use.vm());
            boolean gone = vm.isEmpty();
            boolean off = vm.isPresent()
                    && vm.get().host() == null
                    && operations.holding(use.vm()).isEmpty();
            boolean ran = vm.map(Vm::stopped)
                            .filter(stopped -> stopped.isAfter(use.since()))
                            .isPresent()
                    || use.since().plus(GRACE).isBefore(clock.instant());
            if (gone || (pool.automatic() && off && ran)) {
                database.change(tx -> {
                    pools.giveBack(tx, use.vm());
                    vm.ifPresent(machine -> events.add(
                            tx,
                            EventCode.POOL_VM_GIVEN_BACK,
                            Asker.engine(),
                            Concerns.NOTHING.withVm(machine.id()),
                            "VM " + machine.name() + " of the pool " + pool.name() + " was given back by " + use.name()
                                    + "."));
                });
            }
        }
    }

    /** As many running machines that nobody has as were promised. */
    private void prestart(VmPool pool) {
        if (pool.prestarted() == 0
                || operations.holding(pool.id()).isPresent()
                || resting.getOrDefault(pool.id(), java.time.Instant.EPOCH).isAfter(clock.instant())) {
            return;
        }
        var free = vms.ofPool(pool.id()).stream()
                .filter(vm -> pools.use(vm.id()).isEmpty())
                .toList();
        long ready =
                free.stream().filter(vm -> vm.host() != null || starting(vm)).count();
        free.stream()
                .filter(vm -> vm.host() == null && operations.holding(vm.id()).isEmpty())
                .filter(vm -> stateless.of(vm.id()).isEmpty())
                .filter(vm -> vms.status(vm) == VmStatus.DOWN)
                .sorted(Comparator.comparing(Vm::name))
                .limit(Math.max(0, pool.prestarted() - ready))
                .forEach(vm -> start(pool, vm));
    }

    private boolean starting(Vm vm) {
        return operations
                .holding(vm.id())
                .filter(job -> job.kind().equals(StartVm.KIND))
                .isPresent();
    }

    private void start(VmPool pool, Vm vm) {
        try {
            lifecycle.start(vm, Optional.empty(), false, Optional.empty(), Asker.engine());
            failures.remove(pool.id());
        } catch (Failure failure) {
            int count = failures.merge(pool.id(), 1, Integer::sum);
            log.info("VM {} of the pool {} was not started ahead: {}", vm.name(), pool.name(), failure.detail());
            if (count >= MOST_FAILURES) {
                failures.remove(pool.id());
                resting.put(pool.id(), clock.instant().plus(REST));
                database.change(tx -> events.add(
                        tx,
                        EventCode.POOL_PRESTART_FAILED,
                        Asker.engine(),
                        Concerns.NOTHING.withVm(vm.id()),
                        "VM " + vm.name() + " of the pool " + pool.name()
                                + " could not be started ahead, and will be tried" + " again in " + REST.toMinutes()
                                + " minutes: " + failure.detail()));
            }
        }
    }

    @Override
    public void close() {
        closed = true;
    }
}
