package org.bellwether.agent.vm;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.stream.Stream;
import org.bellwether.agent.host.HostFiles;
import org.bellwether.protocol.MachineState;

/**
 * Sees that a machine's QEMU is gone although libvirt does not say so, because it waits for the storage of that machine. It
 * matters most then: sanlock ends a machine whose lease it cannot renew, and another host is to run it.
 */
final class VanishedQemus {
    /** In which libvirt says it by itself when nothing is wrong. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final Consumer<Machine> vanished;
    private final LongSupplier nanos;
    private final Map<String, Long> missing = new HashMap<>();

    /** @param vanished what is to be done about such a machine */
    VanishedQemus(Consumer<Machine> vanished, LongSupplier nanos) {
        this.vanished = vanished;
        this.nanos = nanos;
    }

    void look(Collection<Machine> machines) {
        Map<String, Long> before = Map.copyOf(missing);
        missing.clear();
        for (Machine machine : machines) {
            MachineState state = machine.state;
            if (MachineStates.on(state.getPower()) && state.getQemuPid() > 0 && !runs(state)) {
                long since = before.getOrDefault(machine.id, nanos.getAsLong());
                if (nanos.getAsLong() - since < PATIENCE.toNanos()) {
                    missing.put(machine.id, since);
                } else {
                    vanished.accept(machine);
                }
            }
        }
    }

    /** A process of that number that began at another time is another one. */
    private static boolean runs(MachineState state) {
        return !dead(Path.of("/proc", Integer.toString(state.getQemuPid())))
                && ProcessHandle.of(state.getQemuPid())
                        .filter(process -> process.info()
                                .startInstant()
                                .map(Instant::toEpochMilli)
                                .filter(start -> state.getStartedMs() != 0 && start != state.getStartedMs())
                                .isEmpty())
                        .isPresent();
    }

    /** One that waits to be reaped and has no thread left: as long as one waits for storage, that may still write. */
    private static boolean dead(Path process) {
        String stat = HostFiles.line(process.resolve("stat"));
        try (Stream<Path> threads = Files.list(process.resolve("task"))) {
            return stat.startsWith(" Z", stat.lastIndexOf(')') + 1) && threads.count() == 1;
        } catch (IOException | UncheckedIOException gone) {
            return true;
        }
    }
}
