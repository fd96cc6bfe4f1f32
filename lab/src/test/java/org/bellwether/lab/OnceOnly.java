package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** Looks all the time at QEMU's processes on all hosts. */
final class OnceOnly implements AutoCloseable {
    private final World world;
    private final Map<String, Long> most = new ConcurrentHashMap<>();
    private volatile boolean closed;

    OnceOnly(World world) {
        this.world = world;
        Thread.ofVirtual().name("once-only").start(() -> {
            while (!closed) {
                for (String vm : List.copyOf(most.keySet())) {
                    long now = count(vm);
                    // A process that is just being killed on one host may be seen before one on another is.
                    if (now > 1) {
                        now = executing(vm);
                    }
                    most.merge(vm, now, Math::max);
                }
                Await.holds(Duration.ofMillis(200), () -> closed);
            }
        });
    }

    private long count(String vm) {
        try {
            return world.running(vm);
        } catch (LabFailure | UncheckedIOException | NumberFormatException switchedJustNow) {
            return 0;
        }
    }

    /**
     * Without those that stand still: a machine whose storage fails is paused by its host, which gives its lease back with
     * that, so it goes on only with a new one.
     */
    private long executing(String vm) {
        try {
            return awake(vm);
        } catch (LabFailure | UncheckedIOException | NumberFormatException switchedJustNow) {
            return 0;
        }
    }

    private long awake(String vm) {
        return world.hosts().stream()
                .filter(LabHost::poweredOn)
                .filter(host -> host.qemuProcesses(vm) > 0)
                .filter(host -> !host.attempt(Duration.ofSeconds(10), "virsh", "domstate", vm)
                        .output()
                        .strip()
                        .equals("paused"))
                // It may have been ended while that was asked.
                .filter(host -> host.qemuProcesses(vm) > 0)
                .count();
    }

    void watch(String... vms) {
        for (String vm : vms) {
            most.put(vm, 0L);
        }
    }

    void require() {
        assertThat(most)
                .as("how often each machine ran at once")
                .allSatisfy((vm, times) -> assertThat(times).isEqualTo(1));
    }

    @Override
    public void close() {
        closed = true;
    }
}
