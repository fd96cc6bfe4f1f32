package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.bellwether.agent.storage.PastCache;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.StorageErrorBehaviour;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What becomes of machines that QEMU paused because their storage was full or failed. They go on when there is room again (a
 * file system that has some, a block device that has become larger) or when the storage answers again; unless they are to
 * stay paused, or to be ended when that takes too long. Each look is made on a thread of its own, for it may hang with the
 * storage.
 */
final class StorageAgain {
    private static final Logger LOG = LoggerFactory.getLogger(StorageAgain.class);
    private static final long LEAST_BYTES = 64L << 20;
    private static final long PAUSE = Duration.ofSeconds(3).toNanos();
    private static final long LONGEST_PAUSE = Duration.ofSeconds(60).toNanos();
    /** A machine that has run on for so long has not been let go on in vain. */
    private static final long CALM = Duration.ofMinutes(2).toNanos();
    /** As oVirt has it: by then another host may have been given the machine's lease. */
    static final Duration PATIENCE = Duration.ofSeconds(80);

    private final Executor threads;
    private final Consumer<String> resume;
    private final Consumer<String> kill;
    private final LongSupplier nanos;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /**
     * A machine that waits, or waited a moment ago.
     *
     * @param since when it was first seen to wait
     * @param due when it may be looked at next
     * @param sizes of its block devices when it was first seen to wait
     * @param resumed how often it was let go on and came back soon
     */
    private record Waiting(
            boolean waits, long since, long due, boolean looking, Map<String, Long> sizes, int resumed) {}

    /**
     * Nobody waits yet.
     *
     * @param resume lets the machine of that id go on
     * @param kill ends the machine of that id
     * @param nanos the time, as {@link System#nanoTime} tells it
     */
    StorageAgain(Executor threads, Consumer<String> resume, Consumer<String> kill, LongSupplier nanos) {
        this.threads = threads;
        this.resume = resume;
        this.kill = kill;
        this.nanos = nanos;
    }

    /** Called every second for each machine; does not wait. */
    void look(Machine machine) {
        PauseReason reason = machine.state.getPauseReason();
        boolean paused = machine.state.getPower() == PowerState.PAUSED
                && (reason == PauseReason.PAUSE_NO_SPACE || reason == PauseReason.PAUSE_IO_ERROR);
        DomainView view = machine.view;
        long now = nanos.getAsLong();
        if (!paused || view == null || view.foreign()) {
            waiting.computeIfPresent(
                    machine.id, (id, before) -> before.waits || now - before.due > CALM ? null : before);
            return;
        }
        StorageErrorBehaviour wish =
                view.definition().map(MachineDefinition::getStorageError).orElse(StorageErrorBehaviour.AUTO_RESUME);
        if (wish == StorageErrorBehaviour.LEAVE_PAUSED) {
            return;
        }
        Waiting known = waiting.compute(machine.id, (id, before) -> {
            if (before == null) {
                return new Waiting(true, now, now, false, Map.of(), 0);
            }
            return before.waits ? before : new Waiting(true, now, before.due, false, Map.of(), before.resumed);
        });
        boolean late = wish == StorageErrorBehaviour.KILL && now - known.since > PATIENCE.toNanos();
        if (!known.looking
                && now - known.due >= 0
                && waiting.replace(
                        machine.id,
                        known,
                        new Waiting(true, known.since, known.due, true, known.sizes, known.resumed))) {
            threads.execute(() -> {
                if (late) {
                    end(machine);
                } else {
                    looked(machine, view, reason, known);
                }
            });
        }
    }

    private void end(Machine machine) {
        LOG.warn("{} is ended: its storage has not come back for {} s", machine.called(), PATIENCE.toSeconds());
        try {
            kill.accept(machine.id);
        } catch (RuntimeException e) { // it is tried again
            LOG.warn("{} could not be ended: {}", machine.called(), e.toString());
        } finally {
            lookAgain(machine, Map.of());
        }
    }

    private void looked(Machine machine, DomainView view, PauseReason reason, Waiting before) {
        Map<String, Long> sizes = new HashMap<>(before.sizes);
        try {
            if (reason == PauseReason.PAUSE_NO_SPACE ? room(view, sizes) : answers(view)) {
                LOG.info(
                        "{} goes on: its storage {}",
                        machine.called(),
                        reason == PauseReason.PAUSE_NO_SPACE ? "has room again" : "answers again");
                resume.accept(machine.id);
                int times = before.resumed + 1;
                long pause = Math.min(LONGEST_PAUSE, PAUSE << Math.min(times, 5));
                waiting.put(machine.id, new Waiting(false, 0, nanos.getAsLong() + pause, false, Map.of(), times));
                return;
            }
        } catch (IOException | RuntimeException e) { // it waits on, whatever is wrong
            LOG.debug("{} cannot go on yet: {}", machine.called(), e.toString());
        }
        lookAgain(machine, sizes);
    }

    private void lookAgain(Machine machine, Map<String, Long> sizes) {
        waiting.computeIfPresent(
                machine.id,
                (id, now) -> new Waiting(
                        now.waits, now.since, nanos.getAsLong() + PAUSE, false, Map.copyOf(sizes), now.resumed));
    }

    private static boolean room(DomainView view, Map<String, Long> sizes) throws IOException {
        boolean files = true;
        boolean devices = false;
        boolean grown = false;
        for (String name : view.files()) {
            Path path = Path.of(name);
            if (Files.isRegularFile(path)) {
                files &= Files.getFileStore(path).getUsableSpace() >= LEAST_BYTES;
            } else {
                devices = true;
                long size = size(path);
                Long before = sizes.putIfAbsent(name, size);
                grown |= before != null && size > before;
            }
        }
        return files && (grown || !devices);
    }

    private static boolean answers(DomainView view) throws IOException {
        for (String name : view.files()) {
            PastCache.read(Path.of(name));
        }
        return true;
    }

    private static long size(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            return channel.size();
        }
    }
}
