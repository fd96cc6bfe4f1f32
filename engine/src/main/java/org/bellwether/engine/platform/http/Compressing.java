package org.bellwether.engine.platform.http;

import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.zip.Deflater;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;

/**
 * Holds back the beginning of a body until it is known whether it is long enough to be worth compressing. A short body
 * leaves with its length announced.
 */
final class Compressing extends OutputStream {
    /** Below this, compressing costs more than it saves. */
    private static final int THRESHOLD = 4096;

    private final HttpServletResponse response;
    private final CountingStream counting;
    private final boolean gzip;
    private final byte[] held = new byte[THRESHOLD];
    private int count;
    private @Nullable OutputStream target;

    Compressing(HttpServletResponse response, CountingStream counting, boolean gzip) {
        this.response = response;
        this.counting = counting;
        this.gzip = gzip;
    }

    @Override
    public void write(int b) throws IOException {
        write(new byte[] {(byte) b}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        if (target != null) {
            target.write(bytes, offset, length);
        } else if (count + length <= THRESHOLD) {
            System.arraycopy(bytes, offset, held, count, length);
            count += length;
        } else {
            OutputStream open = open();
            open.write(held, 0, count);
            open.write(bytes, offset, length);
        }
    }

    @Override
    public void close() throws IOException {
        if (target == null) {
            response.setContentLength(count);
            counting.to(response.getOutputStream()).write(held, 0, count);
            count = 0;
            target = counting;
        }
        target.close();
    }

    private OutputStream open() throws IOException {
        OutputStream plain = counting.to(response.getOutputStream());
        OutputStream opened = plain;
        if (gzip) {
            response.setHeader("Content-Encoding", "gzip");
            opened = new FastGzip(plain);
        }
        response.addHeader("Vary", "Accept-Encoding");
        target = opened;
        return opened;
    }

    /** The quickest level: the network is faster than any better one. */
    private static final class FastGzip extends GZIPOutputStream {
        FastGzip(OutputStream out) throws IOException {
            super(out, 8192);
            def.setLevel(Deflater.BEST_SPEED);
        }
    }
}
