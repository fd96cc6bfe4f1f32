package org.bellwether.engine.vm;

import java.time.Clock;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;
import org.bellwether.engine.platform.operation.Operations;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;

/** What is to be done with a machine at times: an addition to the API, described in the engine's README. */
public final class SchedulePages implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/services/schedules";

    private static final int BODY_LIMIT = 16 * 1024;
    private static final int MOST = 20;
    private static final int LONGEST_NAME = 100;
    private static final int MOST_KEPT = 20;
    private static final int LATEST_MINUTES = 24 * 60;

    private final Database database;
    private final Schedules schedules;
    private final Vms vms;
    private final Operations operations;
    private final Events events;
    private final Gate gate;
    private final Clock clock;

    SchedulePages(
            Database database,
            Schedules schedules,
            Vms vms,
            Operations operations,
            Events events,
            Gate gate,
            Clock clock) {
        this.database = database;
        this.schedules = schedules;
        this.vms = vms;
        this.operations = operations;
        this.events = events;
        this.gate = gate;
        this.clock = clock;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var caller = gate.caller(request, "Schedules are told only to who is signed on");
        var path = request.plainPath().substring(PATH.length() + 1).split("/", -1);
        if (path.length < 2 || path.length > 3 || !path[0].equals("vms")) {
            throw Failure.notFound("There is nothing at " + request.plainPath())
                    .next("Use " + PATH + "/vms/{id} and below that the id of a schedule");
        }
        var target = new Target("vm", id(path[1]).toString());
        if (!gate.sees(caller, target)) {
            throw Failure.notFound("There is no virtual machine with the id " + path[1]);
        }
        var vm = vms.get(Id.of(id(path[1])));
        var method = request.method().equals("HEAD") ? "GET" : request.method();
        return switch (method + " " + path.length) {
            case "GET 2" ->
                WebReply.json(
                        200,
                        Json.write(Map.of(
                                "schedule",
                                schedules.of(vm.id()).stream()
                                        .map(SchedulePages::shown)
                                        .toList())));
            case "POST 2" -> WebReply.json(201, Json.write(shown(add(caller, vm, target, request))));
            case "GET 3" -> WebReply.json(200, Json.write(shown(find(vm, path[2]))));
            case "DELETE 3" -> {
                remove(caller, vm, target, find(vm, path[2]));
                yield WebReply.json(200, "{}");
            }
            default ->
                throw Failure.badRequest(request.plainPath() + " does not take " + request.method())
                        .next("GET and POST the list, GET and DELETE one of them");
        };
    }

    private Schedule find(Vm vm, String id) {
        return schedules
                .find(Id.of(id(id)))
                .filter(each -> each.vm().equals(vm.id()))
                .orElseThrow(() -> Failure.notFound("VM " + vm.name() + " has no schedule with the id " + id));
    }

    private Schedule add(Principal caller, Vm vm, Target target, WebRequest request) {
        var sent = org.bellwether.engine.platform.http.Json.texts(request.body().read(BODY_LIMIT));
        var action = action(sent.getOrDefault("action", ""));
        require(caller, action, target);
        var name = sent.getOrDefault("name", "").strip();
        if (name.isEmpty() || name.length() > LONGEST_NAME || name.codePoints().anyMatch(Character::isISOControl)) {
            throw Failure.badRequest("A schedule has a name of 1 to " + LONGEST_NAME + " characters");
        }
        var times = Times.parse(
                sent.getOrDefault("zone", "UTC"),
                sent.getOrDefault("date", ""),
                sent.getOrDefault("days", ""),
                sent.getOrDefault("times", ""));
        var next = times.after(clock.instant())
                .orElseThrow(() -> Failure.badRequest("The time of the schedule " + name + " has passed already")
                        .because("there it is " + times.shown(clock.instant()) + " now"));
        var schedule = new Schedule(
                Id.random(),
                name,
                vm.id(),
                action,
                times,
                number(sent, "late_minutes", 15, 1, LATEST_MINUTES),
                number(sent, "keep", 3, 1, MOST_KEPT),
                caller.name(),
                next,
                List.of(),
                null);
        var asker = new Asker(caller.name(), request.correlation());
        database.change(tx -> {
            // The machine's row is locked meanwhile: two who add at once are counted one after the other.
            vms.update(tx, vm.id(), now -> now);
            var there = schedules.of(tx, vm.id());
            if (there.size() >= MOST) {
                throw Failure.conflict("VM " + vm.name() + " has " + MOST + " schedules, and no more are kept")
                        .next("Remove one that is not needed any more");
            }
            if (there.stream().anyMatch(each -> each.name().equals(name))) {
                throw Failure.conflict("VM " + vm.name() + " has a schedule " + name + " already")
                        .undone("Nothing was changed")
                        .next("Remove that one first, or choose another name");
            }
            schedules.insert(tx, schedule);
            events.add(
                    tx,
                    EventCode.SCHEDULE_ADDED,
                    asker,
                    Concerns.NOTHING.withVm(vm.id()),
                    "The schedule " + name + " of VM " + vm.name() + " was added by " + caller.name() + ": "
                            + action.name().toLowerCase(Locale.ROOT) + ", next at " + times.shown(next) + " ("
                            + times.zone() + ").");
        });
        return schedule;
    }

    private void remove(Principal caller, Vm vm, Target target, Schedule schedule) {
        require(caller, schedule.action(), target);
        operations.requireFree(schedule.id(), "removing the schedule " + schedule.name());
        database.change(tx -> {
            schedules.delete(tx, schedule.id());
            events.add(
                    tx,
                    EventCode.SCHEDULE_REMOVED,
                    new Asker(caller.name(), UUID.randomUUID().toString()),
                    Concerns.NOTHING.withVm(vm.id()),
                    "The schedule " + schedule.name() + " of VM " + vm.name() + " was removed by " + caller.name()
                            + "; the snapshots that it took stay.");
        });
    }

    /** Who may have it done at a time may do it now. */
    private void require(Principal caller, Schedule.Action action, Target target) {
        var permit = switch (action) {
            case START -> Permit.RUN_VM;
            case SHUTDOWN -> Permit.SHUT_DOWN_VM;
            case STOP -> Permit.STOP_VM;
            case SNAPSHOT -> Permit.MANIPULATE_VM_SNAPSHOTS;
        };
        if (!gate.allows(caller, permit, List.of(target))) {
            throw Failure.forbidden(caller.name() + " may not do this with the machine, now or at a time")
                    .because("the permit " + permit.wireName() + " is needed");
        }
    }

    private static Schedule.Action action(String text) {
        for (var action : Schedule.Action.values()) {
            if (action.name().toLowerCase(Locale.ROOT).equals(text)) {
                return action;
            }
        }
        throw Failure.badRequest("There is no action '" + text + "' for a schedule")
                .next("Send start, shutdown, stop or snapshot");
    }

    private static int number(Map<String, String> sent, String name, int usual, int least, int most) {
        var text = sent.get(name);
        if (text == null) {
            return usual;
        }
        try {
            int number = Integer.parseInt(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException none) {
            // said below
        }
        throw Failure.badRequest("The " + name + " of a schedule cannot be '" + text + "'")
                .next("Send a number from " + least + " to " + most);
    }

    private static Map<String, Object> shown(Schedule schedule) {
        Map<String, Object> shown = new LinkedHashMap<>();
        shown.put("id", schedule.id().toString());
        shown.put("name", schedule.name());
        shown.put("vm", Map.of("id", schedule.vm().toString()));
        shown.put("action", schedule.action().name().toLowerCase(Locale.ROOT));
        shown.put("zone", schedule.times().zone());
        Optional.ofNullable(schedule.times().date()).ifPresent(date -> shown.put("date", date));
        if (!schedule.times().days().isEmpty()) {
            shown.put(
                    "days",
                    String.join(
                            ",",
                            schedule.times().days().stream()
                                    .map(day -> day.name().substring(0, 3).toLowerCase(Locale.ROOT))
                                    .toList()));
        }
        shown.put("times", String.join(",", schedule.times().clock()));
        shown.put("late_minutes", schedule.lateMinutes());
        if (schedule.action() == Schedule.Action.SNAPSHOT) {
            shown.put("keep", schedule.keep());
        }
        shown.put("owner", schedule.owner());
        var next = schedule.next();
        if (next != null) {
            shown.put("next", next.toEpochMilli());
        }
        var outcome = schedule.outcome();
        if (outcome != null) {
            shown.put("last", outcome.due().toEpochMilli());
            shown.put("succeeded", outcome.done());
            shown.put("outcome", outcome.words());
        }
        return shown;
    }

    private static UUID id(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException noId) {
            throw Failure.notFound("There is no object with the id '" + text + "'");
        }
    }
}
