package org.bellwether.engine.placement;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.Predicate;

/** Moves that are being thought of, and the cluster as they would leave it. */
final class Plan {

    private final List<Movable> machines;
    private final Restraint restraint;
    private final Map<UUID, Integer> migrating;
    private final Set<UUID> chosen;
    private final List<Move> moves;
    private Situation now;

    Plan(List<Movable> machines, Situation now, Restraint restraint) {
        this(machines, now, restraint, restraint.migrating(), Set.of(), List.of());
    }

    private Plan(
            List<Movable> machines,
            Situation now,
            Restraint restraint,
            Map<UUID, Integer> migrating,
            Set<UUID> chosen,
            List<Move> moves) {
        this.machines = machines;
        this.now = now;
        this.restraint = restraint;
        this.migrating = new HashMap<>(migrating);
        this.chosen = new HashSet<>(chosen);
        this.moves = new ArrayList<>(moves);
    }

    /** To think of moves that may be given up again; as many at once as there must be. */
    Plan trial() {
        return new Plan(
                machines,
                now,
                new Restraint(Map.of(), restraint.resting(), Integer.MAX_VALUE),
                Map.of(),
                chosen,
                List.of());
    }

    List<Move> moves() {
        return List.copyOf(moves);
    }

    Situation now() {
        return now;
    }

    List<Candidate> hosts() {
        return now.hosts();
    }

    /** Whether what is measured of a host tells how it is now: nothing came or went a moment ago, or does now. */
    boolean settled(UUID host) {
        return !restraint.resting().contains(host) && restraint.migrating().getOrDefault(host, 0) == 0;
    }

    /** The machines of a host that may be moved and have not been lately. */
    List<Movable> movable(UUID host) {
        return machines.stream()
                .filter(machine -> machine.host().equals(host) && mayMove(machine))
                .toList();
    }

    /** Those of all hosts. */
    List<Movable> movable() {
        return machines.stream().filter(this::mayMove).toList();
    }

    private boolean mayMove(Movable machine) {
        return !chosen.contains(machine.id()) && !restraint.resting().contains(machine.id());
    }

    boolean move(Movable machine, Predicate<Candidate> wanted, Function<Candidate, String> reason) {
        return move(machine, wanted, Comparator.comparingInt(_ -> 0), reason);
    }

    /**
     * Moves a machine to the best of the hosts that are wanted and that it fits on, if there is one.
     *
     * @param first which of these are better, whatever the weights say
     */
    boolean move(
            Movable machine,
            Predicate<Candidate> wanted,
            Comparator<Candidate> first,
            Function<Candidate, String> reason) {
        if (!hasRoom(machine.host())) {
            return false;
        }
        var demand = machine.leaving();
        var without = now.without(machine.demand(), machine.host()).about(demand);
        // A group that is half together already must not be torn apart, which filters alone would let happen.
        var wrongs = AffinityMoves.wrongs(machine, now);
        var target = without.hosts().stream()
                .filter(host -> !host.id().equals(machine.host())
                        && hasRoom(host.id())
                        && wanted.test(host)
                        && wrongs.on(host.id()) <= wrongs.now()
                        && Placement.fits(demand, host, without))
                .min(first.thenComparingDouble(host -> Placement.cost(demand, host, without))
                        .thenComparing(Candidate::name));
        target.ifPresent(host -> {
            moves.add(new Move(machine.id(), machine.host(), host.id(), reason.apply(host)));
            chosen.add(machine.id());
            migrating.merge(machine.host(), 1, Integer::sum);
            migrating.merge(host.id(), 1, Integer::sum);
            now = now.moved(machine, host.id());
        });
        return target.isPresent();
    }

    private boolean hasRoom(UUID host) {
        return migrating.getOrDefault(host, 0) < restraint.atOnce();
    }
}
