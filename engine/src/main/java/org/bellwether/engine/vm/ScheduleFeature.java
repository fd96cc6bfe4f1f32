package org.bellwether.engine.vm;

import java.time.Clock;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.store.Database;

/** Puts together what does things with machines at times. */
public final class ScheduleFeature {

    private final Database database;
    private final Operations operations;
    private final Vms vms;
    private final Events events;
    private final Clock clock;
    private final Schedules schedules;
    private final KeepSchedules keeper;

    ScheduleFeature(
            Database database,
            Operations operations,
            Vms vms,
            VmLifecycle lifecycle,
            Snapshots snapshots,
            SnapshotActions snapshotActions,
            Events events,
            Clock clock) {
        this.database = database;
        this.operations = operations;
        this.vms = vms;
        this.events = events;
        this.clock = clock;
        this.schedules = new Schedules(database);
        schedules.load();
        this.keeper = new KeepSchedules(
                database,
                schedules,
                vms,
                operations,
                operations.known(new RunSchedule(
                        schedules, vms, lifecycle, snapshots, snapshotActions, operations, events, clock)),
                events,
                clock);
    }

    /** What begins things when they are due, to be started when the engine acts. */
    public KeepSchedules keeper() {
        return keeper;
    }

    /** Where people see, add and remove schedules. */
    public SchedulePages pages(Gate gate) {
        return new SchedulePages(database, schedules, vms, operations, events, gate, clock);
    }
}
