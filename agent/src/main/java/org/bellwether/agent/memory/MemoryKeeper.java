package org.bellwether.agent.memory;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;
import org.bellwether.agent.host.HostFiles;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.vm.Balloons;
import org.bellwether.agent.vm.Balloons.Balloon;
import org.bellwether.protocol.MemoryFloor;
import org.bellwether.protocol.MemoryPolicy;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * While the host's memory is low, equal pages of machines are merged, and machines give back what they do not use, a little
 * at a time and never below what they are guaranteed; when there is enough again, they get it back. As the engine said last,
 * with or without it.
 */
public final class MemoryKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(MemoryKeeper.class);
    private static final String NOTE = "policy";
    private static final Duration PACE = Duration.ofSeconds(10);
    private static final double HUNDRED = 100;
    /** Between low and enough nothing is done, so that it does not go to and fro. */
    private static final int MARGIN_PERCENT = 5;
    /** Of what a machine has, so much at a time. */
    private static final double STEP = 0.05;
    /** Of what a guest sees, so much stays free. */
    private static final double GUEST_RESERVE = 0.2;

    private final Balloons balloons;
    private final Ksm ksm;
    private final int lowPercent;
    private final Supplier<Map<String, Long>> memory;
    private final Notes<MemoryPolicy> notes;
    private volatile MemoryPolicy policy;
    private volatile boolean closed;

    /** @param lowPercent of its memory available counts as low */
    public MemoryKeeper(Path stateDirectory, Balloons balloons, int lowPercent) throws IOException {
        this(
                stateDirectory,
                balloons,
                lowPercent,
                new Ksm(Path.of("/sys/kernel/mm/ksm")),
                () -> HostFiles.memory(HostFiles.line(Path.of("/proc/meminfo"))));
    }

    MemoryKeeper(Path stateDirectory, Balloons balloons, int lowPercent, Ksm ksm, Supplier<Map<String, Long>> memory)
            throws IOException {
        this.balloons = balloons;
        this.lowPercent = lowPercent;
        this.ksm = ksm;
        this.memory = memory;
        this.notes = new Notes<>(stateDirectory.resolve("memory"), MemoryPolicy.getDefaultInstance());
        this.policy = notes.all().getOrDefault(NOTE, MemoryPolicy.getDefaultInstance());
    }

    public void start() {
        Thread.ofPlatform().daemon().name("memory").start(this::watch);
    }

    /** What the engine says now. */
    public void keep(MemoryPolicy now) {
        if (!now.equals(policy)) {
            policy = now;
            notes.write(NOTE, now);
        }
    }

    private void watch() {
        while (!closed) {
            try {
                Thread.sleep(PACE);
                look();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) { // one bad look must not end the watch
                LOG.error("the memory of this host was not looked after", e);
            }
        }
    }

    void look() {
        Map<String, Long> now = memory.get();
        double available =
                HUNDRED * now.getOrDefault("MemAvailable", 0L) / Math.max(1, now.getOrDefault("MemTotal", 1L));
        MemoryPolicy told = policy;
        if (available < lowPercent) {
            if (told.getMerge()) {
                ksm.run(told.getMergeAcrossNodes());
            }
            shrink(told);
        } else if (available >= lowPercent + MARGIN_PERCENT) {
            ksm.stop();
            grow(told);
        }
        if (!told.getMerge()) {
            ksm.stop();
        }
    }

    private static Map<String, Long> floors(MemoryPolicy told) {
        Map<String, Long> floors = new HashMap<>();
        for (MemoryFloor floor : told.getFloorsList()) {
            floors.put(floor.getMachineId(), floor.getBytes());
        }
        return floors;
    }

    private void shrink(MemoryPolicy told) {
        Map<String, Long> floors = floors(told);
        if (floors.isEmpty()) {
            return;
        }
        for (Balloon each : balloons.read()) {
            long floor = floors.getOrDefault(each.machine(), Long.MAX_VALUE);
            // Of a guest without a driver nothing comes back, however it is asked.
            long spare = each.guest() == 0 ? 0 : each.free() - (long) (each.guest() * GUEST_RESERVE);
            long less = Math.min(spare, (long) (each.now() * STEP));
            if (less > 0 && each.now() > floor) {
                long to = Math.max(floor, each.now() - less);
                LOG.info("memory runs low: machine {} is to do with {} MiB", each.machine(), to >> 20);
                balloons.set(each.machine(), to);
            }
        }
    }

    /** Also of machines whose memory is not to be taken back any more. */
    private void grow(MemoryPolicy told) {
        if (told.equals(MemoryPolicy.getDefaultInstance())) {
            return;
        }
        for (Balloon each : balloons.read()) {
            if (each.now() < each.most() && each.now() > 0) {
                long to = Math.min(each.most(), each.now() + (long) (each.most() * STEP));
                balloons.set(each.machine(), to);
            }
        }
    }

    @Override
    public void close() {
        closed = true;
        ksm.stop();
    }
}
