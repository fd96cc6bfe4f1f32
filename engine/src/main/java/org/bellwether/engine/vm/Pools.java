package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.bellwether.api.types.VmPoolType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.Names;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;

/** Pools as people make, change and use them. */
final class Pools {

    private static final long MOST_MACHINES = 1000;
    private static final java.util.Set<String> OBSERVED = java.util.Set.of("vm", "permissions");
    private static final java.util.Set<String> KEPT = java.util.Set.of("instance_type");

    private final Database database;
    private final VmPools pools;
    private final Vms vms;
    private final Templates templates;
    private final Clusters clusters;
    private final VmLifecycle lifecycle;
    private final Operations operations;
    private final FillPool fill;
    private final RemovePool remove;
    private final Events events;
    private final Clock clock;

    Pools(
            Database database,
            VmPools pools,
            Vms vms,
            Templates templates,
            Clusters clusters,
            VmLifecycle lifecycle,
            Operations operations,
            FillPool fill,
            RemovePool remove,
            Events events,
            Clock clock) {
        this.database = database;
        this.pools = pools;
        this.vms = vms;
        this.templates = templates;
        this.clusters = clusters;
        this.lifecycle = lifecycle;
        this.operations = operations;
        this.fill = fill;
        this.remove = remove;
        this.events = events;
        this.clock = clock;
    }

    VmPool add(org.bellwether.api.types.VmPool request, Asker asker) {
        var wished = request.name() == null ? "" : request.name();
        // The mask stands for the machines; the pool itself is called as what is left of it.
        var plain = wished.replace("?", "");
        while (plain.endsWith("-") || plain.endsWith("_")) {
            plain = plain.substring(0, plain.length() - 1);
        }
        var name = Names.checked(plain, "a pool");
        var named = templates.referred(request.template());
        var template = Boolean.TRUE.equals(request.useLatestTemplateVersion()) ? templates.latest(named) : named;
        if (template.id().equals(Template.BLANK)) {
            throw Failure.badRequest("A pool cannot be made from the template Blank")
                    .because("its machines would have no disks")
                    .next("Name another template");
        }
        var spec = checked(
                org.bellwether.api.types.VmPool.builder()
                        .comment("")
                        .description("")
                        .type(VmPoolType.AUTOMATIC)
                        .stateful(false)
                        .prestartedVms(0L)
                        .maxUserVms(1L)
                        .size(1L)
                        .useLatestTemplateVersion(false)
                        .autoStorageSelect(false)
                        .build(),
                request);
        var pool = new VmPool(
                Id.random(),
                name,
                clusters.referred(request.cluster()).id(),
                template.id(),
                wished.contains("?") ? wished : name,
                clock.instant(),
                spec);
        var names = freeNames(pool, spec.size() == null ? 1 : spec.size());
        operations.begin(
                fill, new FillPool.Request(pool.id(), name, names, true, asker), asker, tx -> pools.insert(tx, pool));
        return pool;
    }

    private static org.bellwether.api.types.VmPool checked(
            org.bellwether.api.types.VmPool before, org.bellwether.api.types.VmPool request) {
        var type = org.bellwether.api.types.VmPool.TYPE;
        var spec = type.merge(before, Decided.of(type, request, OBSERVED, KEPT));
        long size = spec.size() == null ? 1 : spec.size();
        if (size < 0 || size > MOST_MACHINES) {
            throw Failure.badRequest("A pool can have up to " + MOST_MACHINES + " machines")
                    .because(size + " are asked for");
        }
        long ready = spec.prestartedVms() == null ? 0 : spec.prestartedVms();
        if (ready < 0 || ready > size) {
            throw Failure.badRequest("A pool of " + size + " machines cannot keep " + ready + " of them started");
        }
        if (spec.maxUserVms() != null && spec.maxUserVms() < 1) {
            throw Failure.badRequest("A user must be allowed at least one machine of the pool");
        }
        return spec;
    }

    private List<String> freeNames(VmPool pool, long count) {
        var names = new ArrayList<String>();
        for (int number = 1; names.size() < count; number++) {
            var name = pool.machineName(number);
            Names.checked(name, "a machine");
            if (vms.model().named(name).isEmpty()) {
                names.add(name);
            }
        }
        return List.copyOf(names);
    }

    VmPool update(VmPool pool, org.bellwether.api.types.VmPool request, Asker asker) {
        operations.requireFree(pool.id(), "changing the pool " + pool.name());
        int now = vms.ofPool(pool.id()).size();
        if (request.size() != null && request.size() < now) {
            throw Failure.conflict("The pool " + pool.name() + " cannot become smaller by that")
                    .because("it has " + now + " machines, and which are to go is not said")
                    .next("Detach or remove machines of it one by one");
        }
        var name = request.name() == null ? pool.name() : Names.checked(request.name(), "a pool");
        checked(sized(pool.spec(), now), request);
        var changed = database.transaction(tx -> {
            events.add(
                    tx,
                    EventCode.POOL_UPDATED,
                    asker,
                    Concerns.NOTHING,
                    "The pool " + name + " was changed by " + asker.name() + ".");
            return pools.update(
                    tx, pool.id(), before -> before.changed(name, checked(sized(before.spec(), now), request)));
        });
        if (request.size() != null && request.size() > now) {
            var names = freeNames(pool, request.size() - now);
            operations.begin(fill, new FillPool.Request(pool.id(), name, names, false, asker), asker);
        }
        return changed;
    }

    /** What a size that was asked for once says is old when machines were detached since. */
    private static org.bellwether.api.types.VmPool sized(org.bellwether.api.types.VmPool spec, long size) {
        return spec.toBuilder().size(size).build();
    }

    Job remove(VmPool pool, Asker asker) {
        var machines = vms.ofPool(pool.id()).stream()
                .sorted(Comparator.comparing(Vm::name))
                .toList();
        var running =
                machines.stream().filter(vm -> vm.host() != null).map(Vm::name).toList();
        if (!running.isEmpty()) {
            throw Failure.conflict("The pool " + pool.name() + " cannot be removed")
                    .because("these machines of it run: " + String.join(", ", running))
                    .next("Set prestarted_vms to 0 and stop them first");
        }
        return operations.begin(
                remove,
                new RemovePool.Request(
                        pool.id(), pool.name(), machines.stream().map(Vm::id).toList(), asker),
                asker);
    }

    /** A machine for the user: one that runs already if there is one, else one that is started. */
    record Allocated(Id<Vm> vm, Optional<Job> job) {}

    Allocated allocate(VmPool pool, Principal user, Asker asker) {
        long has = pools.usesOf(pool.id()).stream()
                .filter(use -> use.user().equals(user.id()))
                .count();
        if (has >= pool.mostPerUser()) {
            throw Failure.conflict(user.name() + " cannot take another machine of the pool " + pool.name())
                    .because("a user may have " + pool.mostPerUser() + ", and has " + has)
                    .next("Give one back first: shut it down");
        }
        var free = vms.ofPool(pool.id()).stream()
                .filter(vm -> pools.use(vm.id()).isEmpty())
                .filter(vm -> operations.holding(vm.id()).isEmpty())
                .filter(vm -> vms.status(vm) == VmStatus.UP || vms.status(vm) == VmStatus.DOWN)
                .sorted(Comparator.<Vm, Boolean>comparing(vm -> vm.host() == null)
                        .thenComparing(Vm::name))
                .toList();
        for (var vm : free) {
            try {
                database.change(tx -> {
                    pools.take(
                            tx, new PoolUse(PoolUse.of(vm.id()), user.name(), pool.id(), user.id(), clock.instant()));
                    events.add(
                            tx,
                            EventCode.POOL_VM_TAKEN,
                            asker,
                            Concerns.NOTHING.withVm(vm.id()),
                            "VM " + vm.name() + " of the pool " + pool.name() + " was given to " + user.name() + ".");
                });
            } catch (Failure taken) {
                if (pools.use(vm.id()).isEmpty()) {
                    throw taken;
                }
                continue; // somebody was quicker
            }
            return started(vm, asker);
        }
        throw Failure.conflict("The pool " + pool.name() + " has no free machine now")
                .next("Try again in a while, or make the pool larger");
    }

    private Allocated started(Vm vm, Asker asker) {
        if (vms.get(vm.id()).host() != null) {
            return new Allocated(vm.id(), Optional.empty());
        }
        try {
            return new Allocated(vm.id(), lifecycle.start(vm, Optional.empty(), false, Optional.empty(), asker));
        } catch (Failure cannotRun) {
            database.change(tx -> pools.giveBack(tx, vm.id()));
            throw cannotRun;
        }
    }

    /** Makes a machine that is down one of its own. */
    Vm detach(Vm vm, Asker asker) {
        operations.requireFree(vm.id(), "detaching VM " + vm.name());
        var pool = pools.of(vm).orElseThrow(() -> Failure.conflict("VM " + vm.name() + " belongs to no pool"));
        if (vm.host() != null) {
            throw Failure.conflict("VM " + vm.name() + " cannot be detached from its pool now")
                    .because("it runs")
                    .next("Stop it first");
        }
        return database.transaction(tx -> {
            pools.giveBack(tx, vm.id());
            events.add(
                    tx,
                    EventCode.POOL_VM_DETACHED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "VM " + vm.name() + " was detached from the pool " + pool.name() + " by " + asker.name() + ".");
            return vms.update(
                    tx,
                    vm.id(),
                    now -> now.named(
                            now.name(), now.spec().toBuilder().vmPool(null).build()));
        });
    }
}
