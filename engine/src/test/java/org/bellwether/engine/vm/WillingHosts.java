package org.bellwether.engine.vm;

import java.util.HashMap;
import java.util.Map;
import org.bellwether.protocol.LeaseDescription.Holder;

/**
 * Hosts in virtual time that restart machines with leases while the engine is away, as the agent's package {@code heir} does:
 * when they have heard nothing for long, the lease's holder is lost, and those that come first had their turn.
 */
final class WillingHosts {
    private static final long AWAY = 60;
    private static final long TURN = 45;
    private static final long AGAIN = 15;

    private final FaultyHosts hosts;
    private final boolean[] available;
    private final boolean[] leased;
    private final Map<Integer, Long> heard = new HashMap<>();
    private final Map<Case, Long> lost = new HashMap<>();
    private final Map<Case, Long> tried = new HashMap<>();

    private record Case(int node, int vm) {}

    WillingHosts(FaultyHosts hosts, boolean[] available, boolean[] leased) {
        this.hosts = hosts;
        this.available = available;
        this.leased = leased;
    }

    /**
     * A second of theirs.
     *
     * @param engine whether it is there to be heard
     * @return how many machines were tried
     */
    int tick(long now, boolean engine) {
        int begun = 0;
        for (int node = 0; node < hosts.nodes.size(); node++) {
            if (engine && hosts.speaks(node)) {
                heard.put(node, now);
            }
            if (now - heard.getOrDefault(node, 0L) < AWAY || !awake(node)) {
                continue;
            }
            for (int vm = 0; vm < available.length; vm++) {
                begun += available[vm] && leased[vm] && due(now, new Case(node, vm)) ? 1 : 0;
            }
        }
        return begun;
    }

    /** An agent that is cut off from the engine works on, where it reaches the storage. */
    private boolean awake(int node) {
        var it = hosts.nodes.get(node);
        return it.power && !it.frozen && hosts.seesStorage(node);
    }

    private boolean due(long now, Case each) {
        boolean gone = hosts.holder(each.vm()) == Holder.GONE
                && !hosts.nodes.get(each.node()).qemu.contains(each.vm())
                && !hosts.nodes.get(each.node()).paused.containsKey(each.vm());
        if (!gone) {
            lost.remove(each);
            return false;
        }
        long since = lost.computeIfAbsent(each, _ -> now);
        if (now - since < TURN * each.node() || now - tried.getOrDefault(each, -AGAIN) < AGAIN) {
            return false;
        }
        tried.put(each, now);
        hosts.start(each.node(), each.vm(), null, hosts.newest(each.vm()) + 1);
        return true;
    }
}
