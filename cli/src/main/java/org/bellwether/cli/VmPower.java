package org.bellwether.cli;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Starting, stopping and moving machines. */
final class VmPower {

    private final Session session;
    private final WaitOptions waiting;

    VmPower(Session session, WaitOptions waiting) {
        this.session = session;
        this.waiting = waiting;
    }

    /** How a machine is started otherwise than it is set up. */
    static final class OnceOptions {
        @Option(
                names = "--boot",
                split = ",",
                paramLabel = "DEVICE",
                description = "From what, in this order, this time: hd, cdrom, network.")
        @Nullable
        List<String> boot;

        @Option(names = "--cd", paramLabel = "DISK", description = "The CD in its drive this time.")
        @Nullable
        String cd;

        @Option(names = "--paused", description = "Let it stand still until somebody says: bw vm resume.")
        boolean paused;

        @Option(names = "--first-boot", description = "Show the guest its settings for the first boot again.")
        boolean again;
    }

    void start(Entity vm, @Nullable String host, OnceOptions once, FirstBootOptions firstBoot) {
        ObjectNode action = Json.object();
        if (once.paused) {
            action.put("pause", "true");
        }
        if (once.again || firstBoot.said()) {
            action.put("use_cloud_init", "true");
        }
        if (once.boot != null) {
            VmSettings.order(action.withObject("/vm"), once.boot);
        }
        if (once.cd != null) {
            action.withObject("/vm/cdroms")
                    .putArray("cdrom")
                    .addObject()
                    .putObject("file")
                    .put("id", session.lookup().find(Kind.DISK, once.cd).id());
        }
        if (firstBoot.said()) {
            firstBoot.into(action.withObject("/vm"));
        }
        if (host != null) {
            action.withObject("/vm/placement_policy")
                    .putObject("hosts")
                    .putArray("host")
                    .add(Json.reference(host));
        }
        act(vm, "start", action);
        String wanted = once.paused ? "paused" : "up";
        if (waiting.wait) {
            var up = session.waiting(waiting).untilStatus(path(vm), "machine " + vm.name(), wanted);
            session.printer().done(up, "Machine " + vm.name() + " is " + wanted + on(up));
        } else {
            begun(vm, "starting");
        }
    }

    /** Of a machine that stands still, starting is letting it go on. */
    void resume(Entity vm) {
        if (!vm.status().equals("paused")) {
            throw CommandFailure.refused(
                    409,
                    "Machine " + vm.name() + " does not stand still: it is "
                            + vm.status().replace('_', ' ') + ".");
        }
        start(vm, null, new OnceOptions(), new FirstBootOptions());
    }

    void stop(Entity vm, @Nullable String reason) {
        act(vm, "stop", reason == null ? Json.object() : Json.object().put("reason", reason));
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
