package org.bellwether.agent.storage;

import io.grpc.StatusRuntimeException;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.bellwether.agent.platform.Lane;
import org.bellwether.agent.platform.Lanes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.ReadVolumeRequest;
import org.bellwether.protocol.VolumeData;
import org.bellwether.protocol.WriteVolumeReply;
import org.bellwether.protocol.WriteVolumeRequest;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Streams of a volume's bytes. One piece is under way at a time in each direction, on a platform thread, so that slow
 * storage slows the sender and a slow reader slows the storage, and neither fills memory.
 */
public final class Transfers {
    private static final Logger LOG = LoggerFactory.getLogger(Transfers.class);
    private static final int MOST_PIECE = 1 << 20;

    private final Storage storage;
    private final Lanes lanes;

    public Transfers(Storage storage, Lanes lanes) {
        this.storage = storage;
        this.lanes = lanes;
    }

    /** Bytes coming in; {@code words} makes the status of a failure. */
    public StreamObserver<WriteVolumeRequest> write(
            ServerCallStreamObserver<WriteVolumeReply> caller, Function<Throwable, StatusRuntimeException> words) {
        caller.disableAutoRequest();
        Incoming incoming = new Incoming(caller, words);
        caller.request(1);
        return incoming;
    }

    /** Bytes going out, on a thread of its own. */
    public void read(
            ReadVolumeRequest request,
            ServerCallStreamObserver<VolumeData> caller,
            Function<Throwable, StatusRuntimeException> words) {
        Semaphore ready = new Semaphore(0);
        caller.setOnReadyHandler(ready::release);
        caller.setOnCancelHandler(ready::release);
        lanes.threads().execute(() -> {
            try (VolumeDownload download = storage.images().download(request)) {
                for (Optional<VolumeData> piece = download.next(); piece.isPresent(); piece = download.next()) {
                    while (!caller.isReady() && !caller.isCancelled()) {
                        if (!ready.tryAcquire(1, TimeUnit.SECONDS)) {
                            LOG.trace("the reader is slow");
                        }
                    }
                    if (caller.isCancelled()) {
                        return;
                    }
                    caller.onNext(piece.get());
                }
                caller.onCompleted();
            } catch (IOException e) {
                caller.onError(words.apply(StorageWords.refusal(
                        "read volume " + request.getVolume().getVolumeId(), e)));
            } catch (RuntimeException e) { // the caller must hear of whatever failed
                caller.onError(words.apply(e));
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
    }

    private final class Incoming implements StreamObserver<WriteVolumeRequest> {
        private final ServerCallStreamObserver<WriteVolumeReply> caller;
        private final Function<Throwable, StatusRuntimeException> words;
        private final Lane order = lanes.alone("transfer");
        private @Nullable VolumeUpload upload;
        private boolean over;

        Incoming(ServerCallStreamObserver<WriteVolumeReply> caller, Function<Throwable, StatusRuntimeException> words) {
            this.caller = caller;
            this.words = words;
        }

        @Override
        public void onNext(WriteVolumeRequest request) {
            inOrder(() -> {
                try {
                    take(request);
                } catch (IOException e) {
                    fail(StorageWords.refusal("write the volume", e));
                } catch (RuntimeException e) { // the caller must hear of whatever failed
                    fail(e);
                }
            });
        }

        @Override
        public void onError(Throwable cut) {
            inOrder(() -> {
                LOG.info("a transfer was cut; its volume stays illegal");
                end();
            });
        }

        @Override
        public void onCompleted() {
            inOrder(() -> fail(Refusal.badRequest("The transfer ended without its last word")
                    .undone("The volume stays illegal")));
        }

        /** gRPC tells the end while the last piece is still being written: what comes later waits for that. */
        private void inOrder(Runnable step) {
            order.run("transfer", () -> {
                if (!over) {
                    step.run();
                }
            });
        }

        private void take(WriteVolumeRequest request) throws IOException {
            VolumeUpload now = upload;
            switch (request.getWhatCase()) {
                case BEGIN -> {
                    if (now != null) {
                        throw Refusal.badRequest("A transfer begins once");
                    }
                    upload = storage.images().upload(request.getBegin());
                    caller.request(1);
                }
                case DATA -> {
                    if (request.getData().getData().size() > MOST_PIECE) {
                        throw Refusal.badRequest("A piece of a transfer has at most " + MOST_PIECE + " bytes");
                    }
                    begun(now).write(request.getData());
                    caller.request(1);
                }
                case END -> {
                    begun(now).end(request.getEnd().getSize());
                    end();
                    caller.onNext(WriteVolumeReply.newBuilder()
                            .setSize(request.getEnd().getSize())
                            .build());
                    caller.onCompleted();
                }
                case WHAT_NOT_SET -> throw Refusal.badRequest("An empty message in a transfer");
            }
        }

        private static VolumeUpload begun(@Nullable VolumeUpload upload) {
            if (upload == null) {
                throw Refusal.badRequest("A transfer begins by naming its volume");
            }
            return upload;
        }

        private void fail(RuntimeException failure) {
            end();
            caller.onError(words.apply(failure));
        }

        private void end() {
            over = true;
            VolumeUpload now = upload;
            if (now != null) {
                now.close();
            }
        }
    }
}
