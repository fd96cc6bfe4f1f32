package org.bellwether.engine.notification;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.security.InvalidKeyException;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bellwether.engine.event.LoggedEvent;
import org.bellwether.engine.platform.http.Json;

/**
 * To a program, by HTTP. Who knows the channel's secret can tell that the engine sent it, and when: the signature is the
 * HMAC-SHA-256 of the timestamp, a full stop and the body.
 */
final class WebhookCourier implements Courier {
    private static final Duration PATIENCE = Duration.ofSeconds(10);
    private static final String HMAC = "HmacSHA256";

    private final InstantSource clock;

    /** Made with the first delivery: it reads all authorities that the JVM trusts, which few engines ever need. */
    private static final class Lazy {
        static final HttpClient CLIENT = HttpClient.newBuilder()
                .connectTimeout(PATIENCE)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    WebhookCourier(InstantSource clock) {
        this.clock = clock;
    }

    @Override
    public void deliver(Channel channel, long delivery, String recipient, LoggedEvent event) throws Undelivered {
        String body = Json.object(document(event));
        String time = Long.toString(clock.instant().getEpochSecond());
        try {
            HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(channel.setting("url", "")))
                    .timeout(PATIENCE)
                    .header("Content-Type", "application/json")
                    .header("X-Bellwether-Delivery", Long.toString(delivery))
                    .header("X-Bellwether-Timestamp", time)
                    .POST(HttpRequest.BodyPublishers.ofString(body));
            if (!channel.secret().isEmpty()) {
                request.header("X-Bellwether-Signature", "sha256=" + signature(channel.secret(), time + "." + body));
            }
            HttpResponse<Void> answer = Lazy.CLIENT.send(request.build(), HttpResponse.BodyHandlers.discarding());
            if (answer.statusCode() < 200 || answer.statusCode() > 299) {
                throw new Undelivered("the receiver answered " + answer.statusCode());
            }
        } catch (IOException | IllegalArgumentException failed) {
            throw new Undelivered("the receiver was not reached", failed);
        } catch (InterruptedException stopping) {
            Thread.currentThread().interrupt();
            throw new Undelivered("the engine is stopping", stopping);
        }
    }

    private static Map<String, Object> document(LoggedEvent event) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("id", event.id());
        members.put("code", event.code());
        members.put("severity", event.severity());
        members.put("time", event.time().toString());
        members.put("message", event.message());
        members.put("correlation_id", event.correlationId());
        members.put("origin", event.origin());
        event.userName().ifPresent(user -> members.put("user", user));
        event.concerns().vm().ifPresent(id -> members.put("vm", id.toString()));
        event.concerns().host().ifPresent(id -> members.put("host", id.toString()));
        event.concerns().cluster().ifPresent(id -> members.put("cluster", id.toString()));
        event.concerns().dataCenter().ifPresent(id -> members.put("data_center", id.toString()));
        event.concerns().storageDomain().ifPresent(id -> members.put("storage_domain", id.toString()));
        event.concerns().template().ifPresent(id -> members.put("template", id.toString()));
        return members;
    }

    static String signature(String secret, String signed) {
        try {
            Mac mac = Mac.getInstance(HMAC);
            mac.init(new SecretKeySpec(secret.getBytes(StandardCharsets.UTF_8), HMAC));
            return HexFormat.of().formatHex(mac.doFinal(signed.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException | InvalidKeyException everyJavaHasIt) {
            throw new IllegalStateException(everyJavaHasIt);
        }
    }
}
