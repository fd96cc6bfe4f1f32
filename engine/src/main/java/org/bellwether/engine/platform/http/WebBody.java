package org.bellwether.engine.platform.http;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.concurrent.TimeoutException;
import org.bellwether.engine.platform.Failure;

/**
 * The body of a request, read at most once. Nothing of it is read, and a client that asked with {@code Expect:
 * 100-continue} is not told to send it, before someone wants it.
 */
public final class WebBody {
    /** Read and thrown away after the limit: many clients look at an answer only when they have sent everything. */
    private static final long PATIENCE_BYTES = 64L * 1024 * 1024;

    private final InputStream stream;
    private final long announced;
    private final boolean asksFirst;

    /**
     * @param stream where it comes from
     * @param announced the length that the client announced, or -1
     * @param asksFirst whether the client sends it only when told to go on
     */
    WebBody(InputStream stream, long announced, boolean asksFirst) {
        this.stream = stream;
        this.announced = announced;
        this.asksFirst = asksFirst;
    }

    /** For a body too large to be held: the bytes as they come. What it throws when the client is gone is an IOException. */
    public InputStream stream() {
        return stream;
    }

    /** The length in bytes that the client announced, or -1. */
    public long announced() {
        return announced;
    }

    /**
     * Reads it to its end.
     *
     * @param limit the most bytes that are taken
     * @throws WebException 413 if it is longer, 408 if it comes too slowly
     */
    public byte[] read(int limit) {
        try {
            if (announced > limit) {
                throw tooLarge(limit);
            }
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(announced > 0 ? (int) announced : 1024);
            byte[] buffer = new byte[8192];
            for (int count = stream.read(buffer); count >= 0; count = stream.read(buffer)) {
                if (bytes.size() + count > limit) {
                    throw tooLarge(limit);
                }
                bytes.write(buffer, 0, count);
            }
            return bytes.toByteArray();
        } catch (IOException broken) {
            if (hasCause(broken, TimeoutException.class)) {
                throw new WebException(
                        408,
                        "Operation Failed",
                        Failure.badRequest("The request's body came too slowly")
                                .undone("Nothing was changed")
                                .next("Send the request again"));
            }
            throw new WebException(
                    400,
                    "Operation Failed",
                    Failure.badRequest("The request's body broke off")
                            .undone("Nothing was changed")
                            .next("Send the request again"));
        }
    }

    private static boolean hasCause(Throwable thrown, Class<? extends Throwable> type) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return true;
            }
        }
        return false;
    }

    private WebException tooLarge(int limit) throws IOException {
        if (!asksFirst && announced < limit + PATIENCE_BYTES) {
            byte[] buffer = new byte[8192];
            long thrownAway = 0;
            for (int count = 0; count >= 0 && thrownAway < PATIENCE_BYTES; thrownAway += count) {
                count = stream.read(buffer);
            }
        }
        return new WebException(
                413,
                "Operation Failed",
                Failure.badRequest("The request's body is larger than " + limit + " bytes")
                        .undone("Nothing was changed")
                        .next("Send less at a time"));
    }
}
