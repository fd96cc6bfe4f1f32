package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Begins what is due. That a time is over and that its job is begun is written in one transaction, so that no time counts
 * twice; one that passed while no engine ran is made up for, or passed over with an event when it is too late.
 */
public final class KeepSchedules implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(KeepSchedules.class);
    private static final Duration PACE = Duration.ofSeconds(1);
    /** Also what is late must be tried for a while. */
    private static final Duration PATIENCE = Duration.ofMinutes(2);

    private final Database database;
    private final Schedules schedules;
    private final Vms vms;
    private final Operations operations;
    private final RunSchedule run;
    private final Events events;
    private final Clock clock;
    private volatile boolean closed;

    KeepSchedules(
            Database database,
            Schedules schedules,
            Vms vms,
            Operations operations,
            RunSchedule run,
            Events events,
            Clock clock) {
        this.database = database;
        this.schedules = schedules;
        this.vms = vms;
        this.operations = operations;
        this.run = run;
        this.events = events;
        this.clock = clock;
    }

    /** Once, when the engine acts. */
    public void start() {
        Thread.ofVirtual().name("schedules").start(() -> {
            while (!closed) {
                schedules.all().forEach(this::look);
                try {
                    Thread.sleep(PACE);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return;
                }
            }
        });
    }

    private void look(Schedule schedule) {
        try {
            var vm = vms.model().find(schedule.vm());
            if (vm.isEmpty()) {
                if (operations.holding(schedule.id()).isEmpty()) {
                    database.change(tx -> schedules.delete(tx, schedule.id()));
                }
                return;
            }
            var now = clock.instant();
            var due = schedule.due(now);
            if (due.isEmpty()) {
                return;
            }
            if (schedule.tooLate(due.get(), now)) {
                passOver(schedule, vm.get(), due.get(), now, "the engine was not there at that time");
            } else if (operations.holding(schedule.id()).isPresent()) {
                passOver(schedule, vm.get(), due.get(), now, "what it was to do the time before has not ended yet");
            } else {
                begin(schedule, vm.get(), due.get(), now);
            }
        } catch (RuntimeException e) { // one bad look must not be the last
            if (!closed) {
                log.warn("The schedule {} could not be looked after: {}", schedule.name(), e.getMessage());
            }
        }
    }

    private void begin(Schedule schedule, Vm vm, Instant due, Instant now) {
        var until = due.plusSeconds(60L * schedule.lateMinutes());
        var asker = new Asker(schedule.owner(), java.util.UUID.randomUUID().toString());
        var request = new RunSchedule.Request(
                schedule.id(),
                schedule.name(),
                vm.id(),
                vm.name(),
                schedule.action(),
                due,
                schedule.times().shown(due),
                until.isBefore(now.plus(PATIENCE)) ? now.plus(PATIENCE) : until,
                schedule.keep(),
                asker);
        operations.begin(
                run,
                request,
                asker,
                tx -> schedules.update(
                        tx, schedule.id(), each -> still(each, due).begun(now)));
    }

    private static Schedule still(Schedule schedule, Instant due) {
        if (!due.equals(schedule.next())) {
            throw Failure.conflict("The schedule " + schedule.name() + " was changed a moment ago");
        }
        return schedule;
    }

    private void passOver(Schedule schedule, Vm vm, Instant due, Instant now, String why) {
        database.change(tx -> {
            schedules.update(
                    tx,
                    schedule.id(),
                    each -> still(each, due).begun(now).ended(new Schedule.Outcome(due, false, "passed over: " + why)));
            events.add(
                    tx,
                    EventCode.SCHEDULE_PASSED_OVER,
                    Asker.engine(),
                    Concerns.NOTHING.withVm(vm.id()),
                    "What the schedule " + schedule.name() + " of VM " + vm.name() + " says for "
                            + schedule.times().shown(due) + " is not done: " + why + ".");
        });
    }

    @Override
    public void close() {
        closed = true;
    }
}
