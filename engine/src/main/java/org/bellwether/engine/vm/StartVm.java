package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.availability.Takeover;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.StartMachineRequest;
import org.jspecify.annotations.Nullable;

/** Lets a machine run: chooses a host, claims the machine for it, starts it there and sees it run. */
final class StartVm implements Operation<StartVm.Request> {

    static final String KIND = "start-vm";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration START_LIMIT = Duration.ofSeconds(90);
    private static final Duration RESTORE_LIMIT = Duration.ofMinutes(15);
    private static final Duration STOP_LIMIT = Duration.ofSeconds(60);
    private static final Duration RESUME_LIMIT = Duration.ofSeconds(30);
    private static final String SPEND = "write down that what was saved is used up";

    private final Vms vms;
    private final UnsettledSnapshots unsettled;
    private final PlaceVm place;
    private final Disks disks;
    private final DirectLuns luns;
    private final Volumes volumes;
    private final KeptStates kept;
    private final Agents agents;
    private final ObservedMachines observed;
    private final StatelessDisks stateless;
    private final Events events;
    private final Clock clock;

    StartVm(
            Vms vms,
            UnsettledSnapshots unsettled,
            PlaceVm place,
            Disks disks,
            DirectLuns luns,
            Volumes volumes,
            KeptStates kept,
            Agents agents,
            ObservedMachines observed,
            StatelessDisks stateless,
            Events events,
            Clock clock) {
        this.vms = vms;
        this.unsettled = unsettled;
        this.disks = disks;
        this.luns = luns;
        this.volumes = volumes;
        this.kept = kept;
        this.place = place;
        this.agents = agents;
        this.observed = observed;
        this.stateless = stateless;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @param host the host a person asked for; absent: placement chooses
     * @param paused whether it is to wait before its first instruction
     * @param stateless whether what it writes goes when it is off
     * @param once other settings than its own, for this one run
     * @param saved the disk that holds what it goes on from
     */
    record Request(
            Id<Vm> vm,
            String name,
            Optional<Id<Host>> host,
            boolean paused,
            boolean stateless,
            @Nullable Once once,
            @Nullable Id<Disk> saved,
            Asker asker) {}

    /**
     * Settings for one run.
     *
     * @param spec all of them, its own where no others are wanted
     * @param firstBoot whether its guest finds the settings for its first boot, though this is not its first
     */
    record Once(
            org.bellwether.api.types.Vm spec,
            boolean firstBoot,
            @Nullable String cd) {
        Running running(Vm vm) {
            return new Running(spec, true, false, firstBoot || Running.firstBoot(vm), cd, null);
        }
    }

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
        return "Launching VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var host = journal.step("choose a host", Chosen.class, () -> choose(request));
        place.remember(request.vm(), host.id(), host.cpus());
        journal.commit("claim the machine for the host", tx -> claim(tx, request, host));
        if (request.stateless()) {
            journal.step("let it write beside its disks", () -> stateless.cover(vms.get(request.vm())));
        }
        var saved = request.saved();
        boolean goesOn = saved != null
                || journal.begun(SPEND)
                || unsettled.memory(request.vm()).isPresent();
        journal.step("start", () -> start(request.vm(), host.id(), request.paused() || goesOn, saved));
        journal.step("wait for it to run", () -> awaitRunning(request.vm(), request.name(), host));
        if (goesOn) {
            // Its first instruction may change its disks, and then what was saved does not fit them any more. So that
            // is
            // given up before, whoever dies when.
            journal.commit(SPEND, tx -> {
                spendMemory(tx, request.vm());
                vms.update(tx, request.vm(), vm -> vm.suspendedIn(null));
            });
            if (!request.paused()) {
                journal.step("let it go on", () -> goOn(request.vm(), host.id()));
            }
        }
        if (saved != null) {
            journal.step(
                    "delete what was saved", () -> disks.model().find(saved).ifPresent(volumes::delete));
            journal.commit("forget its disk", tx -> {
                disks.delete(tx, saved);
            });
        }
    }

    /** @param cpus where on it the machine's processors run; null: anywhere, or decided by an engine that did not know */
    record Chosen(Id<Host> id, String name, @Nullable CpuPlan cpus) {}

    private Chosen choose(Request request) {
        unsettled.settleAndSweep(request.vm());
        var vm = vms.get(request.vm());
        var once = request.once();
        return place.choose(once == null ? vm : vm.specified(once.spec()), PlaceVm.Question.start(request.host()));
    }

    /** From here on only this host may have it running. Who cleared the claim before had the proof that it ran nowhere. */
    private void claim(Transaction tx, Request request, Chosen host) {
        vms.update(tx, request.vm(), vm -> {
            if (!Takeover.allowed(vm.hostId(), Optional.empty())) {
                throw Failure.conflict("VM " + vm.name() + " may be running already")
                        .because("the host " + vm.host() + " has it")
                        .next("Stop it first, or wait until its host is heard of again");
            }
            if (request.saved() != null) {
                return vm.resumingOn(host.id(), clock.instant(), host.cpus());
            }
            var once = request.once();
            var running = once == null ? Running.asDecided(vm) : once.running(vm);
            return vm.startingOn(host.id(), clock.instant(), running.on(host.cpus()));
        });
    }

    /** @param saved the disk that holds what it goes on from */
    void start(Id<Vm> vm, Id<Host> host, boolean paused, @Nullable Id<Disk> saved) {
        var start = StartMachineRequest.newBuilder()
                .setDefinition(vms.definition(vms.get(vm)))
                .setPaused(paused);
        if (saved != null) {
            start.setSaved(Volumes.reference(disks.get(saved)));
        } else {
            unsettled.memory(vm).ifPresent(start::setMemory);
        }
        kept.of(vms.get(vm)).ifPresent(start::setKept);
        luns.connect(host, disks.ofVm(vm));
        var state = agents.of(host.value(), HOST_PATIENCE)
                .ask(saved == null ? START_LIMIT : RESTORE_LIMIT, agent -> agent.startMachine(start.build()));
        observed.put(host, vm, state);
    }

    /** The memory of a snapshot, with which it was to go on, is not used once more. */
    void spendMemory(Transaction tx, Id<Vm> vm) {
        unsettled.resumed(tx, vm);
    }

    /** An agent that is being started again answers a moment later. */
    private void goOn(Id<Vm> vm, Id<Host> host) {
        var machine = MachineRequest.newBuilder().setMachineId(vm.toString()).build();
        long deadline = System.nanoTime() + HOST_PATIENCE.toNanos();
        while (true) {
            try {
                var state =
                        agents.of(host.value(), HOST_PATIENCE).ask(RESUME_LIMIT, agent -> agent.resumeMachine(machine));
                observed.put(host, vm, state);
                return;
            } catch (Failure failure) {
                if (failure.kind() != Failure.Kind.UNAVAILABLE || System.nanoTime() > deadline) {
                    throw failure;
                }
                SnapshotChains.sleep(Duration.ofSeconds(1));
            }
        }
    }

    void awaitRunning(Id<Vm> vm, String name, Chosen host) {
        observed.await(
                START_LIMIT,
                () -> observed.on(host.id(), vm)
                        .filter(state -> agents.connected(host.id().value()))
                        .flatMap(state -> runsOrFails(name, state)),
                () -> Failure.unavailable("VM " + name + " was started on " + host.name()
                        + " but has not been seen running within " + START_LIMIT.toSeconds() + " s"));
    }

    private static Optional<Boolean> runsOrFails(String name, MachineState state) {
        if (VmStatus.executes(state)) {
            return Optional.of(true);
        }
        if (!VmStatus.lives(state)) {
            throw Failure.conflict("VM " + name + " stopped right after its start")
                    .because(state.getError().isBlank() ? state.getOffReason().name() : state.getError())
                    .next("Look at its definition and disks, then start it again");
        }
        return Optional.empty();
    }

    @Override
    public void undo(Request request, Journal journal) {
        var host = journal.outcome("choose a host", Chosen.class);
        if (host.isEmpty() || !journal.begun("claim the machine for the host")) {
            return;
        }
        var id = host.get().id();
        if (!vms.get(request.vm()).hostId().equals(Optional.of(id))) {
            return;
        }
        if (journal.begun("start")) {
            takeBack(request.vm(), id);
        }
        vms.release(request.vm(), id, "its start failed");
    }

    /**
     * Undoes a start. Asking it to stop is also the proof that it does not run; without an answer the claim stays, and the
     * watch over hosts clears it when the host is heard of again.
     */
    void takeBack(Id<Vm> vm, Id<Host> host) {
        var machine = MachineRequest.newBuilder()
                .setMachineId(vm.toString())
                .setForce(true)
                .build();
        try {
            var lane = agents.of(host.value(), HOST_PATIENCE);
            lane.ask(STOP_LIMIT, agent -> agent.stopMachine(machine));
            lane.ask(STOP_LIMIT, agent -> agent.forgetMachine(machine));
        } catch (Failure gone) {
            if (gone.kind() != Failure.Kind.NOT_FOUND) {
                throw gone;
            }
        }
        observed.remove(host, vm);
    }

    /** Whether it executed anything: then what was saved of it does not fit its disks any more. */
    static boolean hasRun(MachineState state) {
        return switch (state.getOffReason()) {
            case OFF_STOPPED, OFF_CRASHED, OFF_SHUTDOWN_BY_GUEST, OFF_SHUTDOWN_ASKED, OFF_OUTRUN -> true;
            case OFF_UNKNOWN, OFF_FAILED, OFF_MIGRATED, OFF_SAVED, UNRECOGNIZED -> false;
        };
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var host = journal.outcome("choose a host", Chosen.class).orElseThrow();
        events.add(
                tx,
                EventCode.VM_STARTED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(host.id()),
                "VM " + request.name() + " was started by " + request.asker().name() + " on host " + host.name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_START_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "VM " + request.name() + " could not be started: " + failure.detail()
                        + (journal.begun(SPEND)
                                ? " What had been saved of its memory may have been used and is not used again: "
                                        + "it boots when it is next started."
                                : ""));
    }
}
