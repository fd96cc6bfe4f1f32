package org.bellwether.engine.platform.agents;

import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.grpc.netty.shaded.io.netty.channel.ChannelOption;
import io.grpc.netty.shaded.io.netty.handler.ssl.SslContext;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.BlockAgentGrpc;
import org.bellwether.protocol.CockpitAgentGrpc;
import org.bellwether.protocol.HeirsGrpc;
import org.bellwether.protocol.IdentityAgentGrpc;
import org.bellwether.protocol.KeeperGrpc;
import org.bellwether.protocol.MemoryAgentGrpc;
import org.bellwether.protocol.NetworkAgentGrpc;
import org.bellwether.protocol.PowerAgentGrpc;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.WatchRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The engine's lane to one host: a channel, the long stream that is opened again whenever it breaks, and calls with
 * deadlines. At most {@value #CALLS_AT_ONCE} calls are under way at once, so that a host that hangs holds up only those
 * who ask it.
 */
public final class HostAgent implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(HostAgent.class);
    private static final int CALLS_AT_ONCE = 32;
    private static final Duration SILENCE_LIMIT = Duration.ofSeconds(20);
    private static final Duration LONGEST_PAUSE = Duration.ofSeconds(10);

    private final HostAddress host;
    private final ManagedChannel channel;
    private final AgentListener listener;
    private final Semaphore calls = new Semaphore(CALLS_AT_ONCE);
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Thread watcher;
    private boolean connected;
    private volatile boolean closed;
    private volatile long lastReport = System.nanoTime();

    HostAgent(HostAddress host, SslContext tls, AgentListener listener, Semaphore handshakes) {
        this.host = host;
        this.listener = listener;
        this.channel = NettyChannelBuilder.forAddress(host.address(), host.port())
                .sslContext(tls)
                .withOption(ChannelOption.CONNECT_TIMEOUT_MILLIS, 3_000)
                .keepAliveTime(10, TimeUnit.SECONDS)
                .keepAliveTimeout(5, TimeUnit.SECONDS)
                .maxInboundMessageSize(64 * 1024 * 1024)
                .disableRetry()
                .intercept(new TracedCalls(host.hostName()))
                .build();
        this.watcher = Thread.ofVirtual().name("host-" + host.hostName()).start(() -> watch(handshakes));
    }

    public HostAddress host() {
        return host;
    }

    /** Whether the stream is open and a snapshot has come. */
    public boolean connected() {
        lock.lock();
        try {
            return connected;
        } finally {
            lock.unlock();
        }
    }

    /** Waits for the host to be connected; false when it is not within {@code limit}. */
    public boolean awaitConnected(Duration limit) {
        long left = limit.toNanos();
        lock.lock();
        try {
            while (!connected && left > 0) {
                left = changed.awaitNanos(left);
            }
            return connected;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        } finally {
            lock.unlock();
        }
    }

    /**
     * Asks the agent one thing.
     *
     * @throws Failure with the agent's words, or UNAVAILABLE when it did not answer within {@code deadline}
     */
    public <T> T ask(Duration deadline, Function<AgentGrpc.AgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(AgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about block storage. */
    public <T> T askBlock(Duration deadline, Function<BlockAgentGrpc.BlockAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(BlockAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about the host's certificate. */
    public <T> T askIdentity(Duration deadline, Function<IdentityAgentGrpc.IdentityAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(IdentityAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about the power of other hosts. */
    public <T> T askPower(Duration deadline, Function<PowerAgentGrpc.PowerAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(PowerAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about the engine's own machine. */
    public <T> T askKeeper(Duration deadline, Function<KeeperGrpc.KeeperBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(KeeperGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about what the host does without the engine. */
    public <T> T askHeirs(Duration deadline, Function<HeirsGrpc.HeirsBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(HeirsGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about what the host does when its memory runs low. */
    public <T> T askMemory(Duration deadline, Function<MemoryAgentGrpc.MemoryAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(MemoryAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about who comes into its Cockpit. */
    public <T> T askCockpit(Duration deadline, Function<CockpitAgentGrpc.CockpitAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(CockpitAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    /** As {@link #ask}, about the host's networks. */
    public <T> T askNetwork(Duration deadline, Function<NetworkAgentGrpc.NetworkAgentBlockingStub, T> question) {
        return asked(
                deadline,
                () -> question.apply(NetworkAgentGrpc.newBlockingStub(channel)
                        .withDeadlineAfter(deadline.toMillis(), TimeUnit.MILLISECONDS)));
    }

    private <T> T asked(Duration deadline, Supplier<T> question) {
        try {
            if (!calls.tryAcquire(deadline.toMillis(), TimeUnit.MILLISECONDS)) {
                throw Failure.unavailable("The host " + host.hostName() + " has not answered " + CALLS_AT_ONCE
                                + " earlier calls yet")
                        .next("Look at the host's state and its agent's log");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while waiting for the host " + host.hostName());
        }
        try {
            return question.get();
        } catch (StatusRuntimeException e) {
            throw AgentErrors.explain(host.hostName(), e).from(e);
        } finally {
            calls.release();
        }
    }

    /** For streams of bytes, which set their own pace. */
    public AgentGrpc.AgentStub stream() {
        return AgentGrpc.newStub(channel);
    }

    private void watch(Semaphore handshakes) {
        var pause = Duration.ofMillis(200);
        while (!closed) {
            long opened = System.nanoTime();
            String why;
            try {
                why = readReports(handshakes);
            } catch (StatusRuntimeException e) {
                why = AgentErrors.explain(host.hostName(), e).detail();
            } catch (InterruptedException e) {
                return;
            } catch (RuntimeException e) {
                log.error("A report of the host {} could not be taken in", host.hostName(), e);
                why = "a report could not be taken in: " + e.getMessage();
            }
            connected(false);
            if (closed) {
                return;
            }
            listener.lost(host.hostId(), why);
            boolean livedLong =
                    System.nanoTime() - opened > Duration.ofSeconds(30).toNanos();
            pause = livedLong ? Duration.ofMillis(200) : min(pause.multipliedBy(2), LONGEST_PAUSE);
            if (!sleep(pause)) {
                return;
            }
        }
    }

    /** Returns why the stream ended. Only its opening counts against the number of handshakes at once. */
    private String readReports(Semaphore handshakes) throws InterruptedException {
        var request = WatchRequest.getDefaultInstance();
        var context = io.grpc.Context.current().withCancellation();
        var previous = context.attach();
        var silence = Thread.ofVirtual().unstarted(() -> cancelWhenSilent(context));
        handshakes.acquire();
        boolean opening = true;
        try {
            lastReport = System.nanoTime();
            silence.start();
            // The pauses are ours: left alone, a channel waits up to two minutes before it looks for a host that was
            // away.
            channel.resetConnectBackoff();
            var reports = AgentGrpc.newBlockingStub(channel).watch(request);
            while (reports.hasNext()) {
                var report = reports.next();
                lastReport = System.nanoTime();
                if (opening) {
                    handshakes.release();
                    opening = false;
                }
                listener.reported(host.hostId(), report);
                if (report.getWhatCase() == Report.WhatCase.SNAPSHOT) {
                    connected(true);
                }
            }
            return "the agent ended the stream";
        } finally {
            if (opening) {
                handshakes.release();
            }
            silence.interrupt();
            context.detach(previous);
            context.cancel(null);
        }
    }

    private void cancelWhenSilent(io.grpc.Context.CancellableContext context) {
        while (sleep(Duration.ofSeconds(1)) && !context.isCancelled()) {
            if (System.nanoTime() - lastReport > SILENCE_LIMIT.toNanos()) {
                context.cancel(new java.util.concurrent.TimeoutException(
                        "nothing heard for " + SILENCE_LIMIT.toSeconds() + " s"));
                return;
            }
        }
    }

    private void connected(boolean now) {
        lock.lock();
        try {
            connected = now;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static Duration min(Duration a, Duration b) {
        return a.compareTo(b) < 0 ? a : b;
    }

    private static boolean sleep(Duration time) {
        try {
            Thread.sleep(time);
            return true;
        } catch (InterruptedException e) {
            return false;
        }
    }

    @Override
    public void close() {
        closed = true;
        watcher.interrupt();
        channel.shutdownNow();
    }
}
