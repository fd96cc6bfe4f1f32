package org.bellwether.agent.keeper;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.protocol.JoinLockspaceRequest;
import org.bellwether.protocol.KeeperNote;
import org.bellwether.protocol.KeeperPeer;
import org.bellwether.protocol.KeeperState;
import org.bellwether.protocol.KeptEngine;
import org.bellwether.protocol.LeaseState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the engine's machine alive on this host and its peers, whether or not the engine runs. Every few seconds it reads the
 * board, decides by {@link Choice}, does that, and writes how it is.
 */
public final class Keeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Keeper.class);
    private static final String NOTE = "engine";
    /** So many turns without a new entry of a host, and it is dead. */
    private static final int DEAD_TURNS = 6;
    /** So many turns another host must be better for the machine to move there. */
    private static final int STEADY_TURNS = 3;
    /** A move is under way: hosts that answer each other on the board do not wait for the usual time. */
    private static final int HASTE = 5;

    private final Duration interval;
    private final Storage storage;
    private final VirtualMachines machines;
    private final Surroundings surroundings;
    private final Notes<KeeperNote> notes;
    private final String hostUuid;
    private final StateFile file;
    private final Board board;
    private final Watch watch;
    private final Passage passage;
    private final OwnMachine own;
    private final Object turn = new Object();
    private volatile KeeperNote kept;
    private volatile KeeperState state = KeeperState.getDefaultInstance();
    private volatile boolean closed;
    private int written;
    private long better;
    private @Nullable String said;

    /**
     * The keeper, which does nothing until it was told what to keep, now or by an agent before.
     *
     * @param interval between two turns; six times as long without a word, and a host is dead
     * @param run where it writes how things are, for others on this host
     */
    public Keeper(
            Duration interval,
            Path stateDirectory,
            Path run,
            String hostUuid,
            Storage storage,
            VirtualMachines machines,
            HostFacts host,
            Lanes lanes)
            throws IOException {
        this.interval = interval;
        this.storage = storage;
        this.machines = machines;
        this.hostUuid = hostUuid;
        this.surroundings = new Surroundings(host);
        this.notes = new Notes<>(stateDirectory.resolve("keeper"), KeeperNote.getDefaultInstance());
        this.kept = notes.all().getOrDefault(NOTE, KeeperNote.getDefaultInstance());
        this.file = new StateFile(run);
        this.board = new Board(
                lanes.of("the board of the engine's hosts"),
                volume -> storage.prepare(volume).path());
        this.watch = new Watch(interval.multipliedBy(DEAD_TURNS));
        this.passage = new Passage(machines);
        this.own = new OwnMachine(machines, storage, lanes.threads());
    }

    /** Begins; from now on a turn every {@code interval}. */
    public void start() {
        Thread.ofPlatform().daemon().name("engine-keeper").start(this::keep);
    }

    /** What the engine says is to be kept here. */
    public KeeperState keep(KeptEngine engine) {
        if (engine.getHostId() < 1 || engine.getHostId() > engine.getPlaces()) {
            throw Refusal.badRequest("This host has no place on the board of the engine's hosts");
        }
        note(note -> note.setEngine(engine));
        return state;
    }

    /** Nothing is kept here any more. */
    public KeeperState letGo() {
        synchronized (turn) {
            synchronized (notes) {
                notes.remove(NOTE);
                kept = KeeperNote.getDefaultInstance();
            }
            publish(KeeperState.getDefaultInstance());
        }
        return state;
    }

    public KeeperState state() {
        return state;
    }

    /** Whether this host, or every host, is to leave the engine's machine alone. */
    public KeeperState maintain(Optional<Boolean> local, Optional<Boolean> global) {
        KeptEngine engine = required();
        global.ifPresent(on -> board.globalMaintenance(engine, on));
        local.ifPresent(on -> note(note -> note.setLocalMaintenance(on)));
        look();
        return state;
    }

    /** By hand: starts it here, whoever would be better. Its lease refuses when it runs elsewhere. */
    public void startByHand() {
        KeptEngine engine = required();
        synchronized (turn) {
            if (own.engine().here()) {
                throw Refusal.wrongState("The engine's machine was not started: it is on this host already");
            }
            own.start(engine, generation(engine, board.read(engine)));
        }
        look();
    }

    /** By hand: asks its guest to shut down. Without global maintenance the hosts would start it again. */
    public void stopByHand() {
        KeptEngine engine = required();
        synchronized (turn) {
            if (!board.read(engine).globalMaintenance()) {
                throw Refusal.wrongState("The engine's machine was not stopped: the hosts would start it again")
                        .next("Say bellwether engine-ha maintenance global first.");
            }
            if (!own.engine().here()) {
                throw Refusal.wrongState("The engine's machine is not on this host")
                        .next("Say that on the host that has it: bellwether engine-ha status names it.");
            }
            machines.shutdown(engine.getDefinition().getId());
        }
        look();
    }

    /** By hand: moves it to a host, or to the best one. */
    public String moveByHand(String name) {
        KeptEngine engine = required();
        synchronized (turn) {
            if (!own.engine().here()) {
                throw Refusal.wrongState("The engine's machine is not on this host")
                        .next("Say that on the host that has it: bellwether engine-ha status names it.");
            }
            List<Choice.Peer> peers = peers(engine, board.read(engine));
            Choice.Peer to = Choice.best(peers.stream()
                            .filter(peer -> name.isEmpty() || peer.name().equals(name))
                            .toList())
                    .orElseThrow(() -> Refusal.wrongState("The engine's machine was not moved: "
                                    + (name.isEmpty() ? "no other host" : name + " is no host that")
                                    + " could take it now")
                            .next("Look at bellwether engine-ha status."));
            passage.want(to, true);
            return to.name();
        }
    }

    @Override
    public void close() {
        closed = true;
    }

    private KeptEngine required() {
        if (!kept.hasEngine()) {
            throw Refusal.wrongState("This host keeps no engine's machine")
                    .next("bellwether deploy makes one of a running engine.");
        }
        return kept.getEngine();
    }

    /** The engine and a person may change it at once. */
    private void note(UnaryOperator<KeeperNote.Builder> change) {
        synchronized (notes) {
            kept = change.apply(kept.toBuilder()).build();
            notes.write(NOTE, kept);
        }
    }

    private void keep() {
        while (!closed) {
            look();
            try {
                Thread.sleep(passage.wished() ? interval.dividedBy(HASTE) : interval);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            }
        }
    }

    private void look() {
        synchronized (turn) {
            KeeperNote note = kept;
            if (closed || !note.hasEngine() || !machines.read()) {
                return;
            }
            try {
                turn(note.getEngine(), note.getLocalMaintenance());
            } catch (RuntimeException e) {
                // Nothing is known of the others now, so nothing is done; sanlock looks after what runs here.
                say("the board cannot be used: " + e.getMessage());
                publish(state.toBuilder()
                        .setConfigured(true)
                        .setScore(0)
                        .setEngine(own.engine().word())
                        .setDetail("nothing is done: " + e.getMessage())
                        .build());
            }
        }
    }

    private void turn(KeptEngine engine, boolean maintenance) {
        own.observe(engine, interval.multipliedBy(2));
        LeaseState lease = attach(engine);
        Board.Content content = board.read(engine);
        Score score = Score.of(surroundings.look(
                engine.getDefinition(),
                own.engine() == Slot.Engine.DOWN ? 0 : own.process(),
                lease.getPhase() == LeaseState.Phase.JOINED,
                maintenance,
                own.failing()));
        List<Choice.Peer> peers = peers(engine, content);
        Optional<Choice.Peer> best = Choice.best(peers);
        if (best.isEmpty() || !Choice.better(best.get(), written)) {
            better = System.nanoTime();
        }
        Choice.Act act = Choice.of(
                new Choice.Seen(
                        engine.getHostId(),
                        written,
                        content.globalMaintenance() || engine.getHeld(),
                        maintenance,
                        own.engine(),
                        own.sick(),
                        own.answered(),
                        Duration.ofNanos(System.nanoTime() - better),
                        peers),
                interval.multipliedBy(STEADY_TURNS));
        perform(engine, content, act);
        try {
            passage.goOn(engine, content, own.migration());
            passage.prepare(engine, content, own.engine() != Slot.Engine.DOWN);
        } catch (Refusal e) {
            // A host that says nothing any more because of this would be taken for dead.
            LOG.warn("the engine's machine does not move: {}", e.getMessage());
        }
        written = score.points();
        board.write(engine, slot(engine, maintenance, score));
        String detail = act.why()
                + (own.trouble().isEmpty() ? "" : "; " + own.trouble())
                + (score.words().isEmpty() ? "" : "; " + score.words());
        say(act.why());
        publish(told(engine, content, maintenance, score, detail, peers));
    }

    private void perform(KeptEngine engine, Board.Content content, Choice.Act act) {
        switch (act) {
            case Choice.Start start -> own.start(engine, generation(engine, content));
            case Choice.End end -> own.end(engine, end.why());
            case Choice.Move move -> passage.want(move.to(), false);
            case Choice.Wait wait -> {
                if (!own.engine().here()) {
                    passage.forget();
                }
            }
        }
    }

    /** The storage is there and this host can take leases on it, also after it has booted while the engine is down. */
    private LeaseState attach(KeptEngine engine) {
        if (storage.states().stream().noneMatch(known -> known.getDomainId().equals(engine.getDomainId()))) {
            storage.connect(engine.getConnection());
        }
        return storage.leases()
                .joinLockspace(JoinLockspaceRequest.newBuilder()
                        .setConnection(engine.getConnection())
                        .setDomainId(engine.getDomainId())
                        .setHostId(engine.getHostId())
                        .build());
    }

    /** Higher than that of every start that any host knows of. */
    private static long generation(KeptEngine engine, Board.Content content) {
        long known = content.slots().stream().mapToLong(Slot::generation).max().orElse(0);
        return Math.max(known, engine.getDefinition().getGeneration()) + 1;
    }

    private List<Choice.Peer> peers(KeptEngine engine, Board.Content content) {
        long now = System.nanoTime();
        List<Choice.Peer> peers = new ArrayList<>();
        for (Slot slot : content.slots()) {
            if (slot.hostId() != engine.getHostId()) {
                int score = passage.avoids(slot.hostId()) ? 0 : slot.score();
                peers.add(new Choice.Peer(
                        slot.hostId(),
                        slot.hostName(),
                        watch.alive(slot, now),
                        score,
                        slot.engine(),
                        slot.maintenance()));
            }
        }
        return peers;
    }

    private Slot slot(KeptEngine engine, boolean maintenance, Score score) {
        Map<String, String> more = new HashMap<>();
        more.put(Slot.HOST, hostUuid);
        more.put(Slot.GENERATION, Long.toString(own.generation()));
        passage.tell(more);
        return new Slot(
                System.nanoTime() / 1_000_000_000L,
                engine.getHostId(),
                score.points(),
                own.engine(),
                engine.getHostName(),
                maintenance,
                false,
                more);
    }

    private KeeperState told(
            KeptEngine engine,
            Board.Content content,
            boolean maintenance,
            Score score,
            String detail,
            List<Choice.Peer> peers) {
        KeeperState.Builder told = KeeperState.newBuilder()
                .setConfigured(true)
                .setLocalMaintenance(maintenance)
                .setGlobalMaintenance(content.globalMaintenance())
                .setScore(score.points())
                .setEngine(own.engine().word())
                .setHealth(own.engine().health())
                .setDetail(detail);
        List<KeeperPeer> hosts = new ArrayList<>();
        hosts.add(KeeperPeer.newBuilder()
                .setHostId(engine.getHostId())
                .setName(engine.getHostName())
                .setScore(score.points())
                .setAlive("yes")
                .setEngine(own.engine().word())
                .setHealth(own.engine().health())
                .setMaintenance(maintenance)
                .build());
        for (Choice.Peer peer : peers) {
            hosts.add(KeeperPeer.newBuilder()
                    .setHostId(peer.hostId())
                    .setName(peer.name())
                    .setScore(peer.score())
                    .setAlive(peer.alive().name().toLowerCase(java.util.Locale.ROOT))
                    .setEngine(peer.engine().word())
                    .setHealth(peer.engine().health())
                    .setMaintenance(peer.maintenance())
                    .build());
        }
        hosts.sort(Comparator.comparingInt(KeeperPeer::getHostId));
        return told.addAllHosts(hosts).build();
    }

    private void publish(KeeperState now) {
        state = now;
        file.write(now);
    }

    private void say(String words) {
        if (!words.equals(said)) {
            LOG.info("the engine's machine: {}", words);
            said = words;
        }
    }
}
