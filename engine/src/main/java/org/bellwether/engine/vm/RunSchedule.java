package org.bellwether.engine.vm;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.operation.Operation;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Does with a machine what was to be done at a time. It looks first: what is so already is not done again, neither by chance
 * nor after a restart of the engine.
 */
final class RunSchedule implements Operation<RunSchedule.Request> {

    static final String KIND = "run-schedule";
    private static final String ACT = "do it";
    private static final String TAKE = "take the snapshot";
    private static final Duration DOING = Duration.ofHours(1);
    private static final Duration MERGING = Duration.ofHours(12);
    private static final Duration AGAIN = Duration.ofSeconds(10);

    private final Schedules schedules;
    private final Vms vms;
    private final VmLifecycle lifecycle;
    private final Snapshots snapshots;
    private final SnapshotActions actions;
    private final Operations operations;
    private final Events events;
    private final Clock clock;

    RunSchedule(
            Schedules schedules,
            Vms vms,
            VmLifecycle lifecycle,
            Snapshots snapshots,
            SnapshotActions actions,
            Operations operations,
            Events events,
            Clock clock) {
        this.schedules = schedules;
        this.vms = vms;
        this.lifecycle = lifecycle;
        this.snapshots = snapshots;
        this.actions = actions;
        this.operations = operations;
        this.events = events;
        this.clock = clock;
    }

    /**
     * @param shown what the clock showed when it was due
     * @param until how long it may be tried while something else is in its way
     */
    record Request(
            Id<Schedule> schedule,
            String name,
            Id<Vm> vm,
            String vmName,
            Schedule.Action action,
            Instant due,
            String shown,
            Instant until,
            int keep,
            Asker asker) {

        /** By this it is known again. */
        String snapshotName() {
            return name + " " + shown;
        }
    }

    record Done(String words) {}

    record Made(Id<Snapshot> id) {}

    @Override
    public String kind() {
        return KIND;
    }

    @Override
    public Class<Request> requestType() {
        return Request.class;
    }

    @Override
    public String describe(Request request) {
        return "Doing what the schedule " + request.name() + " of VM " + request.vmName() + " says";
    }

    /** Not the machine: what is begun for it locks that. */
    @Override
    public Set<UUID> locks(Request request) {
        return Set.of(request.schedule().value());
    }

    @Override
    public void run(Request request, Journal journal) {
        switch (request.action()) {
            case START -> journal.step(ACT, Done.class, () -> patiently(request, () -> start(request)));
            case SHUTDOWN -> journal.step(ACT, Done.class, () -> patiently(request, () -> shutdown(request)));
            case STOP -> journal.step(ACT, Done.class, () -> patiently(request, () -> stop(request)));
            case SNAPSHOT -> snapshot(request, journal);
        }
    }

    private Done start(Request request) {
        awaitJobOf(request.vm());
        var vm = vms.get(request.vm());
        var status = vms.status(vm);
        if (status != VmStatus.DOWN && status != VmStatus.SUSPENDED && status != VmStatus.PAUSED) {
            return new Done("it ran already");
        }
        lifecycle
                .start(vm, Optional.empty(), false, Optional.empty(), request.asker())
                .ifPresent(job -> operations.await(job, DOING));
        return new Done("it was started");
    }

    private Done shutdown(Request request) {
        var vm = vms.get(request.vm());
        if (vm.host() == null) {
            return new Done("it was down already");
        }
        if (vms.status(vm) != VmStatus.POWERING_DOWN) {
            lifecycle.shutdown(vm, request.asker());
        }
        return new Done("its guest was asked to shut down");
    }

    private Done stop(Request request) {
        awaitJobOf(request.vm());
        var vm = vms.get(request.vm());
        if (vm.host() == null && vm.suspended() == null) {
            return new Done("it was down already");
        }
        operations.await(lifecycle.stop(vm, "the schedule " + request.name(), request.asker()), DOING);
        return new Done("it was powered off");
    }

    /** What this began before the engine died goes on by itself. */
    private void awaitJobOf(Id<Vm> vm) {
        operations.holding(vm).ifPresent(job -> operations.await(job, DOING));
    }

    private void snapshot(Request request, Journal journal) {
        var made = journal.step(TAKE, Made.class, () -> patiently(request, () -> taken(request)));
        journal.commit("write down that it is the schedule's", tx -> {
            var all = new java.util.ArrayList<>(
                    schedules.find(request.schedule()).map(Schedule::made).orElse(List.of()));
            all.remove(made.id());
            all.add(made.id());
            if (schedules.find(request.schedule()).isPresent()) {
                schedules.update(tx, request.schedule(), now -> now.holding(all));
            }
        });
        journal.step(ACT, Done.class, () -> {
            operations.holding(made.id()).ifPresent(job -> operations.await(job, DOING));
            if (snapshots
                    .find(made.id())
                    .filter(snapshot -> snapshot.state() == Snapshot.State.OK)
                    .isEmpty()) {
                throw Failure.conflict("The snapshot " + request.snapshotName() + " was not taken")
                        .next("See the events of the machine for the reason");
            }
            return new Done("the snapshot " + request.snapshotName() + " was taken");
        });
        journal.step("remove what is older than it keeps", () -> removeOlder(request));
    }

    private Made taken(Request request) {
        var there = snapshots.of(request.vm()).stream()
                .filter(each ->
                        each.kind() == Snapshot.Kind.REGULAR && each.name().equals(request.snapshotName()))
                .findFirst();
        return new Made(there.orElseGet(() ->
                        actions.take(vms.get(request.vm()), request.snapshotName(), List.of(), false, request.asker()))
                .id());
    }

    private void removeOlder(Request request) {
        while (true) {
            var all = schedules.find(request.schedule()).map(Schedule::made).orElse(List.of()).stream()
                    .flatMap(id -> snapshots.find(id).stream())
                    .toList();
            if (all.size() <= request.keep()) {
                return;
            }
            var oldest = all.getFirst();
            patiently(request, () -> {
                operations.holding(oldest.id()).ifPresent(job -> operations.await(job, MERGING));
                if (snapshots.find(oldest.id()).isPresent()) {
                    operations.await(actions.remove(vms.get(request.vm()), oldest, request.asker()), MERGING);
                }
                return true;
            });
        }
    }

    /** Whatever else is being done with the machine comes to its end. */
    private <T> T patiently(Request request, Supplier<T> attempt) {
        while (true) {
            try {
                return attempt.get();
            } catch (Failure failure) {
                boolean passing = failure.kind() == Failure.Kind.UNAVAILABLE
                        || operations.holding(request.vm()).isPresent();
                if (!passing || clock.instant().isAfter(request.until())) {
                    throw failure;
                }
                SnapshotChains.sleep(AGAIN);
            }
        }
    }

    @Override
    public void undo(Request request, Journal journal) {
        // What was begun has ended by itself, or tells why it has not.
    }

    @Override
    public void succeeded(Request request, Journal journal, Transaction tx) {
        var words = journal.outcome(ACT, Done.class).map(Done::words).orElse("it was done");
        end(request, tx, true, words);
        events.add(
                tx,
                EventCode.SCHEDULE_DONE,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "The schedule " + request.name() + " of VM " + request.vmName() + ", due " + request.shown() + ": "
                        + words + ".");
    }

    @Override
    public void failed(Request request, Journal journal, Failure failure, Transaction tx) {
        end(request, tx, false, failure.detail());
        events.add(
                tx,
                EventCode.SCHEDULE_FAILED,
                request.asker(),
                Concerns.NOTHING.withVm(request.vm()),
                "What the schedule " + request.name() + " of VM " + request.vmName() + " says for " + request.shown()
                        + " was not done: " + failure.detail());
    }

    private void end(Request request, Transaction tx, boolean done, String words) {
        if (schedules.find(request.schedule()).isPresent()) {
            schedules.update(
                    tx,
                    request.schedule(),
                    now -> now.ended(new Schedule.Outcome(request.due(), done, words))
                            .holding(now.made().stream()
                                    .filter(id -> snapshots.find(id).isPresent())
                                    .toList()));
        }
    }
}
