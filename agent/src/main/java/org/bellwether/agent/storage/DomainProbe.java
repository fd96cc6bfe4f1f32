package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.time.Clock;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.DomainState;

/**
 * Measures one domain on a thread of its own, which may hang with it: what is told then is that it does not answer, and
 * for how long.
 */
final class DomainProbe {
    private final DomainPlace domain;
    private final Domains domains;
    private final Clock clock;
    private DomainState last;
    private long begunNanos;
    private boolean running;

    DomainProbe(DomainPlace domain, Domains domains, Clock clock) {
        this.domain = domain;
        this.domains = domains;
        this.clock = clock;
        this.last = DomainState.newBuilder()
                .setDomainId(domain.id())
                .setError("It was not measured yet")
                .build();
    }

    /** Begins a measurement unless one still runs. */
    synchronized void measure(Executor threads) {
        if (running) {
            return;
        }
        running = true;
        begunNanos = System.nanoTime();
        try {
            threads.execute(this::run);
        } catch (RejectedExecutionException e) {
            running = false; // the agent is stopping
        }
    }

    /** How the domain is now: the last measurement, or that the running one takes too long. */
    synchronized DomainState state() {
        long seconds = (System.nanoTime() - begunNanos) / TimeUnit.SECONDS.toNanos(1);
        if (running && seconds >= 10) {
            return last.toBuilder()
                    .setReachable(false)
                    .setError("The storage has not answered for " + seconds + " s")
                    .build();
        }
        return last;
    }

    private void run() {
        DomainState state;
        try {
            state = measured();
        } catch (IOException | RuntimeException e) { // whatever is wrong with the storage is what is to be told
            state = DomainState.newBuilder()
                    .setDomainId(domain.id())
                    .setError(
                            e instanceof Refusal ? String.valueOf(e.getMessage()) : "The storage cannot be read: " + e)
                    .setCheckedMs(clock.millis())
                    .build();
        }
        synchronized (this) {
            last = state;
            running = false;
        }
    }

    private DomainState measured() throws IOException {
        long begun = System.nanoTime();
        PastCache.read(domain.metadata());
        double latency = (System.nanoTime() - begun) / 1e9;
        if (domain.block()) {
            Lvm.Group group = domains.block().proved(domain);
            return DomainState.newBuilder()
                    .setDomainId(domain.id())
                    .setReachable(true)
                    .setTotalBytes(group.bytes())
                    .setAvailableBytes(group.freeBytes())
                    .setReadLatencyS(latency)
                    .setCheckedMs(clock.millis())
                    .build();
        }
        domains.read(domain);
        FileStore store = Files.getFileStore(domain.root());
        return DomainState.newBuilder()
                .setDomainId(domain.id())
                .setReachable(true)
                .setTotalBytes(store.getTotalSpace())
                .setAvailableBytes(store.getUsableSpace())
                .setReadLatencyS(latency)
                .setCheckedMs(clock.millis())
                .build();
    }
}
