package org.bellwether.engine.platform.http;

import java.util.Map;
import org.bellwether.api.BadDocument;
import org.bellwether.api.Format;
import org.bellwether.engine.platform.Failure;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The only place where a failure becomes an HTTP answer. Written by hand rather than by the codec, so that it works when
 * everything else does not.
 */
final class Faults {
    private static final Logger log = LoggerFactory.getLogger(Faults.class);
    private static final String FAILED = "Operation Failed";

    private record Fault(int status, String reason, String detail) {}

    private Faults() {}

    /** The fault in the format that the client accepts. */
    static WebReply reply(WebRequest request, Throwable thrown) {
        Fault fault = fault(request, thrown);
        return written(request, fault, false);
    }

    /** The fault of an action, inside the action's own element. */
    static WebReply ofAction(WebRequest request, Throwable thrown) {
        Fault fault = fault(request, thrown);
        return written(request, fault, true);
    }

    private static Fault fault(WebRequest request, Throwable thrown) {
        if (thrown instanceof WebException edge) {
            return new Fault(edge.status(), edge.reason(), edge.detail());
        }
        if (thrown instanceof BadDocument document) {
            int status = document.what() == BadDocument.Cause.LIMIT ? 413 : 400;
            return new Fault(status, document.reason(), document.detail());
        }
        if (thrown instanceof Failure failure) {
            if (failure.kind() == Failure.Kind.INTERNAL) {
                log.error(
                        "{} {} failed, correlation id {}",
                        request.method(),
                        request.path(),
                        request.correlation(),
                        failure);
            }
            return new Fault(status(failure.kind()), FAILED, "[" + failure.detail() + "]");
        }
        log.error("{} {} failed, correlation id {}", request.method(), request.path(), request.correlation(), thrown);
        // Never the exception's own words: they are for the log, and may quote what must not leave.
        return new Fault(
                500,
                FAILED,
                "[The engine made a mistake while answering " + request.method() + " " + request.plainPath()
                        + ". Look for " + request.correlation() + " in the engine's log, and report it as a defect.]");
    }

    private static int status(Failure.Kind kind) {
        return switch (kind) {
            case NOT_FOUND -> 404;
            case BAD_REQUEST -> 400;
            case CONFLICT -> 409;
            case FORBIDDEN -> 403;
            case UNAUTHENTICATED -> 401;
            case UNAVAILABLE -> 503;
            case INTERNAL -> 500;
        };
    }

    private static WebReply written(WebRequest request, Fault fault, boolean action) {
        Format format = Negotiation.accepted(request.header("accept"));
        String text = switch (format) {
            case XML -> xml(fault, action);
            case JSON -> json(fault, action);
        };
        WebReply reply = WebReply.text(fault.status(), format.mediaType(), text);
        return switch (fault.status()) {
            case 401 -> reply.with("WWW-Authenticate", "Basic realm=\"RESTAPI\"");
            case 503 -> reply.with("Retry-After", "5");
            default -> reply;
        };
    }

    private static String xml(Fault fault, boolean action) {
        String inner = "<fault><detail>" + escaped(fault.detail()) + "</detail><reason>" + escaped(fault.reason())
                + "</reason></fault>";
        return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n"
                + (action ? "<action>" + inner + "<status>failed</status></action>" : inner);
    }

    private static String json(Fault fault, boolean action) {
        String inner = Json.object(Map.of("reason", fault.reason(), "detail", fault.detail()));
        return action ? "{\"status\":\"failed\",\"fault\":" + inner + "}" : inner;
    }

    private static String escaped(String text) {
        StringBuilder escaped = new StringBuilder(text.length() + 16);
        text.codePoints().forEach(c -> {
            switch (c) {
                case '<' -> escaped.append("&lt;");
                case '>' -> escaped.append("&gt;");
                case '&' -> escaped.append("&amp;");
                case '\t', '\n' -> escaped.append((char) c);
                default -> {
                    // XML 1.0 has no way to write the other control characters and lone surrogates.
                    boolean writable = c >= ' ' && (c < 0xD800 || c > 0xDFFF) && c != 0xFFFE && c != 0xFFFF;
                    escaped.appendCodePoint(writable ? c : '?');
                }
            }
        });
        return escaped.toString();
    }
}
