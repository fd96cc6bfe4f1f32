package org.bellwether.agent.transfer;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.VolumeUpload;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.TransferState;

/**
 * A transfer that is open on this host. Requests enter it and leave it; it ends when nobody is inside any more. It lives in
 * memory only: what an agent that died had open, the engine opens again.
 */
final class Transfer {
    private static final Duration LEAVING = Duration.ofSeconds(60);
    private static final int USUAL_LIFE_SECONDS = 120;

    private final OpenTransferRequest request;
    private final ImageBytes bytes;
    private final Optional<VolumeUpload> upload;
    private final AtomicLong transferred = new AtomicLong();
    private volatile long lastUse = System.nanoTime();
    private volatile long askedAfter = System.nanoTime();
    private volatile boolean paused;
    private volatile boolean ended;
    private int inside;

    Transfer(OpenTransferRequest request, ImageBytes bytes, Optional<VolumeUpload> upload) {
        this.request = request;
        this.bytes = bytes;
        this.upload = upload;
        this.paused = request.getPaused();
    }

    String id() {
        return request.getTransferId();
    }

    boolean isUpload() {
        return upload.isPresent();
    }

    ImageBytes bytes() {
        return bytes;
    }

    /** In the same time for every wrong ticket. */
    boolean opensWith(String ticket) {
        return MessageDigest.isEqual(
                ticket.getBytes(StandardCharsets.UTF_8), request.getTicket().getBytes(StandardCharsets.UTF_8));
    }

    /** The engine still means it. */
    void askedAfter() {
        askedAfter = System.nanoTime();
    }

    void pause(boolean now) {
        paused = now;
        lastUse = System.nanoTime();
    }

    /** Whether the engine has not asked after it for the ticket's life. */
    boolean expired() {
        long life = request.getLivesSeconds() == 0 ? USUAL_LIFE_SECONDS : request.getLivesSeconds();
        return System.nanoTime() - askedAfter > Duration.ofSeconds(life).toNanos();
    }

    /** A request begins; refused when the transfer is over or paused. */
    synchronized void enter() throws Denied {
        goOn();
        inside++;
    }

    /** Whether no more than one request is inside. */
    synchronized boolean alone() {
        return inside <= 1;
    }

    synchronized void leave() {
        inside--;
        lastUse = System.nanoTime();
        notifyAll();
    }

    /** Between two pieces: an ended transfer takes and gives nothing more. */
    void goOn() throws Denied {
        if (ended || expired()) {
            throw new Denied(403, "This transfer is over: its ticket is not valid any more");
        }
        if (paused) {
            throw new Denied(403, "This transfer is paused: resume it first");
        }
    }

    void moved(long count) {
        transferred.addAndGet(count);
        lastUse = System.nanoTime();
    }

    synchronized TransferState state(int port) throws IOException {
        return TransferState.newBuilder()
                .setTransferId(id())
                .setPort(port)
                .setTransferredBytes(transferred.get())
                .setIdleMs(
                        inside > 0
                                ? 0
                                : Duration.ofNanos(System.nanoTime() - lastUse).toMillis())
                .setRequests(inside)
                .setSize(bytes.size())
                .build();
    }

    /** Ends it, with what came made safe and examined if it is to be complete. */
    void end(boolean complete) throws IOException {
        ended = true;
        boolean alone = awaitAlone();
        try {
            if (complete && !alone) {
                throw Refusal.wrongState("A client is still sending bytes of the transfer " + id())
                        .undone("The volume stays illegal");
            }
            if (complete && upload.isPresent()) {
                bytes.flush();
            }
        } finally {
            bytes.close();
        }
        if (complete && upload.isPresent()) {
            upload.get().complete();
        }
    }

    private synchronized boolean awaitAlone() {
        long deadline = System.nanoTime() + LEAVING.toNanos();
        while (inside > 0 && System.nanoTime() < deadline) {
            try {
                wait(200);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                return false;
            }
        }
        return inside == 0;
    }
}
