package org.bellwether.engine.platform.http;

import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Reads a body of the type {@code application/x-www-form-urlencoded}. */
public final class Form {
    private static final int LIMIT = 16 * 1024;

    private Form() {}

    /** The fields of the request's form; of one that is given several times, the first. */
    public static Map<String, String> of(WebRequest request) {
        return Segments.form(new String(request.body().read(LIMIT), StandardCharsets.UTF_8));
    }
}
