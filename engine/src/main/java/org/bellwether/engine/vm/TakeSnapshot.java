package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.protocol.TakeSnapshotRequest;

/**
 * Takes a snapshot: each disk gets a new, empty top, and what was the top is from then on what the snapshot keeps. A running
 * machine goes on with all new tops at one instant. Its row is written by whoever begins this.
 */
final class TakeSnapshot implements Operation<TakeSnapshot.Request> {

    static final String KIND = "take-snapshot";
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(60);
    private static final Duration TAKE_LIMIT = Duration.ofMinutes(10);
    private static final String MEMORY = "make a volume for its memory";
    private static final String TAKE = "let it go on with the new volumes";
    private static final String SETTLE = "write it down";

    private final Database database;
    private final Snapshots snapshots;
    private final SnapshotChains chains;
    private final Disks disks;
    private final Volumes volumes;
    private final Agents agents;
    private final Events events;

    TakeSnapshot(
            Database database,
            Snapshots snapshots,
            SnapshotChains chains,
            Disks disks,
            Volumes volumes,
            Agents agents,
            Events events) {
        this.database = database;
        this.snapshots = snapshots;
        this.chains = chains;
        this.disks = disks;
        this.volumes = volumes;
        this.agents = agents;
        this.events = events;
    }

    /**
     * A disk that goes on with another top.
     *
     * @param plugged whether a running machine has it
     */
    record Layer(Id<Disk> disk, String name, UUID old, UUID top, boolean plugged) {}

    /** @param host where the machine runs; empty while it is down */
    record Request(
            Id<Vm> vm,
            String name,
            Id<Snapshot> snapshot,
            String description,
            Optional<Id<Host>> host,
            List<Layer> layers,
            Optional<Id<Disk>> memory,
            Asker asker) {}

    record Taken(boolean quiesced, String notQuiesced) {}

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
        return "Creating Snapshot " + request.description() + " for VM " + request.name();
    }

    @Override
    public Set<UUID> locks(Request request) {
        var locks =
                new HashSet<>(Set.of(request.vm().value(), request.snapshot().value()));
        request.layers().forEach(layer -> locks.add(layer.disk().value()));
        request.memory().ifPresent(memory -> locks.add(memory.value()));
        return locks;
    }

    private static String making(int number) {
        return "make a volume for disk " + number;
    }

    @Override
    public void run(Request request, Journal journal) {
        for (int number = 1; number <= request.layers().size(); number++) {
            var layer = request.layers().get(number - 1);
            journal.step(making(number), () -> volumes.createOn(topped(layer), layer.old(), false));
        }
        request.memory()
                .ifPresent(memory -> journal.step(MEMORY, () -> volumes.create(disks.get(memory), Optional.empty())));
        if (live(request)) {
            journal.step(TAKE, Taken.class, () -> take(request));
        }
        journal.commit(SETTLE, tx -> settle(tx, request));
    }

    private static boolean live(Request request) {
        return request.host().isPresent()
                && (request.memory().isPresent() || request.layers().stream().anyMatch(Layer::plugged));
    }

    private Taken take(Request request) {
        var wanted = TakeSnapshotRequest.newBuilder()
                .setMachineId(request.vm().toString())
                .setQuiesce(true);
        request.layers().stream()
                .filter(Layer::plugged)
                .forEach(layer -> wanted.addTops(Volumes.reference(topped(layer))));
        request.memory().ifPresent(memory -> wanted.setMemory(Volumes.reference(disks.get(memory))));
        var reply = agents.of(request.host().orElseThrow().value(), HOST_PATIENCE)
                .ask(TAKE_LIMIT, agent -> agent.takeSnapshot(wanted.build()));
        return new Taken(reply.getQuiesced(), reply.getNotQuiesced());
    }

    private Disk topped(Layer layer) {
        return disks.get(layer.disk()).topped(layer.top(), Disk.Format.COW, true);
    }

    private void settle(Transaction tx, Request request) {
        request.layers()
                .forEach(layer -> disks.update(
                        tx,
                        layer.disk(),
                        disk -> disk.topped(layer.top(), Disk.Format.COW, true).in(Disk.State.OK)));
        request.memory().ifPresent(memory -> disks.update(tx, memory, disk -> disk.in(Disk.State.OK)));
        snapshots.update(tx, request.snapshot(), Snapshot::settled);
    }

    @Override
    public void undo(Request request, Journal journal) {
        if (snapshots.find(request.snapshot()).isEmpty()
                || journal.outcome(SETTLE, Boolean.class).isPresent()) {
            return;
        }
        var went = journal.begun(TAKE) ? went(request) : Went.NO;
        if (went != Went.NO) {
            // It writes the new volumes already, or may have done so before it went off: the only way is forward.
            if (went == Went.PERHAPS) {
                request.memory().flatMap(disks.model()::find).ifPresent(volumes::delete);
            }
            database.change(tx -> {
                settle(tx, request);
                if (went == Went.PERHAPS) {
                    forgetMemory(tx, request);
                    snapshots.update(tx, request.snapshot(), Snapshot::withoutMemory);
                }
            });
            return;
        }
        for (int number = 1; number <= request.layers().size(); number++) {
            if (journal.begun(making(number))) {
                volumes.deleteVolume(topped(request.layers().get(number - 1)));
            }
        }
        if (journal.begun(MEMORY)) {
            request.memory().flatMap(disks.model()::find).ifPresent(volumes::delete);
        }
        database.change(tx -> forget(tx, request));
    }

    private enum Went {
        NO,
        /** It went off and told nobody. An empty volume on top of the old one does no harm; its memory may be cut off. */
        PERHAPS,
        /** Its memory was written before. */
        YES
    }

    private Went went(Request request) {
        var host = request.host().orElseThrow();
        var went = Went.NO;
        for (var layer : request.layers()) {
            var active =
                    layer.plugged() ? chains.activeVolume(request.vm(), host, layer.disk()) : Optional.of(layer.old());
            if (active.equals(Optional.of(layer.top()))) {
                return Went.YES;
            }
            went = active.isEmpty() ? Went.PERHAPS : went;
        }
        return went;
    }

    private void forget(Transaction tx, Request request) {
        request.layers().forEach(layer -> disks.update(tx, layer.disk(), disk -> disk.in(Disk.State.OK)));
        forgetMemory(tx, request);
        snapshots.delete(tx, request.snapshot());
    }

    private void forgetMemory(Transaction tx, Request request) {
        request.memory()
                .filter(memory -> disks.model().find(memory).isPresent())
                .ifPresent(memory -> disks.delete(tx, memory));
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var why = journal.outcome(TAKE, Taken.class).map(Taken::notQuiesced).orElse("");
        events.add(
                tx,
                EventCode.SNAPSHOT_TAKEN,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The snapshot " + request.description() + " of VM " + request.name() + " was taken.");
        if (!why.isBlank()) {
            events.add(
                    tx,
                    EventCode.SNAPSHOT_NOT_QUIESCED,
                    request.asker(),
                    Concerns.NOTHING.withVm(request.vm()),
                    "The guest of VM " + request.name() + " did not hold still for the snapshot "
                            + request.description() + ", which is like the disks after a power cut: " + why);
        }
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        var left = snapshots.find(request.snapshot());
        var state = left.isEmpty()
                ? ""
                : left.get().state() == Snapshot.State.OK
                        ? " The machine had gone on with the new volumes, so the snapshot stays"
                                + (request.memory().isPresent()
                                                && left.get().memoryId().isEmpty()
                                        ? ", without the memory, of which nobody knows whether it is whole."
                                        : ".")
                        : " What became of it is seen when the machine is next started or changed.";
        events.add(
                tx,
                EventCode.SNAPSHOT_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The snapshot " + request.description() + " of VM " + request.name() + " could not be taken: "
                        + failure.detail() + state);
    }
}
