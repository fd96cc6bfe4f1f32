package org.bellwether.engine.platform.http;

import java.io.IOException;
import java.io.OutputStream;

/** Counts what leaves, for the access log. */
final class CountingStream extends OutputStream {
    private OutputStream out = OutputStream.nullOutputStream();
    private long count;

    CountingStream to(OutputStream target) {
        this.out = target;
        return this;
    }

    long count() {
        return count;
    }

    @Override
    public void write(int b) throws IOException {
        out.write(b);
        count++;
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        out.write(bytes, offset, length);
        count += length;
    }

    @Override
    public void flush() throws IOException {
        out.flush();
    }

    @Override
    public void close() throws IOException {
        out.close();
    }
}
