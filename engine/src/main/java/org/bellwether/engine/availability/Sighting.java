package org.bellwether.engine.availability;

/** What follows from what one host says of one machine that nobody works on. */
public enum Sighting {
    NOTHING,
    /** It runs where nobody wrote down that it does. */
    ADOPT,
    /** Two hosts say that they run it. */
    TWICE,
    /** It is paused where it ran before its last start: what is left of that run must not go on. */
    STALE,
    /** It has left the host it was written down for, which says where to: there it runs, or nowhere. */
    LEFT,
    /** The host it was written down for has it no more. */
    OFF;

    /**
     * @param claimed whether the host that speaks is the one that is written down for the machine
     * @param lives whether QEMU is there for it
     * @param executes whether it executes, or is only paused
     * @param elsewhere whether the host that is written down said last that it executes there
     * @param older whether it is paused there as a run before the one that is written down
     * @param left whether it went from here to another host, or may have
     */
    public static Sighting of(
            boolean claimed, boolean lives, boolean executes, boolean elsewhere, boolean older, boolean left) {
        if (claimed) {
            return lives ? NOTHING : left ? LEFT : OFF;
        }
        return !executes ? NOTHING : older ? STALE : elsewhere ? TWICE : ADOPT;
    }
}
