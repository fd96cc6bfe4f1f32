package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.bellwether.api.types.DiskContentType;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Job;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.RebootMachineRequest;
import org.jspecify.annotations.Nullable;

/** What a person asks of a machine's life: checks that it makes sense now, and begins the operation. */
public final class VmLifecycle {

    private static final Duration HOST_PATIENCE = Duration.ofSeconds(10);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(30);
    /** Thin disks are made in a moment; one that takes longer goes on, and the start is to be asked for again. */
    private static final Duration FOLLOW_LIMIT = Duration.ofSeconds(50);
    /** What QEMU writes beside the memory: its devices, above all the screen. */
    private static final long SAVED_OVERHEAD_BYTES = 256L << 20;

    private static final Duration EVACUATION_LIMIT = Duration.ofHours(6);

    /** More would only share the network that all of them go over, and arrive later. */
    private static final int LEAVING_AT_ONCE = 4;

    private final Database database;
    private final Vms vms;
    private final Snapshots snapshots;
    private final Disks disks;
    private final Agents agents;
    private final ObservedMachines observed;
    private final Operations operations;
    private final Events events;
    private final VmPools pools;
    private final PlaceVm place;
    private final StartVm startVm;
    private final StopVm stopVm;
    private final MigrateVm migrateVm;
    private final RemoveVm removeVm;
    private final SuspendVm suspendVm;
    private final DropState dropState;
    private final Clock clock;
    private final BiFunction<Vm, Asker, Optional<Job>> follow;
    private final Consumer<Vm> room;

    VmLifecycle(
            Database database,
            Vms vms,
            Snapshots snapshots,
            Disks disks,
            Agents agents,
            ObservedMachines observed,
            Operations operations,
            Events events,
            VmPools pools,
            PlaceVm place,
            StartVm startVm,
            StopVm stopVm,
            MigrateVm migrateVm,
            RemoveVm removeVm,
            SuspendVm suspendVm,
            DropState dropState,
            Clock clock,
            BiFunction<Vm, Asker, Optional<Job>> follow,
            Consumer<Vm> room) {
        this.suspendVm = suspendVm;
        this.dropState = dropState;
        this.clock = clock;
        this.database = database;
        this.vms = vms;
        this.snapshots = snapshots;
        this.disks = disks;
        this.agents = agents;
        this.observed = observed;
        this.operations = operations;
        this.events = events;
        this.pools = pools;
        this.place = place;
        this.startVm = startVm;
        this.stopVm = stopVm;
        this.migrateVm = migrateVm;
        this.removeVm = removeVm;
        this.follow = follow;
        this.room = room;
    }

    /** Starts a machine that is down; a paused one is resumed. */
    Optional<Job> start(Vm vm, Optional<Id<Host>> host, boolean paused, Optional<StartVm.Once> once, Asker asker) {
        operations.requireFree(vm.id(), "starting VM " + vm.name());
        var status = vms.status(vm);
        if (status == VmStatus.PAUSED) {
            resume(vm, asker);
            return Optional.empty();
        }
        if (status != VmStatus.DOWN && status != VmStatus.SUSPENDED) {
            throw wrong("run", vm, status, "down");
        }
        var saved = vm.suspended() == null ? null : vm.suspended().state();
        if (saved != null && once.isPresent()) {
            throw Failure.conflict("Cannot start VM " + vm.name() + " with other settings")
                    .because("it is suspended, and goes on as it was")
                    .next("Power it off first");
        }
        if (paused && vm.leaseDomain().isPresent()) {
            throw Failure.conflict("VM " + vm.name() + " cannot be started paused")
                    .because(
                            "it has a lease, which it holds only while it runs: until somebody lets it go on, nothing would"
                                    + " keep another host from running it")
                    .undone("Nothing was changed")
                    .next("Start it without a pause, or take its lease away first");
        }
        if (saved == null) {
            follow.apply(vm, asker).ifPresent(job -> operations.await(job, FOLLOW_LIMIT));
        }
        // Asked here too, so that whoever asked for what cannot be hears it at once and not from a failed job.
        room.accept(vm);
        place.check(once.map(with -> vm.specified(with.spec())).orElse(vm), PlaceVm.Question.start(host));
        var request = new StartVm.Request(
                vm.id(), vm.name(), host, paused, pools.stateless(vm), once.orElse(null), saved, asker);
        return Optional.of(operations.begin(
                startVm,
                request,
                asker,
                tx -> events.add(
                        tx,
                        EventCode.VM_START_ASKED,
                        asker,
                        Concerns.NOTHING.withVm(vm.id()),
                        "VM " + vm.name() + " is being started by " + asker.name() + ".")));
    }

    private void resume(Vm vm, Asker asker) {
        var host = hostOf(vm, "resume");
        ask(host, vm, EventCode.VM_RESUMED, "resumed", asker, false);
    }

    /** The engine would end with it. */
    private static void requireNotOurs(Vm vm, String wish) {
        if (vm.engineMachine()) {
            throw Failure.conflict("Cannot " + wish + " VM " + vm.name())
                    .because("this engine runs in it")
                    .undone("Nothing was changed")
                    .next("On a host say: bellwether engine-ha maintenance global, then bellwether engine-ha stop");
        }
    }

    /** Pulls the plug of whatever may be running. */
    Job stop(Vm vm, String reason, Asker asker) {
        requireNotOurs(vm, "stop");
        var suspended = vm.suspended();
        if (suspended != null && vm.host() == null) {
            return operations.begin(
                    dropState, new DropState.Request(vm.id(), vm.name(), suspended.state(), reason, asker), asker);
        }
        var host = hostOf(vm, "stop");
        return operations.begin(stopVm, new StopVm.Request(vm.id(), vm.name(), host, reason, asker), asker);
    }

    /** Writes a running machine to its storage; its next start goes on from there. */
    Job suspend(Vm vm, Asker asker) {
        requireNotOurs(vm, "suspend");
        operations.requireFree(vm.id(), "suspending VM " + vm.name());
        var status = vms.status(vm);
        if (status != VmStatus.UP && status != VmStatus.POWERING_UP && status != VmStatus.PAUSED) {
            throw wrong("suspend", vm, status, "up");
        }
        var host = hostOf(vm, "suspend");
        var domain = disks.ofVm(vm.id()).stream()
                .filter(DiskAttachment::active)
                .flatMap(each -> disks.get(each.disk()).domainId().stream())
                .findFirst()
                .orElseThrow(() -> Failure.conflict("Cannot suspend VM " + vm.name())
                        .because("it has no disk, and so no storage domain that could take its memory"));
        Id<Disk> id = Id.random();
        var state = new Disk(
                id,
                vm.name() + "_suspended",
                domain,
                UUID.randomUUID(),
                Disk.Format.RAW,
                true,
                vms.memoryBytes(vm) + SAVED_OVERHEAD_BYTES,
                0,
                Disk.State.LOCKED,
                clock.instant(),
                org.bellwether.api.types.Disk.builder()
                        .contentType(DiskContentType.MEMORY_DUMP_VOLUME)
                        .description("The memory of the suspended VM " + vm.name())
                        .build());
        return operations.begin(suspendVm, new SuspendVm.Request(vm.id(), vm.name(), host, id, asker), asker, tx -> {
            disks.insert(tx, state);
            events.add(
                    tx,
                    EventCode.VM_SUSPEND_ASKED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()).withHost(host),
                    "VM " + vm.name() + " is being suspended by " + asker.name() + ".");
        });
    }

    /** Has the guest's agent hold all writing, or let it go on. */
    void freeze(Vm vm, boolean frozen, Asker asker) {
        var wish = (frozen ? "freeze" : "thaw") + " the file systems of";
        operations.requireFree(vm.id(), "to " + wish + " VM " + vm.name());
        var host = hostOf(vm, wish);
        var machine =
                MachineRequest.newBuilder().setMachineId(vm.id().toString()).build();
        agents.of(host.value(), HOST_PATIENCE)
                .ask(ASK_LIMIT, agent -> frozen ? agent.freezeFilesystems(machine) : agent.thawFilesystems(machine));
        tell(
                frozen ? EventCode.FILESYSTEMS_FROZEN : EventCode.FILESYSTEMS_THAWED,
                vm,
                host,
                asker,
                frozen ? "told to hold all writing" : "told to go on writing");
    }

    /** Asks the guest to shut down; whether it does is seen later. */
    void shutdown(Vm vm, Asker asker) {
        requireNotOurs(vm, "shut down");
        operations.requireFree(vm.id(), "shutting down VM " + vm.name());
        ask(hostOf(vm, "shut down"), vm, EventCode.VM_SHUTDOWN_ASKED, "asked to shut down", asker, true);
    }

    private void ask(Id<Host> host, Vm vm, EventCode code, String done, Asker asker, boolean shutdown) {
        var machine =
                MachineRequest.newBuilder().setMachineId(vm.id().toString()).build();
        var state = agents.of(host.value(), HOST_PATIENCE)
                .ask(ASK_LIMIT, agent -> shutdown ? agent.shutdownMachine(machine) : agent.resumeMachine(machine));
        observed.put(host, vm.id(), state);
        tell(code, vm, host, asker, done);
    }

    /** @param force resets the machine instead of asking its guest */
    void reboot(Vm vm, boolean force, Asker asker) {
        operations.requireFree(vm.id(), "rebooting VM " + vm.name());
        var host = hostOf(vm, "reboot");
        var state = agents.of(host.value(), HOST_PATIENCE)
                .ask(
                        ASK_LIMIT,
                        agent -> agent.rebootMachine(RebootMachineRequest.newBuilder()
                                .setMachineId(vm.id().toString())
                                .setForce(force)
                                .build()));
        observed.put(host, vm.id(), state);
        tell(force ? EventCode.VM_RESET : EventCode.VM_REBOOTED, vm, host, asker, force ? "reset" : "asked to reboot");
    }

    /** Migrates a machine that is up or paused. */
    Job migrate(Vm vm, Optional<Id<Host>> destination, Asker asker) {
        return migrate(vm, destination, Move.ASKED, asker);
    }

    /**
     * Why a machine is migrated.
     *
     * @param occasion in words for people; null: somebody asked for it
     * @param emptied whether its host loses all its machines
     */
    record Move(@Nullable String occasion, boolean emptied) {
        static final Move ASKED = new Move(null, false);
        static final Move MAINTENANCE = new Move("maintenance of its host", true);
    }

    Job migrate(Vm vm, Optional<Id<Host>> destination, Move move, Asker asker) {
        operations.requireFree(vm.id(), "migrating VM " + vm.name());
        var status = vms.status(vm);
        if (status != VmStatus.UP && status != VmStatus.POWERING_UP && status != VmStatus.PAUSED) {
            throw wrong("migrate", vm, status, "up");
        }
        var source = hostOf(vm, "migrate");
        if (destination.equals(Optional.of(source))) {
            throw Failure.conflict("Cannot migrate VM " + vm.name())
                    .because("it runs on that host already")
                    .next("Name another host, or none");
        }
        if (ClusterView.pinned(vm)) {
            throw Failure.conflict("Cannot migrate VM " + vm.name())
                    .because("it is pinned to its host")
                    .undone("Nothing was changed")
                    .next("Let it migrate in its placement policy, or shut it down");
        }
        var request =
                new MigrateVm.Request(vm.id(), vm.name(), source, destination, move.occasion(), move.emptied(), asker);
        place.check(vm, request.question());
        return operations.begin(
                migrateVm,
                request,
                asker,
                tx -> events.add(
                        tx,
                        EventCode.VM_MIGRATION_STARTED,
                        asker,
                        Concerns.NOTHING.withVm(vm.id()).withHost(source),
                        "VM " + vm.name() + " is being migrated, asked by " + asker.name()
                                + (move.occasion() == null ? "." : ": " + move.occasion() + ".")));
    }

    void cancelMigration(Vm vm, Asker asker) {
        var host = hostOf(vm, "cancel the migration of");
        boolean migrating = operations
                .holding(vm.id())
                .filter(job -> job.kind().equals(MigrateVm.KIND))
                .isPresent();
        if (!migrating) {
            throw Failure.conflict("Cannot cancel the migration of VM " + vm.name())
                    .because("it is not migrating");
        }
        if (!migrateVm.cancelWaiting(vm.id())) {
            agents.of(host.value(), HOST_PATIENCE)
                    .ask(
                            ASK_LIMIT,
                            agent -> agent.cancelMigration(MachineRequest.newBuilder()
                                    .setMachineId(vm.id().toString())
                                    .build()));
        }
        tell(EventCode.VM_MIGRATION_CANCELLED, vm, host, asker, "kept from migrating");
    }

    /**
     * Removes a machine that is down.
     *
     * @param keepDisks whether its disks stay as floating disks
     */
    Job remove(Vm vm, boolean keepDisks, Asker asker) {
        requireNotOurs(vm, "remove");
        operations.requireFree(vm.id(), "removing VM " + vm.name());
        if (Boolean.TRUE.equals(vm.spec().deleteProtected())) {
            throw Failure.conflict("Cannot remove VM " + vm.name())
                    .because("it is protected against deletion")
                    .next("Take the protection away first");
        }
        var status = vms.status(vm);
        if (vm.host() != null || (status != VmStatus.DOWN && status != VmStatus.IMAGE_LOCKED)) {
            throw wrong("remove", vm, status, "down");
        }
        var saved = snapshots.of(vm.id());
        if (keepDisks && saved.stream().anyMatch(each -> !each.disks().isEmpty())) {
            throw Failure.conflict("VM " + vm.name() + " cannot be removed without its disks")
                    .because("they have snapshots, which only the machine can use")
                    .undone("Nothing was changed")
                    .next("Remove the snapshots first");
        }
        List<Id<Disk>> doomed = keepDisks
                ? List.of()
                : disks.ofVm(vm.id()).stream()
                        .map(DiskAttachment::disk)
                        .filter(disk -> disks.ofDisk(disk).size() == 1)
                        .filter(disk -> disks.get(disk).domain() != null
                                || disks.get(disk).lun().isPresent())
                        .toList();
        var memories = saved.stream()
                .flatMap(each -> each.memoryId().stream())
                .filter(memory -> disks.model().find(memory).isPresent());
        return operations.begin(
                removeVm,
                new RemoveVm.Request(
                        vm.id(),
                        vm.name(),
                        Stream.concat(doomed.stream(), memories).toList(),
                        asker),
                asker);
    }

    /** Migrates all machines of a host away and returns when they are gone. */
    public void evacuate(Host host, Asker asker) {
        var jobs = new ArrayDeque<Job>();
        for (var vm : vms.on(host.id()).stream()
                .filter(vm -> operations.holding(vm.id()).isEmpty())
                .sorted(Comparator.comparing(Vm::name))
                .toList()) {
            if (jobs.size() == LEAVING_AT_ONCE) {
                operations.await(jobs.removeFirst(), EVACUATION_LIMIT);
            }
            jobs.addLast(migrate(vm, Optional.empty(), Move.MAINTENANCE, asker));
        }
        jobs.forEach(job -> operations.await(job, EVACUATION_LIMIT));
        var left = vms.on(host.id()).stream().map(Vm::name).sorted().toList();
        if (!left.isEmpty()) {
            throw Failure.conflict("Host " + host.name() + " still has machines")
                    .because(String.join(", ", left) + " did not leave it")
                    .next("Migrate or stop them, then ask again");
        }
    }

    private static Id<Host> hostOf(Vm vm, String wish) {
        return vm.hostId()
                .orElseThrow(() -> Failure.conflict("Cannot " + wish + " VM " + vm.name())
                        .because("it is not running")
                        .undone("Nothing was changed"));
    }

    private static Failure wrong(String wish, Vm vm, VmStatus status, String needed) {
        return Failure.conflict("Cannot " + wish + " VM " + vm.name())
                .because("it is "
                        + status.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ", not " + needed)
                .undone("Nothing was changed");
    }

    private void tell(EventCode code, Vm vm, Id<Host> host, Asker asker, String what) {
        database.change(tx -> events.add(
                tx,
                code,
                asker,
                Concerns.NOTHING.withVm(vm.id()).withHost(host),
                "VM " + vm.name() + " was " + what + " by " + asker.name() + "."));
    }
}
