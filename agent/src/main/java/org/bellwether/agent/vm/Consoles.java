package org.bellwether.agent.vm;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.ConsoleData;
import org.bellwether.protocol.ConsoleKind;
import org.bellwether.protocol.ConsoleOpening;
import org.bellwether.protocol.ConsoleRequest;
import org.bellwether.protocol.Error;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Consoles of machines: bytes between the engine and the socket on which QEMU listens. libvirt is not asked, so that the
 * console of a machine that hangs can be seen. Each direction has one piece under way: a slow reader slows QEMU's writing.
 */
final class Consoles {
    private static final Logger LOG = LoggerFactory.getLogger(Consoles.class);
    private static final int PIECE = 32 * 1024;

    private final Machines machines;
    /** Who has a machine's serial port now: QEMU serves one at a time, and would let a second wait without a word. */
    private final ConcurrentMap<String, Session> serials = new ConcurrentHashMap<>();

    Consoles(Machines machines) {
        this.machines = machines;
    }

    StreamObserver<ConsoleRequest> open(
            ServerCallStreamObserver<ConsoleData> caller, Function<Throwable, StatusRuntimeException> words) {
        Session session = new Session(caller, words);
        caller.disableAutoRequest();
        caller.setOnReadyHandler(session.ready::release);
        caller.setOnCancelHandler(session::leave);
        caller.request(1);
        return session;
    }

    private UnixDomainSocketAddress address(ConsoleOpening opening) {
        Machine machine = machines.find(opening.getMachineId())
                .orElseThrow(() -> Refusal.notFound("This host has no machine " + opening.getMachineId()));
        DomainView view = machine.view;
        if (view == null || view.foreign()) {
            throw Refusal.wrongState(machine.called() + " was not made by an engine: its consoles stay its owner's");
        }
        if (!MachineStates.on(machine.state.getPower())) {
            throw Refusal.wrongState(machine.called() + " has no console now: it is off")
                    .next("Start it first.");
        }
        boolean serial = opening.getKind() == ConsoleKind.SERIAL;
        String socket = serial ? view.serial() : view.screen();
        if (socket.isEmpty()) {
            throw Refusal.wrongState(machine.called() + (serial ? " has no serial port" : " has no screen"))
                    .next("Enable it in the machine's settings; it is there from its next start on.");
        }
        return UnixDomainSocketAddress.of(socket);
    }

    /** gRPC calls it from virtual threads, one message after the other, so that its writing may wait. */
    private final class Session implements StreamObserver<ConsoleRequest> {
        private final ServerCallStreamObserver<ConsoleData> caller;
        private final Function<Throwable, StatusRuntimeException> words;
        private final Semaphore ready = new Semaphore(0);
        private final Object lock = new Object();
        private @Nullable SocketChannel socket;
        private String serialOf = "";
        private boolean over;

        Session(ServerCallStreamObserver<ConsoleData> caller, Function<Throwable, StatusRuntimeException> words) {
            this.caller = caller;
            this.words = words;
        }

        @Override
        public void onNext(ConsoleRequest request) {
            try {
                SocketChannel now = socket;
                switch (request.getWhatCase()) {
                    case OPEN -> {
                        if (now != null) {
                            throw Refusal.badRequest("A console is opened once");
                        }
                        begin(request.getOpen());
                    }
                    case DATA -> {
                        if (now == null) {
                            throw Refusal.badRequest("A console begins by naming its machine");
                        }
                        for (ByteBuffer left = request.getData().asReadOnlyByteBuffer(); left.hasRemaining(); ) {
                            now.write(left);
                        }
                    }
                    case WHAT_NOT_SET -> throw Refusal.badRequest("An empty message to a console");
                }
                caller.request(1);
            } catch (IOException e) {
                end(null); // QEMU has hung up: the machine is off or has left
            } catch (RuntimeException e) { // the caller must hear of whatever failed
                end(e);
            }
        }

        @Override
        public void onError(Throwable cut) {
            leave();
        }

        @Override
        public void onCompleted() {
            end(null);
        }

        private void begin(ConsoleOpening opening) {
            UnixDomainSocketAddress address = address(opening);
            if (opening.getKind() == ConsoleKind.SERIAL) {
                serialOf = opening.getMachineId();
                Session before = serials.put(serialOf, this);
                if (before != null) {
                    before.end(Refusal.of(Error.Code.IN_USE, "The serial port was opened by somebody else"));
                }
            }
            try {
                SocketChannel opened = SocketChannel.open(StandardProtocolFamily.UNIX);
                synchronized (lock) {
                    socket = opened;
                }
                opened.connect(address);
                caller.onNext(ConsoleData.getDefaultInstance());
                Thread.ofVirtual().name("console").start(() -> read(opened));
                LOG.info("the {} of machine {} was opened", opening.getKind(), opening.getMachineId());
            } catch (IOException e) {
                throw Refusal.wrongState("The console of machine " + opening.getMachineId() + " does not answer")
                        .because(String.valueOf(e.getMessage()))
                        .next("If the machine runs, stop and start it.");
            }
        }

        private void read(SocketChannel from) {
            ByteBuffer piece = ByteBuffer.allocate(PIECE);
            try {
                while (from.read(piece.clear()) >= 0) {
                    ConsoleData data = ConsoleData.newBuilder()
                            .setData(ByteString.copyFrom(piece.flip()))
                            .build();
                    while (!caller.isReady() && !caller.isCancelled()) {
                        if (!ready.tryAcquire(1, TimeUnit.SECONDS)) {
                            LOG.trace("the engine reads a console slowly");
                        }
                    }
                    synchronized (lock) {
                        if (over) {
                            return;
                        }
                        caller.onNext(data);
                    }
                }
                end(null);
            } catch (IOException e) {
                end(null);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                end(null);
            }
        }

        /** The engine has gone: nothing is answered any more. */
        private void leave() {
            synchronized (lock) {
                over = true;
            }
            close();
        }

        private void end(@Nullable RuntimeException failure) {
            synchronized (lock) {
                if (over) {
                    return;
                }
                over = true;
                if (failure == null) {
                    caller.onCompleted();
                } else {
                    caller.onError(words.apply(failure));
                }
            }
            close();
        }

        private void close() {
            ready.release();
            if (!serialOf.isEmpty()) {
                serials.remove(serialOf, this);
            }
            SocketChannel now;
            synchronized (lock) {
                now = socket;
            }
            if (now != null) {
                try {
                    now.close();
                } catch (IOException e) {
                    LOG.debug("closing a console: {}", e.toString());
                }
            }
        }
    }
}
