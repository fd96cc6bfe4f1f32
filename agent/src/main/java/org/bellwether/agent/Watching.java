package org.bellwether.agent;

import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import java.util.Set;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.storage.Storage;
import org.bellwether.agent.vm.VirtualMachines;
import org.bellwether.agent.watch.Reports;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.bellwether.protocol.Statistics;
import org.bellwether.protocol.WatchRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Serves the long stream, and beats the pulse by which everything that is due is looked at. */
final class Watching implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Watching.class);
    private static final int USUAL_INTERVAL_MILLIS = 5_000;
    private static final int SHORTEST_INTERVAL_MILLIS = 500;
    private static final int BEAT_MILLIS = 250;
    private static final int SECOND = 1000 / BEAT_MILLIS;
    private static final int DOMAINS_EVERY = 10 * SECOND;
    private static final int HOST_EVERY = 5 * SECOND;

    private final Reports reports;
    private final HostFacts host;
    private final VirtualMachines machines;
    private final Storage storage;
    private final Runnable everySecond;
    private final AtomicInteger interval = new AtomicInteger(USUAL_INTERVAL_MILLIS);
    private volatile boolean closed;
    private volatile boolean hostChanged;
    private volatile @Nullable HostDescription described;

    /** @param everySecond what else is due then; it does not wait */
    Watching(Reports reports, HostFacts host, VirtualMachines machines, Storage storage, Runnable everySecond) {
        this.reports = reports;
        this.host = host;
        this.machines = machines;
        this.storage = storage;
        this.everySecond = everySecond;
    }

    void start() {
        Thread.ofPlatform().daemon().name("pulse").start(this::pulse);
    }

    void watch(WatchRequest request, ServerCallStreamObserver<Report> caller) {
        int asked = request.getStatisticsIntervalMs();
        interval.set(asked == 0 ? USUAL_INTERVAL_MILLIS : Math.max(SHORTEST_INTERVAL_MILLIS, asked));
        Reports.Reader reader = reports.open(this::snapshot);
        Semaphore ready = new Semaphore(0);
        caller.setOnReadyHandler(ready::release);
        caller.setOnCancelHandler(() -> {
            reader.end();
            ready.release();
        });
        // gRPC calls the handlers above only after this method has returned.
        Thread.ofVirtual().name("watch").start(() -> tell(reader, caller, ready));
        LOG.info("the engine watches");
    }

    @Override
    public void close() {
        closed = true;
        reports.close();
    }

    private void tell(Reports.Reader reader, ServerCallStreamObserver<Report> caller, Semaphore ready) {
        try {
            while (!reader.ended()) {
                if (!caller.isReady()) {
                    if (!ready.tryAcquire(1, TimeUnit.SECONDS)) {
                        LOG.debug("the engine reads slowly");
                    }
                    continue;
                }
                for (Report report : reader.take(1000)) {
                    caller.onNext(report);
                }
            }
            if (!caller.isCancelled()) {
                caller.onError((closed
                                ? Status.UNAVAILABLE.withDescription("The agent is stopping; its machines run on")
                                : Status.ABORTED.withDescription("Another watch began"))
                        .asRuntimeException());
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) { // the stream is lost; the engine opens another
            LOG.warn("the engine's watch ended: {}", e.toString());
            if (!caller.isCancelled()) {
                caller.onError(Answers.status(e, "watch"));
            }
        } finally {
            reader.end();
        }
    }

    private @Nullable Snapshot snapshot() {
        if (!machines.read()) {
            return null;
        }
        HostDescription description = host.describe();
        described = description;
        return Snapshot.newBuilder()
                .setHost(description)
                .addAllMachines(machines.states())
                .addAllTasks(storage.images().tasks())
                .addAllDomains(storage.states())
                .build();
    }

    private void pulse() {
        long statisticsDue = 0;
        Set<String> toldReached = Set.of();
        for (long beat = 0; !closed; beat++) {
            try {
                if (beat % SECOND == 0) {
                    machines.pulse();
                    everySecond.run();
                }
                if (beat % DOMAINS_EVERY == 0) {
                    storage.measure();
                }
                if (beat % HOST_EVERY == HOST_EVERY - 1 || hostChanged) {
                    hostChanged = false;
                    compareHost();
                }
                long now = System.nanoTime() / 1_000_000;
                // The engine refuses work on a domain until a host says that it reaches it: that news does not wait.
                Set<String> reached = storage.reached();
                if (now >= statisticsDue || !reached.equals(toldReached)) {
                    toldReached = reached;
                    statisticsDue = now + interval.get();
                    reports.statistics(Statistics.newBuilder()
                            .setHost(host.statistics())
                            .addAllMachines(machines.statistics())
                            .addAllDomains(storage.states())
                            .addAllAffinities(machines.affinities())
                            .build());
                }
                Thread.sleep(BEAT_MILLIS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return;
            } catch (RuntimeException e) { // one bad beat must not stop the pulse
                LOG.error("a beat of the pulse failed", e);
            }
        }
    }

    /** The next beat tells what the host is now. */
    void hostChanged() {
        hostChanged = true;
    }

    private void compareHost() {
        HostDescription now = host.describe();
        HostDescription before = described;
        // Its speed changes all the time; that it has other threads is news.
        CpuDescription cpu = before == null
                ? CpuDescription.getDefaultInstance()
                : before.getCpu().toBuilder()
                        .clearThreads()
                        .addAllThreads(now.getCpu().getThreadsList())
                        .build();
        if (before != null && !now.toBuilder().setCpu(cpu).build().equals(before)) {
            described = now;
            reports.host(now);
        }
    }
}
