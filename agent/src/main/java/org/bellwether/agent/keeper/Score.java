package org.bellwether.agent.keeper;

import java.util.ArrayList;
import java.util.List;

/** How well a host could run the engine's machine, in the points of oVirt's hosts. */
record Score(int points, String words) {
    /** What a host has that lacks nothing. */
    static final int BASE = 3400;
    /** By how much another host must be better for the machine to move there. */
    static final int BETTER = 800;

    private static final int GATEWAY = 1600;
    private static final int LOAD = 1000;
    private static final int BRIDGE = 600;
    private static final int MEMORY = 400;
    /** Up to this share of the processors being busy costs nothing; from there on more and more. */
    private static final double EASY = 0.5;

    /**
     * What a host sees of itself.
     *
     * @param gateway whether its gateway answers, or it has none
     * @param load what share of its processors is busy, without the engine's machine: 0 to 1
     * @param bridges whether the bridges that the machine needs are up
     * @param memory whether there is memory for the machine, or it runs here
     * @param lease whether this host can take the machine's lease
     * @param maintenance whether a person wants no engine here
     * @param failing whether it failed here too often and too short ago
     */
    record Facts(
            boolean gateway,
            double load,
            boolean bridges,
            boolean memory,
            boolean lease,
            boolean maintenance,
            boolean failing) {}

    static Score of(Facts facts) {
        if (facts.maintenance()) {
            return new Score(0, "this host is in maintenance for the engine's machine");
        }
        if (!facts.lease()) {
            return new Score(0, "this host cannot take the machine's lease");
        }
        if (facts.failing()) {
            return new Score(0, "the engine's machine failed on this host several times just now");
        }
        List<String> words = new ArrayList<>();
        int points = BASE;
        if (!facts.gateway()) {
            points -= GATEWAY;
            words.add("the gateway does not answer");
        }
        if (!facts.bridges()) {
            points -= BRIDGE;
            words.add("a bridge that the machine needs is not up");
        }
        if (!facts.memory()) {
            points -= MEMORY;
            words.add("there is too little memory");
        }
        double busy = Math.clamp((facts.load() - EASY) / (1 - EASY), 0, 1);
        points -= (int) Math.round(LOAD * busy);
        if (busy > 0) {
            words.add("its processors are busy");
        }
        return new Score(Math.max(points, 1), String.join(", ", words));
    }
}
