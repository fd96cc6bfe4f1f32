package org.bellwether.engine.host;

import static org.bellwether.engine.host.HostScript.QUICK;
import static org.bellwether.engine.host.HostScript.SLOW;

import java.time.Duration;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.operation.Journal;
import org.bellwether.engine.platform.ssh.SshHost;

/** Boots a host anew over SSH, once: each boot has a number, by which an engine that died in between sees which it is in. */
final class HostBoot {

    /** In which a host has shut down, gone through its firmware's tests and booted. */
    private static final Duration BOOT = Duration.ofMinutes(20);

    private static final Duration PAUSE = Duration.ofSeconds(5);

    private final HostScript script;

    HostBoot(HostScript script) {
        this.script = script;
    }

    /** The number of the boot that is to end: when something that was renewed needs that; else empty. */
    String wanted(SshHost ssh) {
        return script.say(ssh, QUICK, "seeing whether it is to be restarted", "restart_wanted")
                .strip();
    }

    String now(SshHost ssh) {
        return script.say(ssh, QUICK, "seeing which boot it is in", "boot").strip();
    }

    /** @param before the number of the boot to end */
    void end(SshHost ssh, String before, Journal journal) {
        // Machines that the engine does not move, such as its own, may still be on their way.
        journal.step("restart it", () -> script.say(ssh, SLOW, "restarting it", "restart", before));
        journal.step("wait for its return", () -> await(ssh, before));
    }

    private void await(SshHost ssh, String before) {
        long end = System.nanoTime() + BOOT.toNanos();
        var last = "it is still in its old boot";
        while (System.nanoTime() < end) {
            try {
                if (!now(ssh).equals(before)) {
                    return;
                }
            } catch (Failure away) {
                last = away.detail();
            }
            pause();
        }
        throw Failure.conflict("Host " + ssh.name() + " has not come back from its restart")
                .because(last)
                .next("Look at its console or its management controller, and say it again when it is there");
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("The engine is stopping");
        }
    }
}
