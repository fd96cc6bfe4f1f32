package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.PauseReason;
import org.bellwether.protocol.PowerState;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets machines go on that QEMU paused because their storage was full, when there is room again: a file system that has
 * some, a block device that has become larger. Each look is made on a thread of its own, for it may hang with the storage.
 */
final class RoomAgain {
    private static final Logger LOG = LoggerFactory.getLogger(RoomAgain.class);
    private static final long LEAST_BYTES = 64L << 20;
    private static final long PAUSE_NANOS = TimeUnit.SECONDS.toNanos(3);

    private final Executor threads;
    private final Consumer<String> resume;
    private final Map<String, Waiting> waiting = new ConcurrentHashMap<>();

    /** @param sizes of its block devices when it was first seen to wait */
    private record Waiting(long dueNanos, boolean looking, Map<String, Long> sizes) {}

    /** @param resume lets the machine of that id go on */
    RoomAgain(Executor threads, Consumer<String> resume) {
        this.threads = threads;
        this.resume = resume;
    }

    /** Called every second for each machine; does not wait. */
    void look(Machine machine) {
        boolean full = machine.state.getPower() == PowerState.PAUSED
                && machine.state.getPauseReason() == PauseReason.PAUSE_NO_SPACE;
        DomainView view = machine.view;
        if (!full || view == null || view.foreign()) {
            waiting.remove(machine.id);
            return;
        }
        Waiting now = waiting.computeIfAbsent(machine.id, id -> new Waiting(0, false, Map.of()));
        if (!now.looking
                && System.nanoTime() - now.dueNanos >= 0
                && waiting.replace(machine.id, now, new Waiting(now.dueNanos, true, now.sizes))) {
            threads.execute(() -> looked(machine, view, now.sizes));
        }
    }

    private void looked(Machine machine, DomainView view, Map<String, Long> before) {
        Map<String, Long> sizes = new HashMap<>(before);
        try {
            if (room(view, sizes)) {
                LOG.info("{} goes on: its storage has room again", machine.called());
                resume.accept(machine.id);
            }
        } catch (IOException | Refusal e) {
            LOG.debug("{} cannot go on yet: {}", machine.called(), e.toString());
        } finally {
            waiting.computeIfPresent(
                    machine.id, (id, now) -> new Waiting(System.nanoTime() + PAUSE_NANOS, false, Map.copyOf(sizes)));
        }
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

    private static long size(Path device) throws IOException {
        try (FileChannel channel = FileChannel.open(device, StandardOpenOption.READ)) {
            return channel.size();
        }
    }
}
