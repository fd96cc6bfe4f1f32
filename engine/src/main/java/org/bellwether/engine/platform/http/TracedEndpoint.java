package org.bellwether.engine.platform.http;

import java.util.regex.Pattern;
import org.bellwether.engine.platform.trace.Traces;

/** Has each request to an endpoint told of. In front of it only where somebody collects that. */
public final class TracedEndpoint implements Endpoint {
    private static final Pattern ID = Pattern.compile("/(?:[0-9a-fA-F-]{36}|[0-9a-fA-F]{6,}|[0-9]+)(?=/|$)");

    private final Endpoint behind;
    private final Traces traces;

    public TracedEndpoint(Endpoint behind, Traces traces) {
        this.behind = behind;
        this.traces = traces;
    }

    @Override
    public WebReply answer(WebRequest request) {
        String place = ID.matcher(request.plainPath()).replaceAll("/{id}");
        var span = traces.request(
                        request.method() + " " + place,
                        request.correlation(),
                        request.header("traceparent").orElse(""))
                .note("http.request.method", request.method())
                .note("http.route", place)
                .note("url.path", request.plainPath())
                .note("client.address", request.remote());
        return span.during(() -> {
            WebReply reply;
            try {
                reply = behind.answer(request);
            } catch (RuntimeException thrown) {
                reply = Faults.reply(request, thrown);
                if (reply.status() >= 500) {
                    span.failed(String.valueOf(thrown.getMessage()));
                }
            }
            span.note("http.response.status_code", reply.status());
            return reply;
        });
    }
}
