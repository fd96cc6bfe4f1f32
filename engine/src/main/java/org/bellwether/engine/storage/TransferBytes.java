package org.bellwether.engine.storage;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublisher;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import javax.net.ssl.SSLContext;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * The bytes of disks for clients that reach this engine and not the hosts: {@code /ovirt-engine/images/TICKET}. What they
 * ask is asked of the host that has the transfer, and its answer handed on, at the pace of the slower.
 */
public final class TransferBytes implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/images";

    private static final String EXTENTS = "/extents";
    /** With the keys agreed on, which takes a host that is busy its time. */
    private static final Duration CONNECT = Duration.ofSeconds(30);

    private static final Duration ANSWER = Duration.ofMinutes(10);
    private static final List<String> TO_HOST = List.of("range", "content-range", "content-type");
    private static final List<String> TO_CLIENT = List.of("content-range", "accept-ranges", "allow");
    private static final int PIECE = 256 * 1024;

    private final TransferSessions sessions;
    private final HttpClient http;

    /** @param hosts trusts the hosts' certificates */
    public TransferBytes(TransferSessions sessions, SSLContext hosts) {
        this.sessions = sessions;
        this.http = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .sslContext(hosts)
                .connectTimeout(CONNECT)
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    @Override
    public WebReply answer(WebRequest request) {
        var path = request.plainPath().substring(PATH.length() + 1);
        boolean map = path.endsWith(EXTENTS);
        var ticket = map ? path.substring(0, path.length() - EXTENTS.length()) : path;
        var session = sessions.withTicket(Secret.of(ticket))
                .orElseThrow(() -> Failure.notFound("There is no transfer with this ticket")
                        .because("it has ended, or is just being opened")
                        .next("Begin a transfer with POST /ovirt-engine/api/imagetransfers"));
        if (!List.of("OPTIONS", "GET", "PUT", "PATCH").contains(request.method())) {
            throw Failure.badRequest("A disk's bytes cannot be asked for with " + request.method())
                    .next("Use GET, PUT, PATCH or OPTIONS");
        }
        var target = URI.create(
                session.address() + (map ? EXTENTS : "") + (request.query().isEmpty() ? "" : "?" + request.query()));
        return reply(ask(asked(request, target)));
    }

    private static HttpRequest asked(WebRequest request, URI target) {
        var asked = HttpRequest.newBuilder(target).timeout(ANSWER).method(request.method(), body(request));
        TO_HOST.forEach(name -> request.header(name).ifPresent(value -> asked.header(name, value)));
        return asked.build();
    }

    private static BodyPublisher body(WebRequest request) {
        long announced = request.body().announced();
        if (announced == 0 || (announced < 0 && !request.method().startsWith("P"))) {
            return BodyPublishers.noBody();
        }
        var stream = BodyPublishers.ofInputStream(() -> request.body().stream());
        return announced < 0 ? stream : BodyPublishers.fromPublisher(stream, announced);
    }

    private HttpResponse<InputStream> ask(HttpRequest request) {
        try {
            return http.send(request, BodyHandlers.ofInputStream());
        } catch (IOException e) {
            throw Failure.unavailable("The host that has this transfer does not answer, or the bytes broke off")
                    .because(e.getMessage() == null ? e.toString() : e.getMessage())
                    .next("Send or fetch the same range again");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw Failure.unavailable("Interrupted while bytes of a transfer were on their way");
        }
    }

    private static WebReply reply(HttpResponse<InputStream> answer) {
        Map<String, String> headers = new LinkedHashMap<>();
        for (var name : TO_CLIENT) {
            answer.headers().firstValue(name).ifPresent(value -> headers.put(name, value));
        }
        var type = answer.headers().firstValue("content-type").orElse(WebReply.BYTES);
        if (type.equals(WebReply.BYTES)) { // anything else may be compressed on its way
            answer.headers().firstValue("content-length").ifPresent(value -> headers.put("Content-Length", value));
        }
        return new WebReply(answer.statusCode(), type, headers, out -> {
            try (var bytes = answer.body()) {
                var piece = new byte[PIECE];
                for (int count = bytes.read(piece); count >= 0; count = bytes.read(piece)) {
                    out.write(piece, 0, count);
                }
            }
        });
    }
}
