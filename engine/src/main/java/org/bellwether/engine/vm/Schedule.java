package org.bellwether.engine.vm;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;
import org.jspecify.annotations.Nullable;

/**
 * Something to be done with a machine at times.
 *
 * @param lateMinutes for how long it is still done when its time has passed; later it waits for the next time
 * @param keep how many of the snapshots that it took are kept
 * @param owner who wanted it
 * @param next when it is due; null when there is no further time
 * @param made the snapshots that it took, oldest first
 * @param outcome what became of it the last time; null before the first
 */
record Schedule(
        Id<Schedule> id,
        String name,
        Id<Vm> vm,
        Action action,
        Times times,
        int lateMinutes,
        int keep,
        String owner,
        @Nullable Instant next,
        List<Id<Snapshot>> made,
        @Nullable Outcome outcome)
        implements Stored<Schedule> {

    Schedule {
        made = List.copyOf(made);
    }

    enum Action {
        START,
        SHUTDOWN,
        STOP,
        SNAPSHOT
    }

    /** @param due the time that it was done for */
    record Outcome(Instant due, boolean done, String words) {}

    Optional<Instant> due(Instant now) {
        return Optional.ofNullable(next).filter(time -> !time.isAfter(now));
    }

    boolean tooLate(Instant due, Instant now) {
        return now.isAfter(due.plusSeconds(60L * lateMinutes));
    }

    /** The next time counts from now: times that passed together are one. */
    Schedule begun(Instant now) {
        return with(times.after(now).orElse(null), made, outcome);
    }

    Schedule ended(Outcome last) {
        return with(next, made, last);
    }

    Schedule holding(List<Id<Snapshot>> snapshots) {
        return with(next, snapshots, outcome);
    }

    private Schedule with(@Nullable Instant due, List<Id<Snapshot>> snapshots, @Nullable Outcome last) {
        return new Schedule(id, name, vm, action, times, lateMinutes, keep, owner, due, snapshots, last);
    }
}
