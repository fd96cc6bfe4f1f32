package org.bellwether.agent;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.time.Duration;
import java.util.UUID;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bellwether.protocol.CloseTransferRequest;
import org.bellwether.protocol.OpenTransferRequest;
import org.bellwether.protocol.TransferState;

/** A client of one transfer, which trusts the engine's authority and nobody else. */
final class TransferClient {
    private final TestHost host;
    private final HttpClient http;
    private final OpenTransferRequest request;
    private URI address = URI.create("https://nowhere/");

    TransferClient(TestHost host, TestEngine engine, OpenTransferRequest.Builder request)
            throws GeneralSecurityException, IOException {
        this.host = host;
        this.request = request.setTransferId(UUID.randomUUID().toString())
                .setTicket(UUID.randomUUID().toString())
                .build();
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setCertificateEntry("authority", engine.authority().certificate());
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext tls = SSLContext.getInstance("TLS");
        tls.init(null, trust.getTrustManagers(), null);
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(tls)
                .connectTimeout(Duration.ofSeconds(10))
                .build();
    }

    TransferClient open() throws IOException {
        return open(false, false);
    }

    TransferClient open(boolean resumed, boolean paused) throws IOException {
        TransferState state = host.agent()
                .openTransfer(request.toBuilder()
                        .setResumed(resumed)
                        .setPaused(paused)
                        .build());
        address = URI.create("https://" + host.address + ":" + state.getPort() + "/images/" + request.getTicket());
        return this;
    }

    String id() {
        return request.getTransferId();
    }

    String path() {
        return address.getPath();
    }

    TransferState close(boolean complete) throws IOException {
        return host.agent()
                .closeTransfer(CloseTransferRequest.newBuilder()
                        .setTransferId(id())
                        .setComplete(complete)
                        .build());
    }

    HttpResponse<byte[]> ask(String method, String suffix, byte[] body, String... headers)
            throws IOException, InterruptedException {
        HttpRequest.Builder asked = HttpRequest.newBuilder(URI.create(address + suffix))
                .timeout(Duration.ofSeconds(60))
                .method(method, BodyPublishers.ofByteArray(body));
        if (headers.length > 0) {
            asked.headers(headers);
        }
        return http.send(asked.build(), BodyHandlers.ofByteArray());
    }

    /** Answers the status. */
    int put(long offset, byte[] bytes) throws IOException, InterruptedException {
        return ask(
                        "PUT",
                        "?flush=n",
                        bytes,
                        "Content-Range",
                        "bytes " + offset + "-" + (offset + bytes.length - 1) + "/*")
                .statusCode();
    }

    int zero(long offset, long size) throws IOException, InterruptedException {
        String wish = "{\"op\":\"zero\",\"offset\":" + offset + ",\"size\":" + size + "}";
        return ask("PATCH", "", wish.getBytes(StandardCharsets.UTF_8)).statusCode();
    }

    byte[] get(long first, long last) throws IOException, InterruptedException {
        return ask("GET", "", new byte[0], "Range", "bytes=" + first + "-" + last)
                .body();
    }

    byte[] all() throws IOException, InterruptedException {
        return ask("GET", "", new byte[0]).body();
    }

    String text(String method, String suffix) throws IOException, InterruptedException {
        return new String(ask(method, suffix, new byte[0]).body(), StandardCharsets.UTF_8);
    }
}
