package org.bellwether.engine.storage;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.agents.AgentErrors;
import org.bellwether.engine.platform.agents.HostAgent;
import org.bellwether.protocol.AgentGrpc;
import org.bellwether.protocol.Extent;
import org.bellwether.protocol.ReadVolumeRequest;
import org.bellwether.protocol.StorageConnection;
import org.bellwether.protocol.VolumeData;
import org.bellwether.protocol.VolumeReference;
import org.bellwether.protocol.VolumeRequest;

/**
 * A transfer that is open now: who knows its ticket may send or fetch bytes, until it is finalized, cancelled or idle for
 * too long. It lives in memory only; a transfer that the engine did not survive is over.
 */
final class TransferSession {

    /** How it ended, when it ended as somebody wished. */
    enum End {
        FINALIZED,
        CANCELLED
    }

    private static final SecureRandom RANDOM = new SecureRandom();
    private static final Duration EXTENTS_LIMIT = Duration.ofSeconds(90);
    private static final int TICKET_BYTES = 32;
    private static final int CHUNK = 256 * 1024;
    private static final byte[] ZEROES = new byte[64 * 1024];

    private final String ticket = newTicket();
    private final ImageTransfer transfer;
    private final Disk disk;
    private final HostAgent agent;
    private final StorageConnection connection;
    private final Optional<VolumeUpload> upload;
    private final ReentrantLock writer = new ReentrantLock();
    private final AtomicLong transferred = new AtomicLong();
    private final CompletableFuture<End> end = new CompletableFuture<>();
    private volatile long lastUse = System.nanoTime();

    private TransferSession(
            ImageTransfer transfer,
            Disk disk,
            HostAgent agent,
            StorageConnection connection,
            Optional<VolumeUpload> upload) {
        this.transfer = transfer;
        this.disk = disk;
        this.agent = agent;
        this.connection = connection;
        this.upload = upload;
    }

    static TransferSession open(ImageTransfer transfer, Disk disk, HostAgent agent, StorageConnection connection) {
        Optional<VolumeUpload> upload = transfer.direction() == ImageTransfer.Direction.UPLOAD
                ? Optional.of(VolumeUpload.begin(agent, connection, volume(disk)))
                : Optional.empty();
        return new TransferSession(transfer, disk, agent, connection, upload);
    }

    private static VolumeReference volume(Disk disk) {
        return Volumes.reference(disk);
    }

    private static String newTicket() {
        var bytes = new byte[TICKET_BYTES];
        RANDOM.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    String ticket() {
        return ticket;
    }

    long transferred() {
        return transferred.get();
    }

    Disk disk() {
        return disk;
    }

    boolean isUpload() {
        return upload.isPresent();
    }

    /** Somebody still means to go on. */
    void touch() {
        lastUse = System.nanoTime();
    }

    /** Ends it as wished; a second wish changes nothing. */
    void end(End wish) {
        end.complete(wish);
    }

    /**
     * Waits for the end, and for an upload until the host has all bytes safe.
     *
     * @return how many bytes went through
     * @throws Failure when it was cancelled, idle for too long, or the host broke it off
     */
    long awaitEnd() {
        try {
            if (await() == End.CANCELLED) {
                throw TransferImage.cancelled(transfer.name());
            }
            // Whoever still writes is let finish; nobody begins anew, because the end is known.
            writer.lock();
            try {
                upload.ifPresent(VolumeUpload::complete);
            } finally {
                writer.unlock();
            }
            return upload.map(VolumeUpload::size).orElseGet(transferred::get);
        } finally {
            end.complete(End.CANCELLED);
            upload.ifPresent(VolumeUpload::abandon);
        }
    }

    private End await() {
        long patience = Duration.ofSeconds(transfer.idleSeconds()).toNanos();
        while (true) {
            try {
                return end.get(1, TimeUnit.SECONDS);
            } catch (TimeoutException goesOn) {
                upload.ifPresent(VolumeUpload::requireWhole);
                if (System.nanoTime() - lastUse > patience) {
                    throw TransferImage.idle(transfer.name(), transfer.idleSeconds());
                }
            } catch (ExecutionException impossible) {
                throw new IllegalStateException(impossible);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw Failure.unavailable("Interrupted while a transfer was under way");
            }
        }
    }

    /**
     * Takes bytes in, as they come.
     *
     * @param length how many must come; -1: as many as there are
     */
    void write(InputStream body, long offset, long length) throws IOException {
        var target = upload.orElseThrow(() -> Failure.conflict("This transfer is a download; it takes no bytes"));
        exclusively(() -> {
            var buffer = new byte[CHUNK];
            long at = offset;
            long left = length < 0 ? Long.MAX_VALUE : length;
            while (left > 0) {
                int count = body.readNBytes(buffer, 0, (int) Math.min(buffer.length, left));
                if (count == 0) {
                    break;
                }
                requireRoom(at, count);
                target.write(at, ByteString.copyFrom(buffer, 0, count));
                at += count;
                left -= count;
                transferred.addAndGet(count);
                touch();
            }
            if (length >= 0 && left > 0) {
                throw Failure.badRequest("The bytes ended too early")
                        .because((length - left) + " came where " + length + " were announced")
                        .next("Send them again from offset " + offset);
            }
        });
    }

    void zero(long offset, long length) throws IOException {
        var target = upload.orElseThrow(() -> Failure.conflict("This transfer is a download; it takes no bytes"));
        exclusively(() -> {
            requireRoom(offset, length);
            target.zero(offset, length);
            touch();
        });
    }

    private void requireRoom(long offset, long length) {
        // A qcow2 file is larger than its disk by its tables; how much, the host knows.
        if (disk.format() == Disk.Format.RAW && (offset + length > disk.provisionedBytes() || offset + length < 0)) {
            throw Failure.badRequest("The bytes do not fit into the disk " + disk.name())
                    .because(
                            "it has " + disk.provisionedBytes() + " bytes, and they would end at " + (offset + length));
        }
    }

    private interface Work {
        void run() throws IOException;
    }

    private void exclusively(Work work) throws IOException {
        if (!writer.tryLock()) {
            throw Failure.conflict("Another request is sending bytes of this transfer")
                    .next("Send one range after another");
        }
        try {
            if (end.isDone()) {
                throw Failure.conflict("This transfer is over");
            }
            work.run();
        } finally {
            writer.unlock();
        }
    }

    /** Where the disk's file has data and where zeroes, in order. */
    List<Extent> extents() {
        touch();
        return agent.ask(EXTENTS_LIMIT, stub -> {
            var extents = new ArrayList<Extent>();
            stub.mapVolume(VolumeRequest.newBuilder()
                            .setConnection(connection)
                            .setVolume(volume(disk))
                            .build())
                    .forEachRemaining(extents::add);
            return extents;
        });
    }

    /** Opens the way out and waits for the first bytes, so that what cannot be read is told before an answer begins. */
    Iterator<VolumeData> read(long offset, long length) {
        touch();
        var parts = AgentGrpc.newBlockingStub(agent.stream().getChannel())
                .readVolume(ReadVolumeRequest.newBuilder()
                        .setConnection(connection)
                        .setVolume(volume(disk))
                        .setOffset(offset)
                        .setLength(length)
                        .build());
        try {
            return parts.hasNext() ? parts : Collections.emptyIterator();
        } catch (io.grpc.StatusRuntimeException e) {
            throw AgentErrors.explain(agent.host().hostName(), e);
        }
    }

    /** Hands bytes out at the pace of whoever takes them. */
    void copy(Iterator<VolumeData> parts, OutputStream out) throws IOException {
        while (parts.hasNext()) {
            var part = parts.next();
            part.getData().writeTo(out);
            for (long left = part.getZeroes(); left > 0; left -= ZEROES.length) {
                out.write(ZEROES, 0, (int) Math.min(left, ZEROES.length));
            }
            transferred.addAndGet(part.getData().size() + part.getZeroes());
            touch();
        }
    }
}
