package org.bellwether.engine.platform.http;

import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Enumeration;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Javalin ends: turns its context into a {@link WebRequest}, writes the {@link WebReply} and one line of the access
 * log. Whatever is thrown behind it leaves as a fault.
 */
final class Door implements Handler {
    private static final Logger log = LoggerFactory.getLogger(Door.class);
    private static final Logger accessLog = LoggerFactory.getLogger("access");

    /** A segment longer than any id, such as the ticket of a transfer: whoever reads it may use it, so no log shows it. */
    private static final Pattern SECRET_SEGMENT = Pattern.compile("/[A-Za-z0-9_-]{40,}");

    private final Endpoint site;

    Door(Endpoint site) {
        this.site = site;
    }

    @Override
    public void handle(Context context) {
        long begin = System.nanoTime();
        WebRequest request = request(context.req());
        WebReply reply = answer(request);
        HttpServletResponse response = context.res();
        CountingStream out = new CountingStream();
        try {
            write(request, reply, response, out);
        } catch (IOException gone) {
            log.debug("The client {} went away during {} {}", request.remote(), request.method(), request.path(), gone);
        } catch (RuntimeException | Error defect) {
            reply = spoiled(request, response, out, defect);
        }
        context.skipRemainingHandlers();
        accessLog.info(
                "{} {} {} {} {} bytes {} ms {}",
                request.remote(),
                request.method(),
                printable(path(request) + query(request)),
                reply.status(),
                out.count(),
                (System.nanoTime() - begin) / 1_000_000,
                request.correlation());
    }

    /** Not of sign-ons, to which others bring codes. */
    private static String query(WebRequest request) {
        return request.query().isEmpty() || request.path().startsWith("/ovirt-engine/sso/")
                ? ""
                : "?" + request.query();
    }

    private static String path(WebRequest request) {
        return SECRET_SEGMENT.matcher(request.path()).replaceAll("/...");
    }

    private WebReply answer(WebRequest request) {
        try {
            return site.answer(request);
        } catch (RuntimeException | Error thrown) {
            return Faults.reply(request, thrown);
        }
    }

    private static void write(WebRequest request, WebReply reply, HttpServletResponse response, CountingStream out)
            throws IOException {
        response.setStatus(reply.status());
        response.setHeader("Content-Type", reply.contentType());
        response.setHeader("Correlation-Id", request.correlation());
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cache-Control", "no-store");
        reply.headers().forEach(response::setHeader);
        if (request.method().equals("HEAD") || reply.status() == 304) {
            return;
        }
        if (reply.contentType().equals(WebReply.EVENTS)) {
            // Nothing is held back of a stream without an end.
            reply.body().writeTo(out.to(response.getOutputStream()));
            return;
        }
        boolean gzip = !reply.contentType().equals(WebReply.BYTES)
                && !reply.headers().containsKey("Content-Encoding")
                && request.header("accept-encoding")
                        .map(encodings -> encodings.toLowerCase(Locale.ROOT).contains("gzip"))
                        .orElse(false);
        // Not closed after an exception: that would make half a body look whole.
        Compressing compressing = new Compressing(response, out, gzip);
        reply.body().writeTo(compressing);
        compressing.close();
    }

    /** A body that could not be written: a fault if nothing of it has left yet, else the client must see it break off. */
    private static WebReply spoiled(
            WebRequest request, HttpServletResponse response, CountingStream out, Throwable defect) {
        WebReply fault = Faults.reply(request, defect);
        if (response.isCommitted()) {
            throw new IllegalStateException("The answer broke off after " + out.count() + " bytes", defect);
        }
        response.reset();
        try {
            write(request, fault, response, out);
        } catch (IOException gone) {
            log.debug("The client {} went away during {} {}", request.remote(), request.method(), request.path(), gone);
        }
        return fault;
    }

    private static WebRequest request(HttpServletRequest request) {
        Map<String, String> headers = new HashMap<>();
        Enumeration<String> names = request.getHeaderNames();
        while (names.hasMoreElements()) {
            String name = names.nextElement();
            headers.putIfAbsent(name.toLowerCase(Locale.ROOT), request.getHeader(name));
        }
        String query = Optional.ofNullable(request.getQueryString()).orElse("");
        return new WebRequest(
                request.getMethod(),
                request.getRequestURI(),
                query,
                headers,
                new WebBody(new LazyInput(request), request.getContentLengthLong(), headers.containsKey("expect")),
                request.getRemoteAddr(),
                request.isSecure(),
                correlation(headers, query));
    }

    private static String correlation(Map<String, String> headers, String query) {
        Optional<String> header = Optional.ofNullable(headers.get("correlation-id"));
        if (header.isPresent() || !query.contains("correlation_id=")) {
            return WebRequest.correlation(header);
        }
        try {
            return WebRequest.correlation(
                    Optional.ofNullable(Segments.query(query).get("correlation_id")));
        } catch (WebException unreadable) {
            // The query will be refused where it is used; here it only lacks an id.
            return WebRequest.correlation(Optional.empty());
        }
    }

    /** A client must not be able to write lines of its own into the log. */
    private static String printable(String text) {
        for (int i = 0; i < text.length(); i++) {
            if (Character.isISOControl(text.charAt(i))) {
                return text.replaceAll("\\p{Cntrl}", "?");
            }
        }
        return text;
    }
}
