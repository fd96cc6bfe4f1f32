package org.bellwether.engine.vm;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bellwether.engine.platform.agents.AgentErrors;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.engine.platform.http.SocketPlace;
import org.bellwether.protocol.ConsoleData;
import org.bellwether.protocol.ConsoleKind;
import org.bellwether.protocol.ConsoleOpening;
import org.bellwether.protocol.ConsoleRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One open console: a client's WebSocket and a call of its host's agent, joined. One message is under way in each
 * direction, so that a slow end slows the other and none fills the engine's memory.
 */
final class ConsoleBridge implements SocketPlace.Talk, ClientResponseObserver<ConsoleRequest, ConsoleData> {

    private static final Logger log = LoggerFactory.getLogger(ConsoleBridge.class);

    /** How soon somebody who may not use the machine any more is sent away. */
    private static final Duration LOOK = Duration.ofSeconds(15);

    private static final Duration OPENING = Duration.ofSeconds(10);
    private static final Duration STALLED = Duration.ofSeconds(30);

    private final HostAgent agent;
    private final String machine;
    private final ConsoleKind kind;
    private final SocketPlace.Peer peer;
    private final BooleanSupplier allowed;
    private final Consumer<Boolean> told;
    private final AtomicBoolean opened = new AtomicBoolean();
    private final CountDownLatch over = new CountDownLatch(1);
    private final Semaphore room = new Semaphore(0);
    private @Nullable ClientCallStreamObserver<ConsoleRequest> call;

    /**
     * @param allowed whether who opened it may still use it
     * @param told hears that it was opened, and that it was closed
     */
    ConsoleBridge(
            HostAgent agent,
            String machine,
            ConsoleKind kind,
            SocketPlace.Peer peer,
            BooleanSupplier allowed,
            Consumer<Boolean> told) {
        this.agent = agent;
        this.machine = machine;
        this.kind = kind;
        this.peer = peer;
        this.allowed = allowed;
        this.told = told;
    }

    void open() {
        agent.stream().openConsole(this);
        toAgent()
                .onNext(ConsoleRequest.newBuilder()
                        .setOpen(ConsoleOpening.newBuilder()
                                .setMachineId(machine)
                                .setKind(kind))
                        .build());
        Thread.ofVirtual().name("console-" + machine).start(this::watch);
    }

    private ClientCallStreamObserver<ConsoleRequest> toAgent() {
        var begun = call;
        if (begun == null) {
            throw new IllegalStateException("the call has not begun");
        }
        return begun;
    }

    @Override
    public void beforeStart(ClientCallStreamObserver<ConsoleRequest> stream) {
        call = stream;
        stream.disableAutoRequestWithInitial(1);
        stream.setOnReadyHandler(room::release);
    }

    /** From the machine. */
    @Override
    public void onNext(ConsoleData data) {
        var stream = toAgent();
        if (opened.compareAndSet(false, true)) {
            Thread.ofVirtual().start(() -> told.accept(true));
        }
        if (data.getData().isEmpty()) {
            stream.request(1);
        } else {
            peer.send(data.getData().asReadOnlyByteBuffer(), () -> stream.request(1));
        }
    }

    @Override
    public void onError(Throwable failure) {
        var reason = failure instanceof StatusRuntimeException status
                ? AgentErrors.explain(agent.host().hostName(), status).detail()
                : String.valueOf(failure.getMessage());
        log.info("The console of machine {} ended: {}", machine, reason);
        end(SocketPlace.FAILED, reason);
    }

    @Override
    public void onCompleted() {
        end(SocketPlace.ENDED, "The machine ended it");
    }

    /** From the client. */
    @Override
    public void received(ByteBuffer message) {
        var stream = toAgent();
        long deadline = System.nanoTime() + STALLED.toNanos();
        try {
            while (!stream.isReady() && over.getCount() > 0) {
                if (System.nanoTime() > deadline) {
                    end(SocketPlace.FAILED, "The machine takes nothing more");
                    stream.cancel("the machine takes nothing more", null);
                    return;
                }
                if (!room.tryAcquire(1, TimeUnit.SECONDS)) {
                    log.trace("machine {} takes what is typed slowly", machine);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return;
        }
        try {
            stream.onNext(ConsoleRequest.newBuilder()
                    .setData(ByteString.copyFrom(message))
                    .build());
        } catch (IllegalStateException ended) {
            log.debug("Something was typed into the console of machine {} that has just ended", machine, ended);
        }
    }

    @Override
    public void closed() {
        over.countDown();
        toAgent().cancel("the client has gone", null);
    }

    private void end(int code, String reason) {
        over.countDown();
        peer.close(code, reason);
    }

    /** Sends away who may not look any more, and a client whose host says nothing; then tells that it is over. */
    private void watch() {
        try {
            long begun = System.nanoTime();
            while (!over.await(Math.min(LOOK.toSeconds(), OPENING.toSeconds()), TimeUnit.SECONDS)) {
                boolean late = !opened.get() && System.nanoTime() - begun > OPENING.toNanos();
                if (late || !allowed.getAsBoolean()) {
                    end(
                            late ? SocketPlace.FAILED : SocketPlace.NOT_ALLOWED,
                            late ? "The host did not answer in time" : "You may not use this console any more");
                    toAgent().cancel("ended by the engine", null);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (opened.get()) {
            told.accept(false);
        }
    }
}
