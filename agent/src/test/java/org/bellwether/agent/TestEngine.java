package org.bellwether.agent;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.GrpcSslContexts;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.MessageDigest;
import java.security.cert.Certificate;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** As much of an engine as an agent meets: its authority, its enrolment service over HTTPS, and its client certificate. */
public final class TestEngine implements AutoCloseable {
    private final TestAuthority authority = new TestAuthority();
    private final TestAuthority.Holder client = authority.engine();
    private final HttpsServer server;
    private final String secret = UUID.randomUUID().toString();
    private final ConcurrentMap<String, String> enrolled = new ConcurrentHashMap<>();
    private volatile boolean loseAnswer;

    private final TestAuthority.Holder web;

    public TestEngine(String address) throws IOException, GeneralSecurityException {
        this(address, null);
    }

    /** @param organisation signs what it shows over HTTPS; its own authority when there is none */
    public TestEngine(String address, @Nullable TestAuthority organisation)
            throws IOException, GeneralSecurityException {
        server = HttpsServer.create(new InetSocketAddress(address, 0), 0);
        TestAuthority vouches = organisation == null ? authority : organisation;
        web = vouches.web(address);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(web, vouches)));
        server.createContext(
                "/ovirt-engine/services/pki-resource",
                exchange -> reply(exchange, 200, TestAuthority.pem(authority.certificate())));
        server.createContext("/ovirt-engine/services/enrolment", this::enrol);
        server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
        server.start();
    }

    public TestAuthority authority() {
        return authority;
    }

    public String token() throws GeneralSecurityException {
        String fingerprint = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(authority.certificate().getEncoded()));
        return token(fingerprint, secret);
    }

    /** As {@link #token()}, with the fingerprint of the key that it shows. */
    public String tokenWithKey() throws GeneralSecurityException {
        String json = new String(Base64.getUrlDecoder().decode(token()), StandardCharsets.UTF_8);
        String key = HexFormat.of()
                .formatHex(MessageDigest.getInstance("SHA-256")
                        .digest(web.certificate().getPublicKey().getEncoded()));
        return Base64.getUrlEncoder()
                .withoutPadding()
                .encodeToString(
                        json.replace("}", ",\"web_sha256\":\"" + key + "\"}").getBytes(StandardCharsets.UTF_8));
    }

    public String token(String fingerprint, String anySecret) {
        String json = "{\"url\":\"https://" + server.getAddress().getHostString() + ":"
                + server.getAddress().getPort() + "\",\"secret\":\"" + anySecret + "\",\"ca_sha256\":\"" + fingerprint
                + "\"}";
        return Base64.getUrlEncoder().withoutPadding().encodeToString(json.getBytes(StandardCharsets.UTF_8));
    }

    /** The next enrolment is done but its answer does not arrive. */
    public void loseNextAnswer() {
        loseAnswer = true;
    }

    /** A channel to an agent with the engine's certificate. */
    public ManagedChannel channel(String address, int port) throws IOException {
        return channel(address, port, client);
    }

    public ManagedChannel channel(String address, int port, TestAuthority.Holder holder) throws IOException {
        return NettyChannelBuilder.forAddress(address, port)
                .sslContext(GrpcSslContexts.forClient()
                        .keyManager(holder.key().getPrivate(), holder.certificate())
                        .trustManager(authority.certificate())
                        .build())
                .build();
    }

    @Override
    public void close() {
        server.stop(0);
    }

    private void enrol(HttpExchange exchange) throws IOException {
        JsonMapper json = JsonMapper.builder().build();
        JsonNode request = json.readTree(exchange.getRequestBody());
        String token =
                new String(Base64.getUrlDecoder().decode(request.path("token").asText()), StandardCharsets.UTF_8);
        if (!json.readTree(token).path("secret").asText().equals(secret)) {
            reply(exchange, 403, "{\"reason\":\"Operation Failed\",\"detail\":\"[The token is not good any more.]\"}");
            return;
        }
        String id = enrolled.computeIfAbsent(
                request.path("name").asText(), name -> UUID.randomUUID().toString());
        String certificate = TestAuthority.pem(authority.sign(
                request.path("csr").asText(), id, request.path("address").asText()));
        if (loseAnswer) {
            loseAnswer = false;
            exchange.close();
            return;
        }
        reply(
                exchange,
                200,
                json.writeValueAsString(Map.of(
                        "host_id",
                        id,
                        "certificate",
                        certificate,
                        "authority",
                        TestAuthority.pem(authority.certificate()))));
    }

    private static void reply(HttpExchange exchange, int status, String body) throws IOException {
        byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
        exchange.sendResponseHeaders(status, bytes.length);
        exchange.getResponseBody().write(bytes);
        exchange.close();
    }

    private static SSLContext tls(TestAuthority.Holder holder, TestAuthority vouches)
            throws GeneralSecurityException, IOException {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        store.setKeyEntry("web", holder.key().getPrivate(), new char[0], new Certificate[] {
            holder.certificate(), vouches.certificate()
        });
        KeyManagerFactory factory = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(factory.getKeyManagers(), null, null);
        return context;
    }
}
