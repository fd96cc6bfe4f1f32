package org.bellwether.agent.vm;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.bellwether.protocol.MachineState;

/**
 * Ends a QEMU so that it writes nothing any more. Whoever ends it in order, as libvirt does at first, has it write what its
 * caches hold to the disks, and those may be another host's by now.
 */
final class KilledQemu {
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private KilledQemu() {}

    /** Waits a while until it is gone; one that hangs in the kernel goes when that lets it. */
    static void kill(MachineState machine) {
        ProcessHandle.of(machine.getQemuPid())
                .filter(process -> machine.getQemuPid() > 0 && began(process, machine.getStartedMs()))
                .ifPresent(process -> {
                    process.destroyForcibly();
                    await(process);
                });
    }

    /** A process of that number that began at another time is another one. */
    private static boolean began(ProcessHandle process, long startedMs) {
        return process.info()
                .startInstant()
                .map(Instant::toEpochMilli)
                .filter(start -> start == startedMs)
                .isPresent();
    }

    private static void await(ProcessHandle process) {
        try {
            process.onExit().get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
        } catch (TimeoutException | ExecutionException e) {
            // libvirt waits for it in its turn, and says so when it does not end.
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
