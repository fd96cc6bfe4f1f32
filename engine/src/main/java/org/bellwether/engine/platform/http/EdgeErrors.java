package org.bellwether.engine.platform.http;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.jspecify.annotations.Nullable;

/**
 * What Jetty itself refuses, such as a head that is too large, answered as a fault: clients of this API cannot read HTML
 * and some of them hang when they get it.
 */
final class EdgeErrors extends ErrorHandler {
    private static final String TYPE = "application/xml;charset=utf-8";

    @Override
    public boolean errorPageForMethod(String method) {
        return true;
    }

    @Override
    protected void generateResponse(
            Request request,
            Response response,
            int code,
            @Nullable String message,
            @Nullable Throwable cause,
            Callback callback) {
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, TYPE);
        response.write(true, ByteBuffer.wrap(body(code)), callback);
    }

    /** Without Jetty's message: it may quote what the client sent. */
    private static byte[] body(int code) {
        String what = switch (code) {
            case 400 -> "The request is not well-formed HTTP. Check what your client sends.";
            case 408 -> "The request came too slowly. Send it again.";
            case 413 -> "The request's body is too large. Send less at a time.";
            case 414 -> "The request's address is too long. Use a shorter query.";
            case 431 -> "The request's headers are too large. Send fewer or shorter ones.";
            case 503 -> "The engine is stopping or has too much to do. Try again in a moment.";
            default ->
                "The request could not be answered: " + HttpStatus.getMessage(code) + ". The engine's log says more.";
        };
        return ("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n<fault>\n    <detail>[" + what
                        + "]</detail>\n    <reason>Operation Failed</reason>\n</fault>\n")
                .getBytes(StandardCharsets.UTF_8);
    }
}
