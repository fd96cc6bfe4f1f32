package org.bellwether.engine.storage;

import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Supplier;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.agents.Agents;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.TransferRequest;
import org.bellwether.protocol.TransferState;

/**
 * A transfer that is open at a host now. The host has the bytes and hears the clients; this side asks after it every second,
 * opens it again when the host's agent was started anew, and ends it as people or its idleness say.
 */
final class TransferSession {

    private static final Duration CALL_LIMIT = Duration.ofSeconds(100);
    private static final Duration COMPLETE_LIMIT = Duration.ofMinutes(11);
    private static final Duration HOST_PATIENCE = Duration.ofSeconds(5);
    /** A host that is not heard for so long will not go on. */
    private static final Duration UNHEARD = Duration.ofSeconds(90);

    private final Agents agents;
    private final Id<Host> host;
    private final OpenTransferRequest request;
    private final Semaphore wake = new Semaphore(0);
    private volatile TransferState state;
    private volatile String address;
    private volatile boolean touched;
    private volatile boolean paused;
    private final AtomicLong before = new AtomicLong();

    private TransferSession(
            Agents agents, Id<Host> host, OpenTransferRequest request, TransferState state, String address) {
        this.agents = agents;
        this.host = host;
        this.request = request;
        this.state = state;
        this.address = address;
    }

    /** Opens it at the host, or finds it open there. */
    static TransferSession open(Agents agents, Id<Host> host, Duration patience, OpenTransferRequest request) {
        var agent = agents.of(host.value(), patience);
        var state = agent.ask(CALL_LIMIT, stub -> stub.openTransfer(request));
        return new TransferSession(agents, host, request, state, agent.host().address());
    }

    Secret ticket() {
        return Secret.of(request.getTicket());
    }

    boolean isUpload() {
        return request.getUpload();
    }

    /** Where the host serves it, with its ticket. */
    URI address() {
        var name = address.indexOf(':') >= 0 ? "[" + address + "]" : address;
        return URI.create("https://" + name + ":" + state.getPort() + "/images/" + request.getTicket());
    }

    long transferred() {
        return before.get() + state.getTransferredBytes();
    }

    /** Somebody still means to go on. */
    void touch() {
        touched = true;
        wake.release();
    }

    /** Its phase has changed. */
    void changed() {
        wake.release();
    }

    /** What {@link #follow} tells. */
    interface Idle {
        /** Nobody has used it for its time. */
        void found(ImageTransfer transfer);
    }

    /**
     * Stays with it until somebody says that it is complete.
     *
     * @param now how it is wished to be
     * @param resumed is told when it goes on after a pause
     * @throws Failure when it was cancelled, or its host is gone
     */
    void follow(Supplier<ImageTransfer> now, Runnable resumed, Idle idle) {
        long heard = System.nanoTime();
        while (true) {
            var transfer = now.get();
            try {
                switch (transfer.phase()) {
                    case FINALIZING_SUCCESS -> {
                        return;
                    }
                    case CANCELLED_USER -> throw TransferImage.cancelled(transfer.name());
                    case CANCELLED_SYSTEM -> throw TransferImage.idle(transfer.name(), transfer.idleSeconds());
                    case PAUSED_USER, PAUSED_SYSTEM -> look(true);
                    case RESUMING -> {
                        look(false);
                        resumed.run();
                    }
                    case INITIALIZING, TRANSFERRING, FINISHED_SUCCESS, FINISHED_FAILURE -> {
                        look(false);
                        if (state.getIdleMs()
                                > Duration.ofSeconds(transfer.idleSeconds()).toMillis()) {
                            idle.found(transfer);
                        }
                    }
                }
                heard = System.nanoTime();
            } catch (Failure failure) {
                if (failure.kind() != Failure.Kind.UNAVAILABLE) {
                    throw failure;
                }
                if (System.nanoTime() - heard > UNHEARD.toNanos()) {
                    throw Failure.unavailable("The transfer of the disk " + transfer.name() + " was cut off")
                            .because(failure.detail())
                            .next("Look at the host, then begin the transfer again");
                }
            }
            pause();
        }
    }

    private void look(boolean pausedNow) {
        var agent = agents.of(host.value(), HOST_PATIENCE);
        address = agent.host().address();
        if (paused != pausedNow || touched) {
            touched = false;
            paused = pausedNow;
            state = reopen(agent);
            return;
        }
        try {
            state = agent.ask(
                    CALL_LIMIT,
                    stub -> stub.inspectTransfer(TransferRequest.newBuilder()
                            .setTransferId(request.getTransferId())
                            .build()));
        } catch (Failure gone) {
            if (gone.kind() != Failure.Kind.NOT_FOUND) {
                throw gone;
            }
            before.addAndGet(state.getTransferredBytes());
            state = reopen(agent);
        }
    }

    private TransferState reopen(HostAgent agent) {
        return agent.ask(
                CALL_LIMIT,
                stub -> stub.openTransfer(
                        request.toBuilder().setResumed(true).setPaused(paused).build()));
    }

    private void pause() {
        try {
            if (wake.tryAcquire(1, TimeUnit.SECONDS)) {
                wake.drainPermits();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while a transfer was under way");
        }
    }

    /**
     * Has the host make all safe, examine it and mark it as whole.
     *
     * @param whole whether that has happened before, when the host does not know the transfer any more
     * @throws Failure with the host's words when what was sent is not what the volume is
     */
    void complete(Supplier<Boolean> whole) {
        var agent = agents.of(host.value(), UNHEARD);
        try {
            close(agent, true);
        } catch (Failure gone) {
            if (gone.kind() != Failure.Kind.NOT_FOUND) {
                throw gone;
            }
            if (!whole.get()) {
                reopen(agent);
                close(agent, true);
            }
        }
    }

    private void close(HostAgent agent, boolean complete) {
        close(agent, request.getTransferId(), complete);
    }

    /** Ends it at the host, whatever came of it; well also when there is none. */
    static void close(HostAgent agent, String transfer, boolean complete) {
        agent.ask(
                COMPLETE_LIMIT,
                stub -> stub.closeTransfer(CloseTransferRequest.newBuilder()
                        .setTransferId(transfer)
                        .setComplete(complete)
                        .build()));
    }
}
