package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/** Starting, stopping and moving machines. */
final class VmPower {

    private final Session session;
    private final WaitOptions waiting;

    VmPower(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    void start(Entity vm, @Nullable String host) {
        ObjectNode action = Json.object();
        if (host != null) {
            action.putObject("vm")
                    .putObject("placement_policy")
                    .putObject("hosts")
                    .putArray("host")
                    .add(Json.reference(host));
        }
        act(vm, "start", action);
        if (waiting.wait) {
            var up = session.waiting(waiting).untilStatus(path(vm), "machine " + vm.name(), "up");
            session.printer().done(up, "Machine " + vm.name() + " is up" + on(up));
        } else {
            begun(vm, "starting");
        }
    }

    void stop(Entity vm) {
        act(vm, "stop", Json.object());
        down(vm);
    }

    void shutdown(Entity vm) {
        act(vm, "shutdown", Json.object());
        try {
            down(vm);
        } catch (CommandFailure failure) {
            if (failure.kind() != CommandFailure.Kind.IN_VAIN) {
                throw failure;
            }
            throw CommandFailure.inVain(
                    "The guest of machine %s was asked to shut down and has not within %s. Wait longer with --timeout, or switch it off with: bw vm stop %s"
                            .formatted(vm.name(), Text.seconds(waiting.limit()), vm.name()));
        }
    }

    void suspend(Entity vm) {
        act(vm, "suspend", Json.object());
        if (waiting.wait) {
            var rests = session.waiting(waiting).untilStatus(path(vm), "machine " + vm.name(), "suspended");
            session.printer().done(rests, "Machine " + vm.name() + " is suspended");
        } else {
            begun(vm, "being suspended");
        }
    }

    void reboot(Entity vm, boolean force) {
        ObjectNode action = Json.object();
        if (force) {
            action.put("force", "true");
        }
        act(vm, "reboot", action);
        if (waiting.wait) {
            var up = session.waiting(waiting).untilStatus(path(vm), "machine " + vm.name(), "up");
            session.printer().done(up, "Machine " + vm.name() + " was restarted" + on(up));
        } else {
            begun(vm, "restarting");
        }
    }

    void migrate(Entity vm, @Nullable String host) {
        ObjectNode action = Json.object();
        String destination = "";
        if (host != null) {
            destination = session.lookup().find(Kind.HOST, host).id();
            action.putObject("host").put("id", destination);
        }
        act(vm, "migrate", action);
        if (!waiting.wait) {
            begun(vm, "migrating");
            return;
        }
        var wait = session.waiting(waiting);
        String what = "machine " + vm.name() + " to run on " + (host == null ? "another host" : host);
        String wanted = destination;
        if (wanted.isEmpty()) {
            wait.untilJobsEnd(what);
        }
        var moved = wait.until(
                path(vm),
                what,
                now -> now.status().equals("up")
                        && (wanted.isEmpty() || now.text("host.id").equals(wanted)));
        session.printer().done(moved, "Machine " + vm.name() + " runs" + on(moved));
    }

    private void down(Entity vm) {
        if (waiting.wait) {
            var down = session.waiting(waiting).untilStatus(path(vm), "machine " + vm.name(), "down");
            session.printer().done(down, "Machine " + vm.name() + " is down");
        } else {
            begun(vm, "stopping");
        }
    }

    private void begun(Entity vm, String what) {
        session.printer().done(session.engine().get(path(vm)), "Machine " + vm.name() + " is " + what);
    }

    private String on(Entity vm) {
        return session.printer().asJson()
                ? ""
                : VmSheet.host(session, vm).map(host -> " on " + host).orElse("");
    }

    private void act(Entity vm, String verb, ObjectNode action) {
        session.engine().post(path(vm) + "/" + verb, action);
    }

    private static String path(Entity vm) {
        return Kind.VM.path(vm);
    }
}
