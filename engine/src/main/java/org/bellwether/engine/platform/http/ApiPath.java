package org.bellwether.engine.platform.http;

import org.bellwether.engine.platform.Failure;

/**
 * Where in the API a request goes.
 *
 * @param prefix what the client put before it, which all hrefs of the answer get too
 * @param below the path below the prefix without matrix parameters, decoded; empty for the root
 */
record ApiPath(String prefix, String below) {
    static final String BASE = "/ovirt-engine/api";

    private static final String VERSION = "4";

    /** @throws WebException 400 if the client wants another version of the API */
    static ApiPath of(WebRequest request) {
        String version = request.header("version").map(String::strip).orElse(VERSION);
        if (!version.equals(VERSION)) {
            throw unsupported(version);
        }
        StringBuilder below = new StringBuilder();
        String prefix = BASE;
        boolean first = true;
        for (String segment : Segments.of(request.path().substring(BASE.length()))) {
            if (first && segment.matches("v\\d")) {
                if (!segment.equals("v" + VERSION)) {
                    throw unsupported(segment.substring(1));
                }
                prefix = BASE + "/v" + VERSION;
            } else {
                below.append('/').append(segment);
            }
            first = false;
        }
        return new ApiPath(prefix, below.toString());
    }

    private static WebException unsupported(String version) {
        return new WebException(
                400,
                "Operation Failed",
                Failure.badRequest("Version " + version + " of the API is not served")
                        .next("Use version " + VERSION));
    }
}
