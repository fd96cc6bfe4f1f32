package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.bellwether.engine.availability.Passage;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.DirectLuns;
import org.bellwether.engine.storage.Disks;
import org.bellwether.protocol.MachineRequest;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.MigrateMachineRequest;
import org.bellwether.protocol.MigrationState;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.PrepareIncomingRequest;
import org.jspecify.annotations.Nullable;

/**
 * Moves a running machine to another host. Libvirt's two ends agree which of them runs it; the engine asks, watches and
 * writes down where it is found running.
 */
final class MigrateVm implements Operation<MigrateVm.Request> {

    static final String KIND = "migrate-vm";
    private static final String BEGIN = "begin";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration ASK_LIMIT = Duration.ofSeconds(60);
    private static final Duration LONGEST = Duration.ofHours(6);

    private final Vms vms;
    private final PlaceVm place;
    private final Disks disks;
    private final DirectLuns luns;
    private final Agents agents;
    private final ObservedMachines observed;
    private final Function<Id<Host>, Optional<String>> migrationAddress;
    private final Clusters clusters;
    private final Events events;
    private final MigrationTurns turns = new MigrationTurns();
    /** Those that wait for their turn; false: nobody wants it any more. */
    private final Map<Id<Vm>, Boolean> waiting = new ConcurrentHashMap<>();

    /** @param migrationAddress where a host is reached in its cluster's migration network, if it has an address there */
    MigrateVm(
            Vms vms,
            PlaceVm place,
            Disks disks,
            DirectLuns luns,
            Agents agents,
            ObservedMachines observed,
            Function<Id<Host>, Optional<String>> migrationAddress,
            Clusters clusters,
            Events events) {
        this.vms = vms;
        this.place = place;
        this.disks = disks;
        this.luns = luns;
        this.agents = agents;
        this.observed = observed;
        this.migrationAddress = migrationAddress;
        this.clusters = clusters;
        this.events = events;
    }

    /**
     * @param occasion what for, in words for people; null: somebody asked for it
     * @param emptied whether the source loses all its machines
     */
    record Request(
            Id<Vm> vm,
            String name,
            Id<Host> source,
            Optional<Id<Host>> destination,
            @Nullable String occasion,
            boolean emptied,
            Asker asker) {

        PlaceVm.Question question() {
            return PlaceVm.Question.migration(occasion == null ? "migration" : occasion, destination, source, emptied);
        }
    }

    record Ends(String libvirtUri, String migrationUri) {}

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
        return "Migrating VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.vm().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        var destination = journal.step("choose a host", StartVm.Chosen.class, () -> choose(request));
        place.remember(request.vm(), destination.id(), destination.cpus());
        boolean arrived;
        try (var _ = turn(request, destination, journal.begun(BEGIN))) {
            arrived = move(request, destination, journal);
        }
        journal.commit(
                "write down where it runs",
                tx -> vms.update(tx, request.vm(), vm -> vm.movedTo(destination.id(), destination.cpus())));
        journal.step("forget it on the source", () -> forget(request.source(), request.vm()));
        if (!arrived) {
            throw Failure.unavailable("VM " + request.name() + " has left its host, and " + destination.name()
                            + ", where it was going, is not heard of")
                    .undone("It runs there or nowhere, and is taken for that host's")
                    .next("Look at host " + destination.name());
        }
    }

    /** Also a person may have to wait: what shares a host's network takes longer, all of it. */
    private MigrationTurns.Turn turn(Request request, StartVm.Chosen destination, boolean underway) {
        waiting.put(request.vm(), true);
        try {
            var pause = new Pause();
            return turns.take(request.source(), destination.id(), underway, () -> useless(request, pause));
        } finally {
            waiting.remove(request.vm());
        }
    }

    private Optional<Failure> useless(Request request, Pause pause) {
        boolean heard = heard(request.source());
        boolean silent = pause.of(heard, false).compareTo(Passage.SETTLES) > 0 && !heard;
        var why = Boolean.FALSE.equals(waiting.get(request.vm()))
                ? "the migration was cancelled before it began"
                // Who restarts its machines must not find them held.
                : silent ? "its host fell silent before it was its turn" : null;
        return Optional.ofNullable(why)
                .map(words -> Failure.conflict("VM " + request.name() + " was not migrated")
                        .because(words));
    }

    /** Ends the waiting of one that has not begun yet; false: it does not wait. */
    boolean cancelWaiting(Id<Vm> vm) {
        boolean waits = waiting.replace(vm, false) != null;
        turns.wake();
        return waits;
    }

    private boolean move(Request request, StartVm.Chosen destination, Journal journal) {
        var ends = journal.step("prepare the destination", Ends.class, () -> prepare(request, destination));
        boolean again = journal.begun(BEGIN);
        journal.step(
                BEGIN,
                () -> begin(request, destination, ends, journal.job().id().value(), again));
        return journal.step("wait for it to arrive", Boolean.class, () -> awaitArrival(request, destination, journal));
    }

    private StartVm.Chosen choose(Request request) {
        return place.choose(vms.get(request.vm()), request.question());
    }

    private Ends prepare(Request request, StartVm.Chosen destination) {
        var vm = vms.get(request.vm());
        // What it is to have there, which the source tells libvirt; here only so that the host sees whether it can.
        var definition = vms.definition(vm.movedTo(destination.id(), destination.cpus()));
        luns.connect(destination.id(), disks.ofVm(request.vm()));
        var reply = agents.of(destination.id().value(), HOST_PATIENCE)
                .ask(
                        ASK_LIMIT,
                        agent -> agent.prepareIncoming(PrepareIncomingRequest.newBuilder()
                                .setDefinition(definition)
                                .build()));
        return new Ends(
                reply.getLibvirtUri(),
                migrationAddress
                        .apply(destination.id())
                        .map(address -> "tcp://" + (address.contains(":") ? "[" + address + "]" : address))
                        .orElse(reply.getMigrationUri()));
    }

    /**
     * Whoever gives no answer may have done it, or do it late; whoever refuses what an earlier engine has asked for may have
     * done it then. What is seen decides.
     *
     * @param again whether an engine that died has begun with this
     */
    private void begin(Request request, StartVm.Chosen destination, Ends ends, UUID migration, boolean again) {
        if (arrived(request, destination)) {
            return;
        }
        HostAgent source;
        try {
            source = agents.of(request.source().value(), HOST_PATIENCE);
        } catch (Failure unreached) {
            if (again) {
                return;
            }
            throw unreached;
        }
        try {
            var migrate = MigrateMachineRequest.newBuilder()
                    .setMachineId(request.vm().toString())
                    .setMigrationId(migration.toString())
                    .setDestinationHostId(destination.id().toString())
                    .setLibvirtUri(ends.libvirtUri())
                    .setMigrationUri(ends.migrationUri())
                    .setCpus(CpuPlans.placement(destination.cpus()));
            manner(vms.get(request.vm())).tell(migrate);
            var state = source.ask(ASK_LIMIT, agent -> agent.migrateMachine(migrate.build()));
            observed.put(request.source(), request.vm(), state);
        } catch (Failure failure) {
            if (failure.kind() != Failure.Kind.UNAVAILABLE && !again) {
                throw failure;
            }
        }
    }

    /** As it is decided now, also when it waited for long. */
    private MigrationManner manner(Vm vm) {
        var cluster = clusters.get(vm.cluster()).spec();
        boolean tunnelled = Boolean.TRUE.equals(cluster.tunnelMigration())
                || Boolean.TRUE.equals(vm.spec().tunnelMigration());
        return MigrationManner.of(vm.spec(), cluster.migration(), tunnelled);
    }

    /** True: it runs there; false: it left, and its destination does not say. */
    private boolean awaitArrival(Request request, StartVm.Chosen destination, Journal journal) {
        var migration = journal.job().id().toString();
        var pause = new Pause();
        return observed.await(
                LONGEST,
                () -> {
                    var source = observed.on(request.source(), request.vm());
                    boolean ended = source.map(state -> ended(state, migration)).orElse(true);
                    boolean heard = heard(request.source());
                    return switch (passage(request, destination, ended, pause.of(heard, ended))) {
                        case UNDERWAY -> Optional.empty();
                        case ARRIVED -> Optional.of(true);
                        case LEFT -> {
                            // It may have left by another migration: then its host says where to.
                            if (source.filter(state -> !state.getMigration()
                                            .getMigrationId()
                                            .equals(migration))
                                    .isPresent()) {
                                throw failed(request, destination, source);
                            }
                            yield Optional.of(false);
                        }
                        case STAYED, VANISHED -> throw failed(request, destination, source);
                        case LOST ->
                            throw Failure.unavailable(
                                            "VM " + request.name() + " has not arrived on " + destination.name())
                                    .because(
                                            "its host has been silent for " + Passage.GIVES_UP.toMinutes() + " minutes")
                                    .undone("It is taken for that host's until it is known what became of that");
                    };
                },
                () -> Failure.unavailable("VM " + request.name() + " has not arrived on " + destination.name()
                        + " within " + LONGEST.toHours() + " hours"));
    }

    /** For how long a migration's source has said the same, or nothing. */
    private static final class Pause {
        private boolean heard = true;
        private boolean ended;
        private long since = System.nanoTime();

        Duration of(boolean nowHeard, boolean nowEnded) {
            if (heard != nowHeard || ended != nowEnded) {
                heard = nowHeard;
                ended = nowEnded;
                since = System.nanoTime();
            }
            return Duration.ofNanos(System.nanoTime() - since);
        }
    }

    private Passage passage(Request request, StartVm.Chosen destination, boolean ended, Duration since) {
        return Passage.of(
                end(request.source(), request.vm()),
                end(destination.id(), request.vm()),
                ended,
                since,
                vms.get(request.vm()).leaseDomain().isPresent());
    }

    private Passage.End end(Id<Host> host, Id<Vm> vm) {
        var machine = observed.on(host, vm);
        return new Passage.End(
                heard(host),
                machine.filter(VmStatus::executes).isPresent(),
                machine.filter(state -> state.getPower() == PowerState.RUNNING).isPresent());
    }

    /** A host that is off has nothing to say any more: no machine is there. */
    private boolean heard(Id<Host> host) {
        return agents.connected(host.value()) || observed.isOff(host);
    }

    private static boolean ended(MachineState source, String migration) {
        var state = source.getMigration();
        return !state.getMigrationId().equals(migration)
                || switch (state.getPhase()) {
                    case RUNNING_OUT -> false;
                    case DONE, FAILED, CANCELLED, PHASE_UNSPECIFIED, UNRECOGNIZED -> true;
                };
    }

    private static Failure failed(Request request, StartVm.Chosen destination, Optional<MachineState> source) {
        var why = source.map(state -> state.getMigration().getError()).filter(text -> !text.isBlank());
        boolean cancelled = source.filter(state -> state.getMigration().getPhase() == MigrationState.Phase.CANCELLED)
                .isPresent();
        return Failure.conflict("VM " + request.name() + " was not migrated to " + destination.name())
                .because(cancelled ? "the migration was cancelled" : why.orElse("the host does not say why"))
                .undone(
                        source.filter(VmStatus::executes).isPresent()
                                ? "It goes on running where it was"
                                : "It is looked for on both hosts");
    }

    private boolean arrived(Request request, StartVm.Chosen destination) {
        return passage(request, destination, false, Duration.ZERO) == Passage.ARRIVED;
    }

    private void forget(Id<Host> host, Id<Vm> vm) {
        agents.lane(host.value()).filter(lane -> lane.connected()).ifPresent(lane -> {
            lane.ask(
                    ASK_LIMIT,
                    agent -> agent.forgetMachine(MachineRequest.newBuilder()
                            .setMachineId(vm.toString())
                            .build()));
            observed.remove(host, vm);
        });
    }

    /** Nothing is to be undone: whichever host runs it is written down. */
    @Override
    public void undo(Request request, Journal journal) {
        journal.outcome("choose a host", StartVm.Chosen.class)
                .filter(destination -> arrived(request, destination))
                .ifPresent(destination -> vms.moved(request.vm(), destination.id(), destination.cpus()));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var destination = journal.outcome("choose a host", StartVm.Chosen.class).orElseThrow();
        events.add(
                tx,
                EventCode.VM_MIGRATION_DONE,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(destination.id()),
                "VM " + request.name() + " was migrated to host " + destination.name() + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        events.add(
                tx,
                EventCode.VM_MIGRATION_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()).withHost(request.source()),
                "VM " + request.name() + " could not be migrated: " + failure.detail());
    }
}
