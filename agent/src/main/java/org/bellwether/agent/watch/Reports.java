package org.bellwether.agent.watch;

import java.time.Clock;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MachineGone;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.bellwether.protocol.Statistics;
import org.bellwether.protocol.TaskState;
import org.bellwether.protocol.Trouble;
import org.jspecify.annotations.Nullable;

/**
 * What is to be told to the engine. One reader at a time; of each thing only the newest state waits, so that a slow
 * engine costs no more memory than there are machines.
 */
public final class Reports {
    private final Clock clock;
    private @Nullable Reader reader;

    public Reports(Clock clock) {
        this.clock = clock;
    }

    /**
     * Makes a new reader, and ends the one before. It gets what is told from now on; the snapshot is taken after that, so
     * that nothing falls between.
     *
     * @param snapshot everything there is, or null as long as libvirt was not read yet
     */
    public synchronized Reader open(Supplier<@Nullable Snapshot> snapshot) {
        Reader before = reader;
        if (before != null) {
            before.end();
        }
        Reader fresh = new Reader(snapshot);
        reader = fresh;
        return fresh;
    }

    /** Ends the reader, as when the agent stops. */
    public synchronized void close() {
        Reader now = reader;
        if (now != null) {
            now.end();
        }
    }

    public void machine(MachineState state) {
        tell("machine " + state.getMachineId(), Report.newBuilder().setMachine(state));
    }

    public void gone(String machineId) {
        tell(
                "machine " + machineId,
                Report.newBuilder().setMachineGone(MachineGone.newBuilder().setMachineId(machineId)));
    }

    public void task(TaskState state) {
        tell("task " + state.getTaskId(), Report.newBuilder().setTask(state));
    }

    public void host(HostDescription description) {
        tell("host", Report.newBuilder().setHost(description));
    }

    public void statistics(Statistics statistics) {
        tell("statistics", Report.newBuilder().setStatistics(statistics));
    }

    /** libvirt stopped answering, or answers again (empty words). */
    public void trouble(String words) {
        tell("trouble", Report.newBuilder().setTrouble(Trouble.newBuilder().setLibvirt(words)));
    }

    private void tell(String thing, Report.Builder report) {
        Reader now;
        synchronized (this) {
            now = reader;
        }
        if (now != null) {
            now.add(thing, report);
        }
    }

    /** One stream's view. */
    public final class Reader {
        private final Supplier<@Nullable Snapshot> snapshot;
        private final Map<String, Report.Builder> waiting = new LinkedHashMap<>();
        private final ArrayDeque<Report.Builder> first = new ArrayDeque<>();
        private boolean begun;
        private boolean ended;
        private long sequence;

        private Reader(Supplier<@Nullable Snapshot> snapshot) {
            this.snapshot = snapshot;
        }

        /**
         * Waits for something to tell; empty after {@code millis}. Before the snapshot was sent, only trouble and the
         * snapshot itself are told: it holds all the rest.
         */
        public List<Report> take(long millis) throws InterruptedException {
            if (!begun()) {
                Snapshot everything = snapshot.get();
                if (everything != null) {
                    begin(everything);
                }
            }
            synchronized (this) {
                long deadline = System.nanoTime() + TimeUnit.MILLISECONDS.toNanos(millis);
                for (long left = millis;
                        !something() && !ended && left > 0;
                        left = (deadline - System.nanoTime()) / 1_000_000) {
                    wait(left);
                }
                List<Report> taken = new ArrayList<>();
                while (!first.isEmpty()) {
                    taken.add(numbered(first.poll()));
                }
                if (begun) {
                    waiting.values().forEach(report -> taken.add(numbered(report)));
                    waiting.clear();
                } else {
                    Report.Builder trouble = waiting.remove("trouble");
                    if (trouble != null) {
                        taken.add(numbered(trouble));
                    }
                }
                return taken;
            }
        }

        public synchronized boolean ended() {
            return ended;
        }

        /** The stream is over, from either side. */
        public synchronized void end() {
            ended = true;
            notifyAll();
        }

        private synchronized boolean begun() {
            return begun;
        }

        private synchronized void begin(Snapshot everything) {
            // What waits was told before the snapshot was taken or is told once more: telling it after is harmless.
            first.add(Report.newBuilder().setSnapshot(everything));
            begun = true;
        }

        private synchronized boolean something() {
            return !first.isEmpty() || (begun ? !waiting.isEmpty() : waiting.containsKey("trouble"));
        }

        private synchronized void add(String thing, Report.Builder report) {
            if (!ended) {
                waiting.remove(thing); // so that it comes in the order of its newest state
                waiting.put(thing, report);
                notifyAll();
            }
        }

        private Report numbered(Report.Builder report) {
            return report.setSequence(++sequence).setTimeMs(clock.millis()).build();
        }
    }
}
