package org.bellwether.agent.heir;

import java.time.Duration;
import org.bellwether.protocol.LeaseDescription;

/** What a host does about a machine of another one: a function of what it sees, with nothing hidden. */
final class Choice {
    /** For so long the engine may say nothing: it may be restarting, and knows better. */
    static final Duration AWAY = Duration.ofMinutes(1);
    /** A host that is to try first has so long before the next one does. */
    static final Duration TURN = Duration.ofSeconds(45);

    static final int MOST_ATTEMPTS = 10;
    private static final Duration FIRST_PAUSE = Duration.ofSeconds(15);
    private static final Duration LONGEST_PAUSE = Duration.ofMinutes(5);

    private Choice() {}

    /**
     * What this host sees.
     *
     * @param silence for how long the engine has said nothing
     * @param here whether the machine is on at this host
     * @param lease who has its lease
     * @param lost for how long this host has seen that its holder is lost; zero when it is not
     * @param rank how many hosts are to try before this one
     * @param attempts how often it was tried here since it was lost
     * @param last how long ago it was tried last
     * @param room whether this host has the memory for it
     */
    record Seen(
            Duration silence,
            boolean here,
            LeaseDescription lease,
            Duration lost,
            int rank,
            int attempts,
            Duration last,
            boolean room) {}

    sealed interface Act {}

    record Wait(String why) implements Act {}

    record Start() implements Act {}

    /** Whether a machine fell with its host: its lease may be taken, and nobody gave it back. */
    static boolean lost(LeaseDescription lease) {
        return switch (lease.getHolder()) {
            case NOBODY, GONE -> lease.getAbandoned();
            case ALIVE, SILENT, NOT_KNOWN, UNRECOGNIZED -> false;
        };
    }

    static Act of(Seen seen) {
        if (seen.silence().compareTo(AWAY) < 0) {
            return new Wait("the engine is there");
        }
        if (seen.here()) {
            return new Wait("it is here");
        }
        if (!lost(seen.lease())) {
            // Given back: somebody stopped it, or its guest did. That it is to run again only the engine knows.
            return new Wait(seen.lease().getWords());
        }
        if (seen.lost().compareTo(TURN.multipliedBy(seen.rank())) < 0) {
            return new Wait("another host is to start it");
        }
        if (!seen.room()) {
            return new Wait("this host has not the memory for it");
        }
        if (seen.attempts() >= MOST_ATTEMPTS) {
            return new Wait("it did not start here in " + MOST_ATTEMPTS + " attempts");
        }
        return seen.attempts() > 0 && seen.last().compareTo(pause(seen.attempts())) < 0
                ? new Wait("it did not start here and is tried again later")
                : new Start();
    }

    private static Duration pause(int attempts) {
        Duration pause = FIRST_PAUSE.multipliedBy(1L << Math.min(attempts - 1, MOST_ATTEMPTS));
        return pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
    }
}
