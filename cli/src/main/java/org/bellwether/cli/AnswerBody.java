package org.bellwether.cli;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;

/** The body of an HTTP answer, as long as it says it is, in one piece or in chunks. */
final class AnswerBody extends InputStream {

    private static final int HEXADECIMAL = 16;

    private final InputStream in;
    private final boolean chunked;
    private long left;
    private boolean begun;

    /** @param headers by name in lower case */
    AnswerBody(InputStream in, Map<String, String> headers) throws IOException {
        this.in = in;
        this.chunked = headers.getOrDefault("transfer-encoding", "").equalsIgnoreCase("chunked");
        try {
            this.left = chunked ? 0 : Long.parseLong(headers.getOrDefault("content-length", "0"));
        } catch (NumberFormatException e) {
            throw new IOException("the answer does not say how long it is", e);
        }
    }

    /** Whether there are bytes left, of this chunk or of a further one. */
    private boolean more() throws IOException {
        if (left > 0) {
            return true;
        }
        if (!chunked || left < 0) {
            return false;
        }
        if (begun) {
            ImageConnection.line(in);
        }
        begun = true;
        try {
            left = Long.parseLong(ImageConnection.line(in).split(";", 2)[0].strip(), HEXADECIMAL);
        } catch (NumberFormatException e) {
            throw new IOException("the answer's chunks cannot be read", e);
        }
        if (left > 0) {
            return true;
        }
        while (!ImageConnection.line(in).isEmpty()) {
            // Trailers are of no interest.
        }
        left = -1;
        return false;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        if (!more()) {
            return -1;
        }
        int count = in.read(into, offset, (int) Math.min(length, left));
        if (count < 0) {
            throw new EOFException("the bytes ended too early");
        }
        left -= count;
        return count;
    }
}
