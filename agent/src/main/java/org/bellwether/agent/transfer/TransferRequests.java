package org.bellwether.agent.transfer;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What clients of the field's image protocol may ask under {@code /images/TICKET}: OPTIONS what is possible, GET bytes or
 * {@code /extents}, PUT bytes, PATCH to zero and to flush. Ranges may come in any order and several at once.
 */
final class TransferRequests {
    static final int READERS = 8;
    static final int WRITERS = 8;

    private static final Pattern TARGET =
            Pattern.compile("/images/([A-Za-z0-9_-]{1,200})(/extents)?(?:\\?([A-Za-z0-9=&_-]{0,200}))?");
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-(\\d{1,18})/(\\*|\\d{1,18})");
    private static final Pattern RANGE = Pattern.compile("bytes=(\\d{1,18})-(\\d{1,18})?");
    private static final int MOST_PATCH_BYTES = 4096;
    private static final String JSON_TYPE = "application/json";
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Transfers transfers;
    private final Exchange exchange;

    TransferRequests(Transfers transfers, Exchange exchange) {
        this.transfers = transfers;
        this.exchange = exchange;
    }

    void answer() throws IOException, Denied {
        Matcher target = TARGET.matcher(exchange.target());
        if (!target.matches()) {
            throw new Denied(404, "There is nothing at this address");
        }
        // A wrong ticket and one that is over are the same to a stranger.
        Transfer transfer = transfers
                .withTicket(target.group(1))
                .orElseThrow(
                        () -> new Denied(403, "There is no transfer with this ticket: it has ended, or never was"));
        boolean extents = target.group(2) != null;
        String query = target.group(3) == null ? "" : target.group(3);
        transfer.enter();
        try {
            switch (exchange.method()) {
                case "OPTIONS" -> options(transfer);
                case "GET" -> {
                    readBody();
                    if (extents) {
                        extents(transfer, query);
                    } else {
                        get(transfer);
                    }
                }
                case "PUT" -> put(transfer, !("&" + query + "&").contains("&flush=n&"));
                case "PATCH" -> patch(transfer);
                default -> throw new Denied(405, "Ask with OPTIONS, GET, PUT or PATCH");
            }
        } finally {
            transfer.leave();
        }
    }

    private void options(Transfer transfer) throws IOException {
        readBody();
        String features = transfer.isUpload() ? "[\"extents\",\"zero\",\"flush\"]" : "[\"extents\"]";
        // The path has this host's id in it and nothing that JSON would have to escape.
        String local = transfers
                .local()
                .map(path -> ",\"unix_socket\":\"" + path + "\"")
                .orElse("");
        exchange.reply(
                200,
                JSON_TYPE,
                "{\"features\":" + features + ",\"max_readers\":" + READERS + ",\"max_writers\":" + WRITERS + local
                        + "}",
                Map.of("Allow", transfer.isUpload() ? "OPTIONS,GET,PUT,PATCH" : "OPTIONS,GET"));
    }

    /** Nothing is expected there; the queue must be empty for the next request. */
    private void readBody() throws IOException {
        ByteBuffer bin = ByteBuffer.allocate(1024);
        do {
            exchange.take(bin.clear());
        } while (bin.position() == bin.capacity());
    }

    private static void requireUpload(Transfer transfer) throws Denied {
        if (!transfer.isUpload()) {
            throw new Denied(403, "This transfer is a download; it takes no bytes");
        }
    }

    private void put(Transfer transfer, boolean flush) throws IOException, Denied {
        requireUpload(transfer);
        long length = announced();
        long offset = 0;
        String range = exchange.header("content-range").orElse("");
        if (!range.isEmpty()) {
            Matcher match = CONTENT_RANGE.matcher(range.strip());
            if (!match.matches()) {
                throw new Denied(400, "The Content-Range cannot be read: write it as bytes FIRST-LAST/*");
            }
            offset = Long.parseLong(match.group(1));
            long last = Long.parseLong(match.group(2));
            if (last < offset || (length >= 0 && length != last - offset + 1)) {
                throw new Denied(400, "The Content-Range does not fit the body of " + length + " bytes");
            }
            length = last - offset + 1;
        }
        if (length >= 0) {
            requireRoom(transfer, offset, length);
        }
        exchange.welcome();
        store(transfer, offset, length);
        if (flush) {
            transfer.bytes().flush();
        }
        exchange.reply(200, JSON_TYPE, "{}", Map.of());
    }

    private long announced() throws Denied {
        try {
            return exchange.header("content-length").map(Long::parseLong).orElse(-1L);
        } catch (NumberFormatException e) {
            throw new Denied(400, "The Content-Length is no number");
        }
    }

    private void store(Transfer transfer, long offset, long length) throws IOException, Denied {
        // One alone had better write while more arrives.
        ByteBuffer piece = transfer.alone() ? Buffers.take() : Buffers.takeLarge();
        try {
            long at = offset;
            long left = length < 0 ? Long.MAX_VALUE : length;
            while (left > 0) {
                exchange.take(piece.clear().limit((int) Math.min(piece.capacity(), left)));
                piece.flip();
                int count = piece.remaining();
                if (count == 0) {
                    break;
                }
                transfer.goOn();
                requireRoom(transfer, at, count);
                transfer.bytes().write(piece, at);
                transfer.moved(count);
                at += count;
                left -= count;
            }
            if (length >= 0 && left > 0) {
                throw new Denied(400, left + " bytes are missing of the " + length + " that were announced");
            }
            readBody();
        } finally {
            Buffers.giveBack(piece);
        }
    }

    private static void requireRoom(Transfer transfer, long offset, long length) throws Denied {
        long most = transfer.bytes().most();
        if (offset < 0 || length < 0 || length > most - offset) {
            throw new Denied(
                    416, "Bytes up to " + (offset + length) + " do not fit into the disk, which has room for " + most);
        }
    }

    private void patch(Transfer transfer) throws IOException, Denied {
        requireUpload(transfer);
        exchange.welcome();
        ByteBuffer body = ByteBuffer.allocate(MOST_PATCH_BYTES);
        exchange.take(body);
        if (!body.hasRemaining()) {
            throw new Denied(400, "The operation is longer than " + MOST_PATCH_BYTES + " bytes");
        }
        JsonNode wish = read(body);
        switch (wish.path("op").asText()) {
            case "flush" -> transfer.bytes().flush();
            case "zero" -> {
                long offset = number(wish, "offset", 0L);
                long length = number(wish, "size", null);
                requireRoom(transfer, offset, length);
                transfer.bytes().zero(offset, length);
                transfer.moved(length);
                if (wish.path("flush").asBoolean()) {
                    transfer.bytes().flush();
                }
            }
            default -> throw new Denied(400, "The operation is not known: use zero or flush");
        }
        exchange.reply(200, JSON_TYPE, "{}", Map.of());
    }

    private static JsonNode read(ByteBuffer body) throws IOException, Denied {
        byte[] bytes = new byte[body.position()];
        body.flip().get(bytes);
        try {
            return JSON.readTree(bytes);
        } catch (com.fasterxml.jackson.core.JsonProcessingException broken) {
            throw new Denied(400, "The operation is no JSON");
        }
    }

    private static long number(JsonNode wish, String name, @Nullable Long otherwise) throws Denied {
        JsonNode value = wish.path(name);
        if (value.isMissingNode() && otherwise != null) {
            return otherwise;
        }
        if (!value.isIntegralNumber() || !value.canConvertToLong() || value.asLong() < 0) {
            throw new Denied(400, "The operation's " + name + " must be a number from 0 on");
        }
        return value.asLong();
    }

    private void get(Transfer transfer) throws IOException, Denied {
        long size = transfer.bytes().size();
        long first = 0;
        long end = size;
        String range = exchange.header("range").orElse("");
        if (!range.isEmpty()) {
            Matcher match = RANGE.matcher(range.strip());
            if (!match.matches()) {
                throw new Denied(400, "The Range cannot be read: write it as bytes=FIRST-LAST");
            }
            first = Long.parseLong(match.group(1));
            end = match.group(2) == null ? size : Math.min(size, Long.parseLong(match.group(2)) + 1);
            if (end <= first) {
                throw new Denied(416, "The Range lies behind the end of the disk, which has " + size + " bytes");
            }
        }
        Map<String, String> headers = range.isEmpty()
                ? Map.of("Accept-Ranges", "bytes")
                : Map.of(
                        "Accept-Ranges",
                        "bytes",
                        "Content-Range",
                        String.format(Locale.ROOT, "bytes %d-%d/%d", first, end - 1, size));
        fetch(transfer, range.isEmpty() ? 200 : 206, first, end, headers);
    }

    /** One piece is read while the other is on its way. */
    private void fetch(Transfer transfer, int status, long first, long end, Map<String, String> headers)
            throws IOException, Denied {
        ByteBuffer[] pieces = {Buffers.take(), Buffers.take()};
        Exchange.Sent[] sent = {() -> {}, () -> {}};
        boolean home = false;
        try {
            boolean begun = false;
            int turn = 0;
            for (long at = first; at < end; turn = 1 - turn) {
                sent[turn].await();
                transfer.goOn();
                ByteBuffer piece = pieces[turn].clear().limit((int) Math.min(Buffers.USUAL, end - at));
                transfer.bytes().read(piece, at);
                piece.flip();
                if (!begun) {
                    exchange.begin(status, end - first, headers);
                    begun = true;
                }
                int count = piece.remaining();
                sent[turn] = exchange.give(piece);
                transfer.moved(count);
                at += count;
            }
            if (!begun) {
                exchange.begin(status, 0, headers);
            }
            exchange.end();
            sent[0].await();
            sent[1].await();
            home = true;
        } finally {
            if (home) { // else they may still be read from
                Buffers.giveBack(pieces[0]);
                Buffers.giveBack(pieces[1]);
            }
        }
    }

    private void extents(Transfer transfer, String query) throws IOException, Denied {
        boolean dirty = ("&" + query + "&").contains("&context=dirty&");
        Run.Context context = dirty ? Run.Context.DIRTY : Run.Context.ZERO;
        if (!transfer.bytes().tells(context)) {
            throw new Denied(404, "This transfer cannot tell what is dirty: it is not one of an incremental backup");
        }
        List<Run> runs = transfer.bytes().runs(context);
        StringBuilder text = new StringBuilder(64 * runs.size() + 2).append('[');
        for (Run run : runs) {
            text.append(text.length() == 1 ? "" : ",")
                    .append("{\"start\":")
                    .append(run.start())
                    .append(",\"length\":")
                    .append(run.length())
                    .append(",\"zero\":")
                    .append(run.zero())
                    .append(dirty ? ",\"dirty\":" : ",\"hole\":")
                    .append(dirty ? run.dirty() : run.zero())
                    .append('}');
        }
        exchange.reply(200, JSON_TYPE, text.append(']').toString(), Map.of());
    }
}
