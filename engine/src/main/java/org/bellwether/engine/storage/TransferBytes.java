package org.bellwether.engine.storage;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.http.Endpoint;
import org.bellwether.engine.platform.http.WebReply;
import org.bellwether.engine.platform.http.WebRequest;

/**
 * Where bytes of disks come and go: {@code /ovirt-engine/images/TICKET}. Whoever knows the ticket may; it is made for one
 * transfer, cannot be guessed, and ends with it. Speaks what the field's image clients speak: PUT with a range, GET with
 * a range, PATCH to zero and to flush, {@code /extents} to learn what need not be fetched, OPTIONS to ask for all that.
 */
public final class TransferBytes implements Endpoint {

    /** Everything below this path is served here. */
    public static final String PATH = "/ovirt-engine/images";

    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\*|\\d{1,18})");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})?");
    private static final String EXTENTS = "/extents";
    private static final int MOST_PATCH_BYTES = 4096;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final TransferSessions sessions;

    public TransferBytes(TransferSessions sessions) {
        this.sessions = sessions;
    }

    @Override
    public WebReply answer(WebRequest request) {
        var path = request.plainPath().substring(PATH.length() + 1);
        boolean map = path.endsWith(EXTENTS);
        var ticket = map ? path.substring(0, path.length() - EXTENTS.length()) : path;
        var session = sessions.withTicket(ticket)
                .orElseThrow(() -> Failure.notFound("There is no transfer with this ticket")
                        .because("it has ended, or the engine was started anew")
                        .next("Begin a transfer with POST /ovirt-engine/api/imagetransfers"));
        session.touch();
        try {
            return switch (request.method()) {
                case "OPTIONS" ->
                    WebReply.json(
                                    200,
                                    "{\"features\":[\"extents\",\"zero\",\"flush\"],\"max_readers\":4,\"max_writers\":1}")
                            .with("Allow", "OPTIONS,GET,PUT,PATCH");
                case "PUT" -> put(session, request);
                case "PATCH" -> patch(session, request);
                case "GET" -> map ? extents(session) : get(session, request);
                default ->
                    throw Failure.badRequest("A disk's bytes cannot be asked for with " + request.method())
                            .next("Use GET, PUT, PATCH or OPTIONS");
            };
        } catch (IOException gone) {
            throw new UncheckedIOException("the client went away", gone);
        }
    }

    private static WebReply put(TransferSession session, WebRequest request) throws IOException {
        var range = request.header("content-range");
        long offset = 0;
        long length = request.body().announced();
        if (range.isPresent()) {
            var match = CONTENT_RANGE.matcher(range.get().strip());
            if (!match.matches()) {
                throw Failure.badRequest("The Content-Range '" + range.get() + "' cannot be read")
                        .next("Write it as bytes FIRST-LAST/*");
            }
            offset = Long.parseLong(match.group(1));
            long last = Long.parseLong(match.group(2));
            if (last < offset || (length >= 0 && length != last - offset + 1)) {
                throw Failure.badRequest("The Content-Range '" + range.get() + "' does not fit the body")
                        .because("it has " + length + " bytes");
            }
            length = last - offset + 1;
        }
        session.write(request.body().stream(), offset, length);
        return WebReply.json(200, "{}");
    }

    private static WebReply patch(TransferSession session, WebRequest request) throws IOException {
        var wish = wish(request);
        switch (wish.path("op").asText()) {
            case "flush" -> {
                // The host makes all bytes safe before a transfer counts as complete.
            }
            case "zero" -> session.zero(number(wish, "offset", 0), number(wish, "size", -1));
            default ->
                throw Failure.badRequest("The operation '" + wish.path("op").asText() + "' is not known")
                        .next("Use zero or flush");
        }
        return WebReply.json(200, "{}");
    }

    private static JsonNode wish(WebRequest request) throws IOException {
        long announced = request.body().announced();
        if (announced > MOST_PATCH_BYTES) {
            throw Failure.badRequest("The operation is longer than " + MOST_PATCH_BYTES + " bytes");
        }
        var bytes = request.body().stream().readNBytes(MOST_PATCH_BYTES);
        try (var in = new ByteArrayInputStream(bytes)) {
            return JSON.readTree(in);
        } catch (com.fasterxml.jackson.core.JsonProcessingException broken) {
            throw Failure.badRequest("The operation is no JSON").because(broken.getOriginalMessage());
        }
    }

    private static long number(JsonNode wish, String name, long otherwise) {
        var value = wish.path(name);
        long number = value.isIntegralNumber() ? value.asLong() : otherwise;
        if (number < 0 || (value.isMissingNode() && otherwise < 0)) {
            throw Failure.badRequest("The operation's " + name + " must be a number from 0 on");
        }
        return number;
    }

    /** As the field's image clients want it; a hole is what takes no space, which only the host's file system knows. */
    private static WebReply extents(TransferSession session) throws IOException {
        var extents = JSON.createArrayNode();
        session.extents()
                .forEach(extent -> extents.addObject()
                        .put("start", extent.getOffset())
                        .put("length", extent.getLength())
                        .put("zero", extent.getZero())
                        .put("hole", extent.getZero()));
        return WebReply.json(200, JSON.writeValueAsString(extents));
    }

    private record Part(long offset, long length, boolean asked) {}

    private static WebReply get(TransferSession session, WebRequest request) {
        if (session.isUpload()) {
            throw Failure.conflict("This transfer is an upload; it gives no bytes");
        }
        // How long a qcow2 file is, only its end tells.
        Optional<Long> size = session.disk().format() == Disk.Format.RAW
                ? Optional.of(session.disk().provisionedBytes())
                : Optional.empty();
        var part = part(request.header("range"), size);
        var bytes = session.read(part.offset(), part.length());
        var headers = new LinkedHashMap<String, String>();
        headers.put("Accept-Ranges", "bytes");
        if (part.length() > 0) {
            headers.put("Content-Length", Long.toString(part.length()));
        }
        if (part.asked()) {
            headers.put(
                    "Content-Range",
                    String.format(
                            Locale.ROOT,
                            "bytes %d-%d/%s",
                            part.offset(),
                            part.offset() + part.length() - 1,
                            size.map(String::valueOf).orElse("*")));
        }
        return new WebReply(
                part.asked() ? 206 : 200, WebReply.BYTES, Map.copyOf(headers), out -> session.copy(bytes, out));
    }

    /** A length of 0 means to the end. */
    private static Part part(Optional<String> range, Optional<Long> size) {
        if (range.isEmpty()) {
            return new Part(0, size.orElse(0L), false);
        }
        var match = RANGE.matcher(range.get().strip());
        if (!match.matches()) {
            throw Failure.badRequest("The Range '" + range.get() + "' cannot be read")
                    .next("Write it as bytes=FIRST-LAST");
        }
        long first = Long.parseLong(match.group(1));
        long last = match.group(2) == null
                ? size.orElseThrow(() -> Failure.badRequest("The Range needs an end")
                                .because("the length of this disk's file is not known beforehand"))
                        - 1
                : Long.parseLong(match.group(2));
        long end = size.map(bytes -> Math.min(last, bytes - 1)).orElse(last);
        if (end < first) {
            throw Failure.badRequest("The Range '" + range.get() + "' lies behind the end of the disk");
        }
        return new Part(first, end - first + 1, true);
    }
}
