package org.bellwether.engine.availability;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What is done about a host that is silent: a function of what is seen of it, of what was done about it already, and of the
 * time. It tries the mildest first: it asks the controllers whether the host is off, has the agent started again over SSH, and
 * only then has the power switched.
 */
public final class SilentHost {

    /** A stream that breaks is open again within a moment when nothing is wrong. */
    static final Duration ASK_AFTER = Duration.ofSeconds(5);

    static final Duration LOOK_AGAIN = Duration.ofSeconds(10);
    static final Duration SPARED_AGAIN = Duration.ofSeconds(30);

    /** What an agent needs to be heard of after it was started again. */
    static final Duration AGENT_STARTS = Duration.ofSeconds(30);

    /** Longer than a host needs to be up again after it was fenced. */
    static final Duration HOST_STARTS = Duration.ofMinutes(10);

    static final Duration FIRST_RETRY = Duration.ofMinutes(1);

    private SilentHost() {}

    /**
     * What was decided of its cluster.
     *
     * @param fencing whether hosts may be fenced at all
     * @param spareWhileItRenews whether one is spared that renews its lease on storage
     * @param broken from how many percent of silent hosts on the network is taken for broken; empty: never
     */
    public record Rules(boolean fencing, boolean spareWhileItRenews, OptionalInt broken) {}

    /** What its controllers say. */
    public enum Power {
        ON,
        OFF,
        UNKNOWN
    }

    /**
     * What is seen of it. What costs time to see is asked only when it matters.
     *
     * @param silence how long nothing was heard of it
     * @param lost whether that is longer than people want to wait
     * @param quiet whether the engine itself came too short ago to judge who is late
     * @param managed whether its power can be switched
     * @param proxy whether there is a host that could do that
     * @param shell whether the engine may sign on there over SSH
     * @param dumping whether its kernel crashed and is writing its memory away now
     * @param silentHosts how many hosts of its cluster are silent, itself among them
     * @param hosts how many hosts of its cluster should serve
     * @param fenced when it was fenced and that worked, if it was not heard of since
     */
    public record Seen(
            Duration silence,
            boolean lost,
            boolean quiet,
            boolean managed,
            boolean proxy,
            boolean shell,
            boolean dumping,
            int silentHosts,
            int hosts,
            Optional<Instant> fenced,
            Supplier<Power> power,
            BooleanSupplier renews) {}

    /**
     * What was done about it since it fell silent.
     *
     * @param next when it is looked at again
     * @param restarted whether its agent was started again
     * @param fencings how often it was to be fenced
     */
    public record Past(Instant next, boolean restarted, int fencings) {

        public static final Past NOTHING = new Past(Instant.MIN, false, 0);

        Past lookAgain(Instant when) {
            return new Past(when, restarted, fencings);
        }
    }

    /** What is to be done now. */
    public sealed interface Act {}

    public record Wait() implements Act {}

    public record RestartAgent() implements Act {}

    /** @param off whether its controllers say that it is off already */
    public record Fence(boolean off) implements Act {}

    public record Spare(Why why, String reason) implements Act {}

    /** Why a host is spared, as far as people are told so in different ways. */
    public enum Why {
        DECIDED,
        NETWORK,
        DUMPING
    }

    public record Decision(Act act, Past past) {}

    public static Decision decide(Rules rules, Seen seen, Past past, Instant now) {
        if (seen.silence().compareTo(ASK_AFTER) < 0 || now.isBefore(past.next())) {
            return new Decision(new Wait(), past);
        }
        var later = past.lookAgain(now.plus(seen.lost() ? SPARED_AGAIN : LOOK_AGAIN));
        boolean switchable = seen.managed() && rules.fencing() && seen.proxy() && !fencedLately(seen, now);
        // That it is off needs no patience: nobody is late who has no power.
        if (switchable && seen.power().get() == Power.OFF) {
            return fence(true, past, now);
        }
        if (!seen.lost()) {
            return new Decision(new Wait(), later);
        }
        if (seen.shell() && !past.restarted() && !seen.dumping()) {
            return new Decision(new RestartAgent(), new Past(now.plus(AGENT_STARTS), true, past.fencings()));
        }
        if (!seen.managed() || seen.quiet() || fencedLately(seen, now)) {
            return new Decision(new Wait(), later);
        }
        return spared(rules, seen).map(spare -> new Decision(spare, later)).orElseGet(() -> fence(false, past, now));
    }

    private static boolean fencedLately(Seen seen, Instant now) {
        return seen.fenced()
                .filter(then -> now.isBefore(then.plus(HOST_STARTS)))
                .isPresent();
    }

    private static Decision fence(boolean off, Past past, Instant now) {
        var pause = FIRST_RETRY.multipliedBy(1L << Math.min(past.fencings(), 10));
        var next = now.plus(pause.compareTo(HOST_STARTS) < 0 ? pause : HOST_STARTS);
        return new Decision(new Fence(off), new Past(next, past.restarted(), past.fencings() + 1));
    }

    private static Optional<Spare> spared(Rules rules, Seen seen) {
        if (!rules.fencing()) {
            return Optional.of(new Spare(Why.DECIDED, "fencing is switched off in its cluster"));
        }
        if (seen.dumping()) {
            return Optional.of(
                    new Spare(Why.DUMPING, "its kernel crashed and writes its memory away, which is waited for"));
        }
        if (!seen.proxy()) {
            return Optional.of(new Spare(
                    Why.DECIDED, "no other host of its cluster or data center is up, which could act as a proxy"));
        }
        if (rules.broken().isPresent()
                && seen.silentHosts() * 100L >= (long) rules.broken().getAsInt() * seen.hosts()) {
            return Optional.of(new Spare(
                    Why.NETWORK,
                    seen.silentHosts() + " of " + seen.hosts() + " hosts of its cluster are silent, which "
                            + rules.broken().getAsInt() + " % or more are taken for a broken network"));
        }
        if (rules.spareWhileItRenews() && seen.renews().getAsBoolean()) {
            return Optional.of(new Spare(
                    Why.DECIDED,
                    "it still renews its lease on storage, and the cluster's fencing policy spares such hosts"));
        }
        return Optional.empty();
    }
}
