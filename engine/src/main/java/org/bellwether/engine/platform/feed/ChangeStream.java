package org.bellwether.engine.platform.feed;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Principal;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.Gate;
import org.bellwether.engine.platform.http.Json;
import org.bellwether.engine.platform.http.Target;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * The change feed as server-sent events. An event {@code change} names an object by collection and id; {@code everything} says
 * that the client has missed some and must look anew. After each batch comes the place to go on from, which
 * the client sends as {@code Last-Event-ID}. Who may not see an object hears only that something in its collection changed. Runs on the request's thread.
 */
public final class ChangeStream implements Endpoint {
    public static final String PATH = "/ovirt-engine/services/changes";

    /** More often than connections are given up for being idle. */
    private static final Duration BEAT = Duration.ofSeconds(15);

    /** Changes come in bursts: one step of a job is three of them. */
    private static final Duration GATHER = Duration.ofMillis(40);

    private static final int STREAMS = 2_000;

    /** The collections whose objects permissions are given on, and the API's name for one of them. */
    private static final Map<String, String> SERVICES = Map.ofEntries(
            Map.entry("vms", "vm"),
            Map.entry("templates", "template"),
            Map.entry("disks", "disk"),
            Map.entry("hosts", "host"),
            Map.entry("clusters", "cluster"),
            Map.entry("data_centers", "data_center"),
            Map.entry("storage_domains", "storage_domain"),
            Map.entry("networks", "network"),
            Map.entry("vnic_profiles", "vnic_profile"),
            Map.entry("vm_pools", "vm_pool"));

    private final ChangeFeed feed;
    private final Gate gate;
    private final Semaphore free = new Semaphore(STREAMS);

    public ChangeStream(ChangeFeed feed, Gate gate) {
        this.feed = feed;
        this.gate = gate;
    }

    @Override
    public WebReply answer(WebRequest request) {
        Secret token = request.bearer().orElse(Secret.of(""));
        if (gate.ofToken(token).isEmpty()) {
            throw Failure.unauthenticated("The changes are told only to who is signed on")
                    .next("Sign on and send the access token with the request");
        }
        String place = request.header("last-event-id").orElse("");
        return new WebReply(200, WebReply.EVENTS, Map.of("X-Accel-Buffering", "no"), out -> {
            if (!free.tryAcquire()) {
                out.write("retry: 30000\n\n".getBytes(StandardCharsets.UTF_8));
                return;
            }
            try {
                stream(new Reader(token, out), place);
            } catch (InterruptedException stopping) {
                Thread.currentThread().interrupt();
            } finally {
                free.release();
            }
        });
    }

    private record Reader(Secret token, OutputStream out) {
        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            out.flush();
        }
    }

    private void stream(Reader reader, String from) throws IOException, InterruptedException {
        reader.send("retry: 2000\n\n");
        String place = from;
        while (true) {
            Optional<ChangeFeed.Batch> batch = feed.after(place, BEAT);
            // A stream must not outlive the session, nor keep it alive, nor tell what its reader may not see any more.
            Optional<Principal> principal = gate.look(reader.token());
            if (batch.isEmpty() || principal.isEmpty()) {
                return;
            }
            place = batch.get().place();
            reader.send(shown(batch.get(), principal.get()));
            Thread.sleep(GATHER);
        }
    }

    private String shown(ChangeFeed.Batch batch, Principal principal) {
        StringBuilder text = new StringBuilder();
        if (batch.everything()) {
            text.append(event("everything", "{}"));
        }
        batch.changes().stream()
                .map(change -> data(change, principal))
                .distinct()
                .forEach(data -> text.append(event("change", data)));
        // Last, so that a client whose connection breaks off in between asks for the whole batch again.
        return text.append("id: ").append(batch.place()).append("\n\n").toString();
    }

    private static String event(String name, String data) {
        return "event: " + name + "\ndata: " + data + "\n\n";
    }

    private String data(Change change, Principal principal) {
        return visible(change, principal)
                ? Json.object(Map.of(
                        "collection", change.collection(), "id", change.id().toString(), "removed", change.removed()))
                : Json.object(Map.of("collection", change.collection()));
    }

    /** Whether one may see an object that is gone cannot be said any more; nor of one that lies in another. */
    private boolean visible(Change change, Principal principal) {
        if (principal.administrator()) {
            return true;
        }
        String service = SERVICES.get(change.collection());
        return service != null
                && !change.removed()
                && gate.sees(principal, new Target(service, change.id().toString()));
    }
}
