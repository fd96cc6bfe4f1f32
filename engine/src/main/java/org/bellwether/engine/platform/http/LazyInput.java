package org.bellwether.engine.platform.http;

import jakarta.servlet.http.HttpServletRequest;
import java.io.IOException;
import java.io.InputStream;

/** Opens the body's stream at the first read only: opening it makes Jetty send "100 Continue". */
final class LazyInput extends InputStream {
    private final HttpServletRequest request;

    LazyInput(HttpServletRequest request) {
        this.request = request;
    }

    @Override
    public int read() throws IOException {
        return request.getInputStream().read();
    }

    @Override
    public int read(byte[] buffer, int offset, int length) throws IOException {
        return request.getInputStream().read(buffer, offset, length);
    }
}
