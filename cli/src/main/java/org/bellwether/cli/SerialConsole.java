package org.bellwether.cli;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * A machine's serial port in this terminal: what is typed goes there, what it prints comes here, until either side ends or
 * Ctrl-] is typed. Where the input is no terminal it is sent to its end, and what the machine says to it is waited for.
 */
final class SerialConsole implements WebSocket.Listener {

    private static final int LEAVE = 0x1d;
    private static final int NORMAL = 1000;
    private static final int PIECE = 4096;
    /** After the end of an input that is no terminal: how long a machine may say nothing before it counts as done. */
    private static final Duration SILENCE = Duration.ofSeconds(2);

    private static final Duration SENDING = Duration.ofSeconds(40);

    private final InputStream in;
    private final PrintStream out;
    private final CountDownLatch over = new CountDownLatch(1);
    private volatile long lastSaid = System.nanoTime();
    private volatile @Nullable String trouble;

    SerialConsole(InputStream in, PrintStream out) {
        this.in = in;
        this.out = out;
    }

    /**
     * Talks until it is over.
     *
     * @throws CommandFailure when the engine ended it for a reason
     */
    void run(WebSocket socket) {
        Thread.ofPlatform().daemon().name("keyboard").start(() -> type(socket));
        try {
            over.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        socket.sendClose(NORMAL, "").orTimeout(1, TimeUnit.SECONDS).exceptionally(gone -> socket);
        out.flush();
        String reason = trouble;
        if (reason != null) {
            throw CommandFailure.refused(409, Text.sentence(reason));
        }
    }

    private void type(WebSocket socket) {
        byte[] piece = new byte[PIECE];
        try {
            for (int count = in.read(piece); count >= 0; count = in.read(piece)) {
                int leave = indexOf(piece, count);
                if (leave != 0) {
                    send(socket, ByteBuffer.wrap(piece.clone(), 0, leave < 0 ? count : leave));
                }
                if (leave >= 0) {
                    over.countDown();
                    return;
                }
            }
            while (System.nanoTime() - lastSaid < SILENCE.toNanos()) {
                Thread.sleep(100);
            }
        } catch (IOException | ExecutionException | TimeoutException e) {
            trouble = "The console broke off: " + e.getMessage();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        over.countDown();
    }

    private void send(WebSocket socket, ByteBuffer bytes)
            throws InterruptedException, ExecutionException, TimeoutException {
        lastSaid = System.nanoTime();
        socket.sendBinary(bytes, true).get(SENDING.toSeconds(), TimeUnit.SECONDS);
    }

    private static int indexOf(byte[] piece, int count) {
        for (int i = 0; i < count; i++) {
            if (piece[i] == LEAVE) {
                return i;
            }
        }
        return -1;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket socket, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        out.write(bytes, 0, bytes.length);
        out.flush();
        lastSaid = System.nanoTime();
        socket.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket socket, int code, String reason) {
        if (code != NORMAL) {
            trouble = reason.isBlank() ? "The engine closed the console with the code " + code : reason;
        }
        over.countDown();
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket socket, Throwable error) {
        trouble = "The console broke off: " + error.getMessage();
        over.countDown();
    }
}
