package org.bellwether.engine.availability;

/** What the proof that nothing runs on a host means for a machine of that host. */
public enum HostProof {
    /** The proof does not concern it: it is another host's, or was started again since. */
    OTHER,
    /** It runs on another host, which says so. */
    MOVED,
    /** It is down and may be started. */
    FREE;

    /**
     * @param claimed whether the host is still the one that is written down for it
     * @param sameRun whether it is the run that was there before the proof
     * @param elsewhere whether another host says now that it has it
     */
    public static HostProof of(boolean claimed, boolean sameRun, boolean elsewhere) {
        if (!claimed || !sameRun) {
            return OTHER;
        }
        return elsewhere ? MOVED : FREE;
    }
}
