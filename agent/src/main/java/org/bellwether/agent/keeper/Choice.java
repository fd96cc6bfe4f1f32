package org.bellwether.agent.keeper;

import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** What a host does about the engine's machine: a function of what it sees, with nothing hidden. */
final class Choice {
    /** An engine that never answered since its machine was started may still be booting. */
    static final Duration BOOTING = Duration.ofMinutes(10);
    /** One that answered before may be restarting. */
    static final Duration SICK = Duration.ofMinutes(3);

    private Choice() {}

    /** Whether a host writes on the board. */
    enum Alive {
        YES,
        NO,
        /** It was not watched for long enough to say. */
        UNKNOWN
    }

    /** Another host, as its place on the board says. */
    record Peer(int hostId, String name, Alive alive, int score, Slot.Engine engine, boolean maintenance) {
        private boolean fit() {
            return alive == Alive.YES && !maintenance && score > 0;
        }
    }

    /**
     * What this host sees.
     *
     * @param score as it stands on the board, so that all hosts compare the same numbers
     * @param global whether no host is to do anything
     * @param sick for how long the engine here has not answered; zero when it does
     * @param answered whether it has answered since it runs here
     * @param betterFor for how long another host has been much better than this one
     */
    record Seen(
            int hostId,
            int score,
            boolean global,
            boolean maintenance,
            Slot.Engine engine,
            Duration sick,
            boolean answered,
            Duration betterFor,
            List<Peer> peers) {}

    sealed interface Act {
        String why();
    }

    record Wait(String why) implements Act {}

    record Start(String why) implements Act {}

    /** It is ended here; then the best host starts it. */
    record End(String why) implements Act {}

    record Move(Peer to, String why) implements Act {}

    static Act of(Seen seen, Duration steady) {
        return switch (seen.engine()) {
            case STARTING -> new Wait("it is being started here");
            case MOVING -> new Wait("it is moving to another host");
            case INCOMING -> new Wait("it is coming here");
            case UP, SICK -> running(seen, steady);
            case DOWN -> seen.global() ? new Wait("global maintenance: nobody does anything") : down(seen);
        };
    }

    private static Act running(Seen seen, Duration steady) {
        if (seen.global()) {
            return new Wait("it runs here; global maintenance: nobody does anything");
        }
        Optional<Peer> best = best(seen.peers());
        if (seen.maintenance()) {
            return best.<Act>map(peer -> new Move(peer, "this host is in maintenance"))
                    .orElse(new Wait("it should leave this host, which is in maintenance, and no other can take it"));
        }
        Duration patience = seen.answered() ? SICK : BOOTING;
        if (seen.sick().compareTo(patience) > 0) {
            return new End("the engine has not answered for " + seen.sick().toSeconds() + " s");
        }
        if (seen.engine() == Slot.Engine.SICK) {
            return new Wait("it runs here and the engine does not answer" + (seen.answered() ? "" : " yet"));
        }
        if (best.isPresent()
                && better(best.get(), seen.score())
                && seen.betterFor().compareTo(steady) >= 0) {
            return new Move(
                    best.get(),
                    best.get().name() + " is better by " + (best.get().score() - seen.score()) + " points");
        }
        return new Wait("it runs here");
    }

    private static Act down(Seen seen) {
        for (Peer peer : seen.peers()) {
            if (peer.alive() == Alive.YES && peer.engine().here()) {
                return new Wait("it is on " + peer.name());
            }
        }
        for (Peer peer : seen.peers()) {
            if (peer.alive() == Alive.UNKNOWN) {
                return new Wait("waiting to see whether " + peer.name() + " is alive");
            }
        }
        if (seen.score() <= 0) {
            return new Wait("this host cannot run it");
        }
        Optional<Peer> best = best(seen.peers());
        boolean mine = best.isEmpty()
                || best.get().score() < seen.score()
                || (best.get().score() == seen.score() && best.get().hostId() > seen.hostId());
        return mine
                ? new Start("it runs nowhere, and this is the best host for it")
                : new Wait("it runs nowhere; " + best.get().name() + " is to start it");
    }

    static boolean better(Peer peer, int score) {
        return peer.score() - score >= Score.BETTER;
    }

    /** The one with most points; of equals the one with the lowest number, so that all hosts choose the same. */
    static Optional<Peer> best(List<Peer> peers) {
        return peers.stream()
                .filter(Peer::fit)
                .max(Comparator.comparingInt(Peer::score)
                        .thenComparing(Comparator.comparingInt(Peer::hostId).reversed()));
    }
}
