package org.bellwether.engine.vm;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.bellwether.engine.availability.Takeover;
import org.bellwether.protocol.LeaseDescription.Holder;
import org.jspecify.annotations.Nullable;

/**
 * Hosts in virtual time as they really are, whoever knows of it: power, network, storage, agents that hang, QEMU's processes
 * and sanlock's leases. One tick is a second.
 */
final class FaultyHosts {
    /** sanlock ends who holds a lease this long after its last renewal ... */
    private static final int ENDS = 60;

    /** ... and lets others have it after this long. */
    private static final int EXPIRES = 80;

    private static final int BOOT = 30;

    /** A write to storage that does not answer fails after this long, and QEMU pauses its machine. */
    private static final int FAILS = 10;

    final List<Node> nodes;
    private final boolean[] leased;
    private final Map<Integer, Lease> leases = new HashMap<>();
    private final List<Migration> migrations = new ArrayList<>();
    private long now;
    private long taken;

    /** Who had a machine's lease last, also after it was given back. */
    private final Map<Integer, Integer> lastHolder = new HashMap<>();

    /** The newest start of each machine, and the number of its newest stretch of running. */
    private final Map<Integer, Long> newest = new HashMap<>();

    private final Map<Integer, Long> ran = new HashMap<>();
    /** Whether machines that write are paused when their storage fails; else all wait in the kernel until sanlock ends them. */
    private final boolean pausing;

    /** @param number of all that were ever taken */
    record Lease(int node, int generation, long number) {}

    private record Migration(int vm, int from, int to, long end) {}

    /** A host. */
    static final class Node {
        boolean power = true;
        /** Its agent stands still, everything else goes on. */
        boolean frozen;
        /** No network: neither engine nor other hosts nor storage. */
        boolean cut;

        boolean storage = true;
        boolean controller = true;
        /** Its system never comes up again once it was off. */
        boolean broken;

        /** Of sanlock: another one after a boot, and after it had to give up all leases. */
        private int generation;

        private boolean expelled;
        private long booted = -BOOT;
        private long renewed;
        final Set<Integer> qemu = new TreeSet<>();
        /** QEMU is there and stands still, since that stretch of running. */
        final Map<Integer, Long> paused = new HashMap<>();
        /** Which start it was of what is there. */
        private final Map<Integer, Long> starts = new HashMap<>();
        /** Where the machines went that left it. */
        private final Map<Integer, Integer> left = new HashMap<>();

        private final Deque<Runnable> waiting = new ArrayDeque<>();

        private boolean reachesStorage() {
            return power && storage && !cut;
        }

        void switchOff() {
            power = false;
            qemu.clear();
            paused.clear();
            left.clear();
            waiting.clear();
        }

        void switchOn(long now) {
            if (!power) {
                power = true;
                frozen = false;
                generation++;
                expelled = false;
                booted = broken ? Long.MAX_VALUE / 2 : now;
            }
        }
    }

    FaultyHosts(int count, boolean[] leased, boolean pausing) {
        this.pausing = pausing;
        this.nodes = IntStream.range(0, count).mapToObj(each -> new Node()).toList();
        this.leased = leased;
    }

    void tick(long time) {
        now = time;
        for (var node : nodes) {
            if (node.reachesStorage()) {
                node.renewed = now;
                if (node.expelled) {
                    node.expelled = false;
                    node.generation++;
                }
            } else if (pausing && node.power && now - node.renewed >= FAILS && now - node.renewed < ENDS) {
                pause(node);
            } else if (node.power && now - node.renewed >= ENDS) {
                node.qemu.removeIf(vm -> leased[vm]);
                node.expelled = true;
            }
            while (speaks(node) && !node.waiting.isEmpty()) {
                node.waiting.poll().run();
            }
        }
        for (var each : List.copyOf(migrations)) {
            go(each);
        }
        for (int number = 0; number < nodes.size(); number++) {
            var node = nodes.get(number);
            if (node.reachesStorage() && !node.frozen && now >= node.booted + BOOT) {
                goOn(number, node);
            }
        }
    }

    /** Machines of even numbers write all the time. */
    private void pause(Node node) {
        for (int vm : List.copyOf(node.qemu)) {
            if (vm % 2 == 0) {
                node.qemu.remove(vm);
                node.paused.put(vm, ran.getOrDefault(vm, 0L));
            }
        }
    }

    /** What an agent does about paused machines whose storage answers: what was outrun is ended, the rest goes on. */
    private void goOn(int number, Node node) {
        for (var each : Map.copyOf(node.paused).entrySet()) {
            int vm = each.getKey();
            if (leased[vm] && lastHolder.getOrDefault(vm, number) != number) {
                node.paused.remove(vm);
                continue;
            }
            if (leased[vm]) {
                var lease = leases.get(vm);
                if (lease != null && lease.node() != number && !Takeover.proves(holder(vm))) {
                    continue;
                }
                take(number, vm);
            }
            if (ran.getOrDefault(vm, 0L) != (long) each.getValue()) {
                throw new AssertionError(
                        "m" + vm + " goes on at h" + number + " where it stood while it ran elsewhere");
            }
            node.paused.remove(vm);
            node.qemu.add(vm);
        }
    }

    private void take(int number, int vm) {
        leases.put(vm, new Lease(number, nodes.get(number).generation, taken++));
        lastHolder.put(vm, number);
    }

    private void go(Migration migration) {
        var from = nodes.get(migration.from());
        var to = nodes.get(migration.to());
        boolean works =
                from.power && to.power && !from.cut && !to.cut && from.qemu.contains(migration.vm()) && to.storage;
        if (!works) {
            migrations.remove(migration);
        } else if (now >= migration.end()) {
            migrations.remove(migration);
            from.qemu.remove(migration.vm());
            from.left.put(migration.vm(), migration.to());
            to.qemu.add(migration.vm());
            to.left.remove(migration.vm());
            to.starts.put(migration.vm(), from.starts.getOrDefault(migration.vm(), 0L));
            ran.merge(migration.vm(), 1L, Long::sum);
            take(migration.to(), migration.vm());
        }
    }

    private boolean speaks(Node node) {
        return node.power && !node.frozen && !node.cut && now >= node.booted + BOOT;
    }

    /** Whether its agent answers. */
    boolean speaks(int node) {
        return speaks(nodes.get(node));
    }

    /** Tells an agent something; what a hung agent was told it does when it goes on, though nobody waits any more. */
    boolean tell(int number, Runnable what) {
        var node = nodes.get(number);
        if (speaks(node)) {
            what.run();
            return true;
        }
        if (node.power && node.frozen && !node.cut) {
            node.waiting.add(what);
        }
        return false;
    }

    /**
     * What libvirt does: nothing if it runs there already, and nothing without its lease.
     *
     * @param proven the lease by which it was proven that the machine runs nowhere: who has that is not asked once more, so that
     *     a proof that proves nothing is seen here and not mended by the lease
     */
    void start(int number, int vm, @Nullable Lease proven, long generation) {
        var node = nodes.get(number);
        if (!node.reachesStorage() || node.qemu.contains(vm) || node.paused.containsKey(vm)) {
            return;
        }
        if (leased[vm]) {
            var lease = leases.get(vm);
            boolean held = lease != null && !lease.equals(proven) && lease.node() != number;
            if (held && !Takeover.proves(holder(vm))) {
                return;
            }
            take(number, vm);
        }
        ran.merge(vm, 1L, Long::sum);
        node.starts.put(vm, generation);
        newest.merge(vm, generation, Math::max);
        node.qemu.add(vm);
        node.left.remove(vm);
    }

    void stop(int number, int vm) {
        if (nodes.get(number).qemu.remove(vm)) {
            leases.remove(vm);
        }
        nodes.get(number).paused.remove(vm);
        migrations.removeIf(each -> each.vm() == vm);
    }

    /** False: it is refused, because the machine is not there or is leaving already. */
    boolean migrate(int vm, int from, int to, int seconds) {
        return nodes.get(from).qemu.contains(vm)
                && migrations.stream().noneMatch(each -> each.vm() == vm)
                && migrations.add(new Migration(vm, from, to, now + seconds));
    }

    /** The newest start of a machine that any host knows. */
    long newest(int vm) {
        return newest.getOrDefault(vm, 0L);
    }

    /** The starts that stand still on a host. */
    Map<Integer, Long> pausedOn(int node) {
        var it = nodes.get(node);
        var starts = new HashMap<Integer, Long>();
        it.paused.keySet().forEach(vm -> starts.put(vm, it.starts.getOrDefault(vm, 0L)));
        return starts;
    }

    long startOn(int node, int vm) {
        return nodes.get(node).starts.getOrDefault(vm, 0L);
    }

    /** Where machines went that left a host. */
    Map<Integer, Integer> leftFrom(int node) {
        return Map.copyOf(nodes.get(node).left);
    }

    /** The machines that are leaving a host. */
    Set<Integer> sentBy(int node) {
        return migrations.stream()
                .filter(each -> each.from() == node)
                .map(Migration::vm)
                .collect(Collectors.toCollection(HashSet::new));
    }

    @Nullable
    Lease lease(int vm) {
        return leases.get(vm);
    }

    /** As any host that reaches the storage sees it. */
    Holder holder(int vm) {
        var lease = leases.get(vm);
        if (lease == null) {
            return Holder.NOBODY;
        }
        var node = nodes.get(lease.node());
        if (now - node.renewed >= EXPIRES || node.generation != lease.generation()) {
            return Holder.GONE;
        }
        return now - node.renewed > 2 ? Holder.SILENT : Holder.ALIVE;
    }

    boolean seesStorage(int node) {
        return nodes.get(node).reachesStorage();
    }

    /** How many QEMU processes there are for it. */
    long running(int vm) {
        return nodes.stream().filter(node -> node.qemu.contains(vm)).count();
    }

    @Override
    public String toString() {
        var text = new StringBuilder();
        for (int i = 0; i < nodes.size(); i++) {
            var node = nodes.get(i);
            text.append(" h%d[%s%s%s%s%s%s runs %s paused %s]"
                    .formatted(
                            i,
                            node.power ? "on" : "off",
                            node.frozen ? " frozen" : "",
                            node.cut ? " cut" : "",
                            node.storage ? "" : " no-storage",
                            node.controller ? "" : " no-bmc",
                            node.broken ? " broken" : "",
                            node.qemu,
                            node.paused.keySet()));
        }
        return text.toString();
    }
}
