package org.bellwether.lab;

import java.io.ByteArrayOutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HexFormat;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;

/** A WebSocket whose words a test sends and awaits. */
final class WebSocketTalk implements WebSocket.Listener, AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final HttpClient http;
    private final ByteArrayOutputStream heard = new ByteArrayOutputStream();
    private @Nullable WebSocket socket;
    private volatile int code = -1;
    private volatile String reason = "";

    private WebSocketTalk(HttpClient http) {
        this.http = http;
    }

    static WebSocketTalk open(Path authority, String url) {
        HttpClient http = HttpClient.newBuilder()
                .sslContext(ApiClient.trusting(authority))
                .build();
        WebSocketTalk talk = new WebSocketTalk(http);
        talk.socket = http.newWebSocketBuilder()
                .subprotocols("binary")
                .buildAsync(URI.create(url), talk)
                .join();
        return talk;
    }

    void send(String text) {
        send(text.getBytes(StandardCharsets.UTF_8));
    }

    void send(byte[] bytes) {
        WebSocket now = socket;
        if (now != null) {
            now.sendBinary(ByteBuffer.wrap(bytes), true).join();
        }
    }

    /** Waits until the text was heard; what came up to its end is forgotten. */
    void await(String text) {
        awaitBytes(HexFormat.of().formatHex(text.getBytes(StandardCharsets.UTF_8)));
    }

    /** Waits for the text and answers what came before it. */
    String until(String text) {
        String[] before = {""};
        if (!Await.holds(PATIENCE, () -> {
            synchronized (this) {
                String all = heard.toString(StandardCharsets.UTF_8);
                int at = all.indexOf(text);
                if (at < 0) {
                    return false;
                }
                before[0] = all.substring(0, at);
                heard.reset();
                heard.writeBytes(all.substring(at + text.length()).getBytes(StandardCharsets.UTF_8));
                return true;
            }
        })) {
            throw new LabFailure(
                    "waited in vain for " + text + "; heard: " + heard + " closed: " + code + " " + reason);
        }
        return before[0];
    }

    void awaitBytes(String hex) {
        if (!Await.holds(PATIENCE, () -> taken(hex))) {
            throw new LabFailure("waited in vain for " + hex + "; heard: " + heard + " closed: " + code + " " + reason);
        }
    }

    private synchronized boolean taken(String hex) {
        String all = HexFormat.of().formatHex(heard.toByteArray());
        int at = all.indexOf(hex);
        while (at > 0 && at % 2 != 0) {
            at = all.indexOf(hex, at + 1);
        }
        if (at < 0) {
            return false;
        }
        byte[] rest = HexFormat.of().parseHex(all.substring(at + hex.length()));
        heard.reset();
        heard.writeBytes(rest);
        return true;
    }

    /** The code with which the other side closed; -1 when it has not within the time. */
    int closed(Duration within) {
        return Await.holds(within, () -> code >= 0) ? code : -1;
    }

    String reason() {
        return reason;
    }

    @Override
    public @Nullable CompletionStage<?> onBinary(WebSocket from, ByteBuffer data, boolean last) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        synchronized (this) {
            heard.writeBytes(bytes);
        }
        from.request(1);
        return null;
    }

    @Override
    public CompletionStage<?> onClose(WebSocket from, int status, String why) {
        reason = why;
        code = status;
        return CompletableFuture.completedFuture(null);
    }

    @Override
    public void onError(WebSocket from, Throwable error) {
        reason = String.valueOf(error.getMessage());
        code = 0;
    }

    @Override
    public void close() {
        WebSocket now = socket;
        if (now != null) {
            now.abort();
        }
        http.shutdownNow();
    }
}
