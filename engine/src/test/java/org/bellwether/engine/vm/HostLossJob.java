package org.bellwether.engine.vm;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.availability.HostProof;
import org.bellwether.engine.availability.Passage;
import org.bellwether.engine.availability.SilentHost.Power;
import org.bellwether.engine.availability.Takeover;
import org.jspecify.annotations.Nullable;

/**
 * The operations of {@link ForgetfulEngine}, step by step: fields are what the journal has recorded. An effect and its record are two
 * things, and the engine may die between them.
 */
abstract class HostLossJob {
    private static final int CALL = 60;
    private static final int CONNECT = 10;

    /** Of the next step. */
    int at;

    /** When this engine came to the step it is at; not written down. */
    private long since;

    void resumed(long now) {
        since = now;
    }

    void next(ForgetfulEngine engine) {
        engine.crashPoint();
        at++;
        since = engine.now;
        engine.crashPoint();
    }

    long waited(ForgetfulEngine engine) {
        return engine.now - since;
    }

    /** True when it has ended. */
    abstract boolean step(ForgetfulEngine engine);

    boolean holdsHost(int node) {
        return false;
    }

    boolean holdsMachine(int vm) {
        var mine = machine();
        return mine != null && mine == vm;
    }

    abstract @Nullable Integer machine();

    @Override
    public String toString() {
        return getClass().getSimpleName() + " m" + machine();
    }

    /** As {@link StartVm}; {@link Restart} begins otherwise. */
    static class Start extends HostLossJob {
        final int vm;
        int chosen = -1;
        boolean begun;
        boolean undoing;
        int attempts;

        /** The lease by which this engine has seen that it runs nowhere; not written down. */
        FaultyHosts.@Nullable Lease proven;

        Start(int vm) {
            this.vm = vm;
        }

        @Override
        Integer machine() {
            return vm;
        }

        @Override
        boolean step(ForgetfulEngine engine) {
            return undoing ? undo(engine) : forward(engine);
        }

        boolean forward(ForgetfulEngine engine) {
            switch (at) {
                case 0 -> {
                    if (!choose(engine, -1)) {
                        return true;
                    }
                }
                case 1 -> {
                    if (!Takeover.allowed(Optional.ofNullable(engine.claims.get(vm)), Optional.empty())) {
                        return true;
                    }
                    claim(engine);
                }
                default -> {
                    return run(engine, at - 2);
                }
            }
            return false;
        }

        boolean choose(ForgetfulEngine engine, int not) {
            var up = engine.up().stream().filter(node -> node != not).toList();
            if (up.isEmpty()) {
                return false;
            }
            chosen = up.get(engine.random.nextInt(up.size()));
            next(engine);
            return true;
        }

        /** One transaction with its record. */
        void claim(ForgetfulEngine engine) {
            engine.crashPoint();
            engine.claims.put(vm, chosen);
            engine.generation[vm]++;
            engine.say("m" + vm + " claimed for h" + chosen);
            at++;
            resumed(engine.now);
            engine.crashPoint();
        }

        boolean run(ForgetfulEngine engine, int part) {
            if (part == 0) {
                begun = true;
                if (!engine.hears(chosen)) {
                    undoing = waited(engine) > CONNECT;
                } else if (engine.hosts.tell(
                        chosen, () -> engine.hosts.start(chosen, vm, proven, engine.generation[vm]))) {
                    boolean there = engine.hosts.nodes.get(chosen).qemu.contains(vm);
                    engine.see(chosen, vm, there);
                    if (there) {
                        next(engine);
                    } else {
                        undoing = true;
                    }
                } else {
                    undoing = waited(engine) > CALL;
                }
                return false;
            }
            if (engine.hears(chosen) && engine.sees(chosen, vm)) {
                return true;
            }
            undoing = waited(engine) > CALL;
            return false;
        }

        boolean undo(ForgetfulEngine engine) {
            var claim = engine.claims.get(vm);
            if (claim == null || claim != chosen) {
                return true;
            }
            if (begun && !takenBack(engine)) {
                return ++attempts >= 5 * CONNECT;
            }
            released(engine);
            return true;
        }

        private boolean takenBack(ForgetfulEngine engine) {
            if (!engine.hears(chosen) || !engine.hosts.tell(chosen, () -> engine.hosts.stop(chosen, vm))) {
                return false;
            }
            engine.see(chosen, vm, false);
            return true;
        }

        void released(ForgetfulEngine engine) {
            engine.claims.remove(vm);
        }
    }

    /** As {@link RestartVm}. */
    static final class Restart extends Start {
        private static final int LIMIT = 360;
        private final int lost;

        Restart(int vm, int lost) {
            super(vm);
            this.lost = lost;
        }

        @Override
        boolean forward(ForgetfulEngine engine) {
            switch (at) {
                case 0 -> {
                    if (!choose(engine, lost)) {
                        return true;
                    }
                }
                case 1 -> {
                    if (engine.hears(lost) || waited(engine) > LIMIT) {
                        return true;
                    }
                    if (engine.hears(chosen)
                            && engine.hosts.speaks(chosen)
                            && engine.hosts.seesStorage(chosen)
                            && Takeover.proves(engine.hosts.holder(vm))) {
                        proven = engine.hosts.lease(vm);
                        next(engine);
                    }
                }
                case 2 -> {
                    if (!Takeover.allowed(Optional.ofNullable(engine.claims.get(vm)), Optional.of(lost))) {
                        return true;
                    }
                    claim(engine);
                }
                default -> {
                    return run(engine, at - 3);
                }
            }
            return false;
        }

        @Override
        void released(ForgetfulEngine engine) {
            engine.claims.put(vm, lost);
        }

        @Override
        public String toString() {
            return super.toString() + " of h" + lost;
        }
    }

    /** As {@link MigrateVm}. */
    static final class Migrate extends HostLossJob {
        private final int vm;
        private final int source;
        private int destination;
        private boolean begun;

        /** Whether it was begun to ask, by this engine or by one before it. */
        private boolean asked;

        private boolean again;

        /** Not written down: what the source says, and since when. */
        private boolean heard;

        private boolean ended;
        private long said;

        Migrate(int vm, int source) {
            this.vm = vm;
            this.source = source;
        }

        @Override
        Integer machine() {
            return vm;
        }

        @Override
        void resumed(long now) {
            super.resumed(now);
            heard = false;
            said = now;
            again = asked;
        }

        @Override
        boolean step(ForgetfulEngine engine) {
            switch (at) {
                case 0 -> {
                    var others =
                            engine.up().stream().filter(node -> node != source).toList();
                    if (others.isEmpty()) {
                        return true;
                    }
                    destination = others.get(engine.random.nextInt(others.size()));
                    next(engine);
                }
                case 1 -> {
                    if (passage(engine, false, Duration.ZERO) == Passage.ARRIVED) {
                        next(engine);
                    } else if (!engine.hears(source)) {
                        // An engine before this one may have been heard.
                        if (again) {
                            next(engine);
                        } else {
                            return waited(engine) > CALL;
                        }
                    } else if (answered(engine)) {
                        if (begun) {
                            engine.sent(source, vm);
                        } else if (!again) {
                            return true;
                        }
                        next(engine);
                    } else if (waited(engine) > CALL) {
                        next(engine);
                    }
                }
                default -> {
                    boolean over = !engine.sends(source, vm);
                    if (heard != hears(engine, source) || ended != over) {
                        heard = hears(engine, source);
                        ended = over;
                        said = engine.now;
                    }
                    switch (passage(engine, over, Duration.ofSeconds(engine.now - said))) {
                        case UNDERWAY -> {
                            return false;
                        }
                        case ARRIVED, LEFT -> {
                            engine.crashPoint();
                            engine.claims.put(vm, destination);
                            engine.say("m" + vm + " written down for h" + destination);
                            return true;
                        }
                        case STAYED, VANISHED, LOST -> {
                            return true;
                        }
                    }
                }
            }
            return false;
        }

        /** Whether the source has answered; it may do it later though nobody waits for the answer. */
        private boolean answered(ForgetfulEngine engine) {
            asked = true;
            int seconds = 3 + engine.random.nextInt(25);
            return engine.hosts.tell(source, () -> begun = engine.hosts.migrate(vm, source, destination, seconds));
        }

        private boolean hears(ForgetfulEngine engine, int node) {
            return engine.hears(node) || engine.isOff(node);
        }

        private Passage passage(ForgetfulEngine engine, boolean over, Duration since) {
            return Passage.of(end(engine, source), end(engine, destination), over, since, engine.leased[vm]);
        }

        private Passage.End end(ForgetfulEngine engine, int node) {
            boolean there = engine.sees(node, vm);
            return new Passage.End(hears(engine, node), there, there);
        }

        @Override
        public String toString() {
            return super.toString() + " h" + source + " to h" + destination;
        }
    }

    /** As {@link FenceHost} with {@link HostGone}. */
    static final class Fence extends HostLossJob {
        private final int node;
        private @Nullable List<HostLossRun> had;
        private @Nullable List<HostLossRun> free;
        private int done;

        /** A machine's run. */
        record HostLossRun(int vm, long generation) {}

        Fence(int node) {
            this.node = node;
        }

        @Override
        @Nullable
        Integer machine() {
            return null;
        }

        @Override
        boolean holdsHost(int host) {
            return node == host;
        }

        @Override
        boolean step(ForgetfulEngine engine) {
            switch (at) {
                case 0 -> {
                    if (engine.hears(node)) {
                        return true;
                    }
                    if (!engine.lost(node) && engine.power(node) != Power.OFF) {
                        return false;
                    }
                    return !switchedOff(engine);
                }
                case 1 -> {
                    engine.provenOff(node);
                    free = had(engine).stream()
                            .filter(run -> !engine.held(run.vm()))
                            .toList();
                    next(engine);
                }
                case 2 -> {
                    if (done < free().size()) {
                        setDown(engine, free().get(done));
                    } else {
                        done = 0;
                        next(engine);
                    }
                }
                case 3 -> {
                    if (done < free().size()) {
                        int vm = free().get(done).vm();
                        done++;
                        if (engine.available[vm] && !engine.claims.containsKey(vm)) {
                            engine.restart(vm);
                        }
                    } else {
                        next(engine);
                    }
                }
                default -> {
                    if (!engine.proxy(node) || !engine.hosts.nodes.get(node).controller) {
                        return waited(engine) > CALL;
                    }
                    engine.hosts.nodes.get(node).switchOn(engine.now);
                    engine.crashPoint();
                    engine.fenced(node);
                    return true;
                }
            }
            return false;
        }

        private boolean switchedOff(ForgetfulEngine engine) {
            var machines = had(engine);
            if (engine.power(node) == Power.UNKNOWN) {
                return false;
            }
            engine.hosts.nodes.get(node).switchOff();
            engine.say("h" + node + " is switched off");
            engine.crashPoint();
            had = machines;
            next(engine);
            return true;
        }

        private List<HostLossRun> had(ForgetfulEngine engine) {
            if (had != null) {
                return had;
            }
            var machines = new ArrayList<HostLossRun>();
            engine.claims.forEach((vm, claim) -> {
                if (claim == node) {
                    machines.add(new HostLossRun(vm, engine.generation[vm]));
                }
            });
            return machines;
        }

        private List<HostLossRun> free() {
            return free == null ? List.of() : free;
        }

        private void setDown(ForgetfulEngine engine, HostLossRun run) {
            engine.crashPoint();
            done++;
            var claim = engine.claims.get(run.vm());
            switch (HostProof.of(
                    claim != null && claim == node,
                    engine.generation[run.vm()] == run.generation(),
                    engine.elsewhere(node, run.vm()))) {
                case OTHER -> engine.say("m" + run.vm() + " is not h" + node + "'s");
                case MOVED ->
                    engine.claims.put(
                            run.vm(),
                            engine.up().stream()
                                    .filter(each -> each != node
                                            && engine.sees(each, run.vm())
                                            && !engine.older(each, run.vm()))
                                    .findFirst()
                                    .orElseThrow());
                case FREE -> {
                    engine.claims.remove(run.vm());
                    engine.say("m" + run.vm() + " is free of h" + node);
                }
            }
            engine.crashPoint();
        }

        @Override
        public String toString() {
            return "Fence h" + node;
        }
    }
}
