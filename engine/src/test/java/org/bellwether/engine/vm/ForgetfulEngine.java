package org.bellwether.engine.vm;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bellwether.engine.availability.Passage;
import org.bellwether.engine.availability.Sighting;
import org.bellwether.engine.availability.SilentHost;
import org.bellwether.engine.availability.SilentHost.Fence;
import org.bellwether.engine.availability.SilentHost.Past;
import org.bellwether.engine.availability.SilentHost.Power;
import org.bellwether.engine.availability.SilentHost.RestartAgent;
import org.bellwether.engine.availability.SilentHost.Rules;
import org.bellwether.engine.availability.SilentHost.Seen;
import org.bellwether.engine.platform.Id;
import org.jspecify.annotations.Nullable;

/**
 * An engine in virtual time: what it has written down outlives it, what it has heard does not. What it does in which order is
 * as in the operations of this package; what it decides is decided by the engine's own classes.
 */
final class ForgetfulEngine {
    static final long NOBODY_HEARD = 20;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration QUIET = Duration.ofMinutes(5);
    private static final Rules RULES = new Rules(true, false, OptionalInt.empty());

    final FaultyHosts hosts;
    final Random random;
    final boolean[] available;
    final boolean[] leased;
    private final List<String> diary = new ArrayList<>();

    // Written down.
    final Map<Integer, Integer> claims = new TreeMap<>();
    final long[] generation;
    private final Map<Integer, Fallen> fallen = new TreeMap<>();
    private final List<HostLossJob> jobs = new ArrayList<>();

    // Only heard.
    private Set<Integer> heard = new HashSet<>();
    private Map<Integer, Long> since = new HashMap<>();
    private Map<Integer, Long> last = new HashMap<>();
    private Map<Integer, Set<Integer>> observed = new HashMap<>();
    /** Of the machines that a host sends away, as it said last: with what it said of them. */
    private Map<Integer, Set<Integer>> sending = new HashMap<>();

    private Map<Integer, Map<Integer, Integer>> left = new HashMap<>();
    /** Starts that stand still, as their hosts said. */
    private Map<Integer, Map<Integer, Long>> paused = new HashMap<>();

    private List<Follow> follows = new ArrayList<>();
    private Set<Integer> off = new HashSet<>();
    private Map<Integer, Past> past = new HashMap<>();
    private Map<Integer, Instant> fenced = new HashMap<>();
    private Map<Integer, Long> retry = new HashMap<>();
    private long began;

    long now;
    private long back;
    private boolean down;
    /** One in so many steps is its last. */
    int crashes = 400;

    private record Follow(int vm, int node, long when) {}

    /** It dies at this point. */
    static final class Crash extends RuntimeException {
        private static final long serialVersionUID = 1;
    }

    ForgetfulEngine(FaultyHosts hosts, boolean[] available, boolean[] leased, Random random) {
        this.hosts = hosts;
        this.available = available;
        this.leased = leased;
        this.generation = new long[available.length];
        this.random = random;
    }

    void say(String what) {
        diary.add(now + " " + what);
    }

    List<String> diary() {
        return diary;
    }

    void kill(long until) {
        if (!down) {
            say("engine dies");
        }
        down = true;
        back = until;
    }

    boolean serves() {
        return !down;
    }

    void crashPoint() {
        if (crashes > 0 && random.nextInt(crashes) == 0) {
            throw new Crash();
        }
    }

    void tick(long time) {
        now = time;
        if (down) {
            if (now < back) {
                return;
            }
            begin();
        }
        try {
            hear();
            for (var each : List.copyOf(follows)) {
                if (each.when() <= now) {
                    follows.remove(each);
                    if (hears(each.node())) {
                        settle(each.node(), each.vm());
                    }
                }
            }
            watchSilent();
            watchAvailable();
            for (var job : List.copyOf(jobs)) {
                if (job.step(this)) {
                    end(job);
                }
            }
        } catch (Crash crash) {
            kill(now + 3 + random.nextInt(120));
        }
    }

    private void begin() {
        down = false;
        began = now;
        heard = new HashSet<>();
        since = new HashMap<>();
        last = new HashMap<>();
        observed = new HashMap<>();
        sending = new HashMap<>();
        left = new HashMap<>();
        paused = new HashMap<>();
        follows = new ArrayList<>();
        off = new HashSet<>();
        past = new HashMap<>();
        fenced = new HashMap<>();
        retry = new HashMap<>();
        jobs.forEach(job -> job.resumed(now));
        say("engine begins");
    }

    // What it hears.

    private void hear() {
        for (int node = 0; node < hosts.nodes.size(); node++) {
            since.putIfAbsent(node, now);
            if (hosts.speaks(node)) {
                last.put(node, now);
                if (heard.contains(node) ? random.nextBoolean() : random.nextInt(5) == 0) {
                    report(node);
                }
            } else if (heard.contains(node) && now - last.getOrDefault(node, now) >= NOBODY_HEARD) {
                heard.remove(node);
                since.put(node, now);
            }
        }
    }

    private void report(int node) {
        off.remove(node);
        var there = new HashSet<>(hosts.nodes.get(node).qemu);
        paused.put(node, hosts.pausedOn(node));
        there.addAll(hosts.pausedOn(node).keySet());
        var before = observed.put(node, there);
        sending.put(node, hosts.sentBy(node));
        left.put(node, hosts.leftFrom(node));
        boolean snapshot = heard.add(node);
        if (snapshot) {
            since.put(node, now);
        }
        for (int vm = 0; vm < available.length; vm++) {
            if (snapshot || before == null || before.contains(vm) != sees(node, vm) || older(node, vm)) {
                settle(node, vm);
            }
        }
    }

    /** Whether it stands still there as an older start than was claimed last. */
    boolean older(int node, int vm) {
        var start = paused.getOrDefault(node, Map.of()).get(vm);
        return start != null && start < generation[vm];
    }

    boolean sees(int node, int vm) {
        return observed.getOrDefault(node, Set.of()).contains(vm);
    }

    void see(int node, int vm, boolean there) {
        var machines = observed.computeIfAbsent(node, _ -> new HashSet<>());
        if (there) {
            machines.add(vm);
        } else {
            machines.remove(vm);
        }
    }

    boolean sends(int node, int vm) {
        return sending.getOrDefault(node, Set.of()).contains(vm);
    }

    /** What an agent answers when it is asked to send a machine away. */
    void sent(int node, int vm) {
        sending.computeIfAbsent(node, _ -> new HashSet<>()).add(vm);
    }

    boolean hears(int node) {
        return heard.contains(node);
    }

    boolean isOff(int node) {
        return off.contains(node);
    }

    void provenOff(int node) {
        if (!hears(node)) {
            off.add(node);
            observed.remove(node);
            sending.remove(node);
            left.remove(node);
        }
    }

    List<Integer> up() {
        return IntStream.range(0, hosts.nodes.size())
                .filter(heard::contains)
                .boxed()
                .toList();
    }

    boolean elsewhere(int node, int vm) {
        return up().stream().anyMatch(each -> each != node && sees(each, vm) && !older(each, vm));
    }

    private void settle(int node, int vm) {
        if (held(vm)) {
            return;
        }
        var claim = claims.get(vm);
        boolean here = sees(node, vm);
        var to = left.getOrDefault(node, Map.of()).get(vm);
        switch (Sighting.of(
                claim != null && claim == node,
                here,
                here,
                claim != null && claim != node && sees(claim, vm),
                here && older(node, vm),
                to != null)) {
            case STALE -> {
                if (hosts.tell(node, () -> hosts.stop(node, vm))) {
                    see(node, vm, false);
                    say("what is left of m" + vm + " on h" + node + " is ended");
                }
            }
            case NOTHING, TWICE -> {
                // As written down, or for people to look at.
            }
            case ADOPT -> {
                claims.put(vm, node);
                generation[vm] = Math.max(generation[vm], hosts.startOn(node, vm));
                say("m" + vm + " adopted on h" + node);
            }
            case LEFT -> {
                claims.put(vm, Objects.requireNonNull(to));
                follows.add(new Follow(vm, to, now + Passage.SETTLES.toSeconds()));
                say("m" + vm + " left h" + node + " for h" + to);
            }
            case OFF -> {
                claims.remove(vm);
                say("m" + vm + " is off on h" + node);
                if (available[vm]) {
                    restart(vm);
                }
            }
        }
    }

    // What it watches over.

    Duration silence(int node) {
        return Duration.ofSeconds(now - since.getOrDefault(node, now));
    }

    boolean lost(int node) {
        return !hears(node) && silence(node).compareTo(PATIENCE) >= 0;
    }

    boolean proxy(int node) {
        return up().stream().anyMatch(each -> each != node);
    }

    Power power(int node) {
        var it = hosts.nodes.get(node);
        return !it.controller || !proxy(node) ? Power.UNKNOWN : it.power ? Power.ON : Power.OFF;
    }

    private void watchSilent() {
        for (int i = 0; i < hosts.nodes.size(); i++) {
            int node = i;
            if (hears(node)) {
                past.remove(node);
                fenced.remove(node);
                continue;
            }
            if (jobs.stream().anyMatch(job -> job.holdsHost(node))) {
                continue;
            }
            var decision = SilentHost.decide(
                    RULES,
                    new Seen(
                            silence(node),
                            lost(node),
                            now < began + QUIET.toSeconds(),
                            true,
                            proxy(node),
                            node % 2 == 0,
                            false,
                            1,
                            hosts.nodes.size(),
                            Optional.ofNullable(fenced.get(node)),
                            () -> power(node),
                            () -> false),
                    past.getOrDefault(node, Past.NOTHING),
                    Instant.ofEpochSecond(now));
            past.put(node, decision.past());
            switch (decision.act()) {
                case Fence _ -> begin(new HostLossJob.Fence(node));
                case RestartAgent _ -> {
                    var it = hosts.nodes.get(node);
                    if (it.power && !it.cut) {
                        it.frozen = false;
                    }
                }
                case SilentHost.Wait _, SilentHost.Spare _ -> {
                    // Nothing now.
                }
            }
        }
    }

    void fenced(int node) {
        fenced.put(node, Instant.ofEpochSecond(now));
    }

    private void watchAvailable() {
        for (int vm = 0; vm < available.length; vm++) {
            var claim = claims.get(vm);
            if (available[vm] && claim != null && leased[vm] && lost(claim) && !held(vm)) {
                if (retry.getOrDefault(vm, 0L) <= now) {
                    retry.put(vm, now + 30);
                    begin(new HostLossJob.Restart(vm, claim));
                }
            }
        }
        for (var each : List.copyOf(fallen.entrySet())) {
            int vm = each.getKey();
            if (held(vm)) {
                continue;
            }
            if (claims.containsKey(vm)) {
                fallen.remove(vm);
            } else if (each.getValue().due().isBefore(Instant.ofEpochSecond(now))) {
                if (each.getValue().exhausted()) {
                    say("m" + vm + " is given up");
                    fallen.remove(vm);
                } else {
                    fallen.put(vm, each.getValue().again(Instant.ofEpochSecond(now)));
                    begin(new HostLossJob.Start(vm));
                }
            }
        }
    }

    /** A machine that is to run again is started, and that this is wanted is written down. */
    void restart(int vm) {
        fallen.put(vm, new Fallen(Id.random(), "m" + vm, 1, Instant.ofEpochSecond(now + 10)));
        if (!held(vm)) {
            begin(new HostLossJob.Start(vm));
        }
    }

    // Jobs.

    boolean held(int vm) {
        return jobs.stream().anyMatch(job -> job.holdsMachine(vm));
    }

    void begin(HostLossJob job) {
        job.resumed(now);
        jobs.add(job);
        say("begin " + job);
    }

    private void end(HostLossJob job) {
        jobs.remove(job);
        say("end " + job);
        var vm = job.machine();
        var claim = vm == null ? null : claims.get(vm);
        if (vm != null && claim != null && (hears(claim) || isOff(claim))) {
            settle(claim, vm);
        }
    }

    // What people ask for.

    void startAny() {
        int vm = random.nextInt(available.length);
        if (!down && !available[vm] && !claims.containsKey(vm) && !held(vm)) {
            begin(new HostLossJob.Start(vm));
        }
    }

    void migrateAny() {
        int vm = random.nextInt(available.length);
        @Nullable Integer claim = claims.get(vm);
        if (!down && claim != null && hears(claim) && !held(vm)) {
            begin(new HostLossJob.Migrate(vm, claim));
        }
    }

    boolean idle() {
        return !down && jobs.isEmpty() && fallen.isEmpty();
    }
}
