package org.bellwether.engine.storage;

import com.google.protobuf.ByteString;
import io.grpc.StatusRuntimeException;
import io.grpc.stub.ClientCallStreamObserver;
import io.grpc.stub.ClientResponseObserver;
import java.time.Duration;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.AgentErrors;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeData;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.WriteVolumeBegin;
import org.bellwether.protocol.WriteVolumeEnd;
import org.bellwether.protocol.WriteVolumeReply;
import org.bellwether.protocol.WriteVolumeRequest;
import org.jspecify.annotations.Nullable;

/**
 * The stream of a volume's bytes to a host. Bytes are taken only as fast as the host takes them, so that nothing piles up
 * here. Used by one writer at a time.
 */
final class VolumeUpload {

    /** A host that takes no bytes for so long is stuck. */
    private static final Duration STUCK = Duration.ofSeconds(60);

    private static final Duration END_LIMIT = Duration.ofMinutes(10);

    private final String hostName;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private @Nullable ClientCallStreamObserver<WriteVolumeRequest> requests;
    private @Nullable Throwable broken;
    private boolean answered;
    private long end;

    private VolumeUpload(String hostName) {
        this.hostName = hostName;
    }

    static VolumeUpload begin(HostAgent agent, StorageConnection connection, VolumeReference volume) {
        var upload = new VolumeUpload(agent.host().hostName());
        agent.stream().writeVolume(upload.new Answer());
        upload.send(WriteVolumeRequest.newBuilder()
                .setBegin(
                        WriteVolumeBegin.newBuilder().setConnection(connection).setVolume(volume))
                .build());
        return upload;
    }

    void write(long offset, ByteString bytes) {
        send(WriteVolumeRequest.newBuilder()
                .setData(VolumeData.newBuilder().setOffset(offset).setData(bytes))
                .build());
        end = Math.max(end, offset + bytes.size());
    }

    void zero(long offset, long length) {
        send(WriteVolumeRequest.newBuilder()
                .setData(VolumeData.newBuilder().setOffset(offset).setZeroes(length))
                .build());
        end = Math.max(end, offset + length);
    }

    /** How many bytes there are up to the last one that was written. */
    long size() {
        return end;
    }

    /**
     * Says that this was all, and waits until the host has it safe.
     *
     * @throws Failure with the host's words when what was sent is not what the volume is
     */
    void complete() {
        send(WriteVolumeRequest.newBuilder()
                .setEnd(WriteVolumeEnd.newBuilder().setSize(end))
                .build());
        lock.lock();
        try {
            requireRequests().onCompleted();
            long left = END_LIMIT.toNanos();
            while (!answered && broken == null) {
                if (left <= 0) {
                    throw Failure.unavailable("The host " + hostName + " did not complete the upload in time");
                }
                left = changed.awaitNanos(left);
            }
            requireWhole();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while completing an upload");
        } finally {
            lock.unlock();
        }
    }

    /** Breaks it off: the host leaves the volume marked as not usable. */
    void abandon() {
        lock.lock();
        try {
            if (requests != null && !answered && broken == null) {
                requests.cancel("the upload was given up", null);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Why the host ended it; empty while it goes on. */
    boolean isBroken() {
        lock.lock();
        try {
            return broken != null;
        } finally {
            lock.unlock();
        }
    }

    private void send(WriteVolumeRequest request) {
        lock.lock();
        try {
            long left = STUCK.toNanos();
            while (broken == null && !requireRequests().isReady()) {
                if (left <= 0) {
                    throw Failure.unavailable("The host " + hostName + " takes no more bytes")
                            .because("it has taken none for " + STUCK.toSeconds() + " s")
                            .next("Look at the storage on that host, then begin the transfer again");
                }
                left = changed.awaitNanos(left);
            }
            requireWhole();
            requireRequests().onNext(request);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while sending bytes to the host " + hostName);
        } finally {
            lock.unlock();
        }
    }

    void requireWhole() {
        lock.lock();
        try {
            if (broken instanceof StatusRuntimeException status) {
                throw AgentErrors.explain(hostName, status);
            }
            if (broken != null) {
                throw Failure.unavailable("The stream of bytes to the host " + hostName + " broke")
                        .because(String.valueOf(broken.getMessage()));
            }
        } finally {
            lock.unlock();
        }
    }

    private ClientCallStreamObserver<WriteVolumeRequest> requireRequests() {
        if (requests == null) {
            throw new IllegalStateException("the stream has not been opened");
        }
        return requests;
    }

    /** What the host says; called on gRPC's own threads, which must not wait. */
    private final class Answer implements ClientResponseObserver<WriteVolumeRequest, WriteVolumeReply> {
        @Override
        public void beforeStart(ClientCallStreamObserver<WriteVolumeRequest> stream) {
            lock.lock();
            try {
                requests = stream;
            } finally {
                lock.unlock();
            }
            stream.setOnReadyHandler(this::wake);
        }

        @Override
        public void onNext(WriteVolumeReply reply) {
            lock.lock();
            try {
                answered = true;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onError(Throwable thrown) {
            lock.lock();
            try {
                broken = thrown;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }

        @Override
        public void onCompleted() {
            wake();
        }

        private void wake() {
            lock.lock();
            try {
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }
}
