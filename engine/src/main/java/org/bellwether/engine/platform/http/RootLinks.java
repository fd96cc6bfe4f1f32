package org.bellwether.engine.platform.http;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.api.Routes;

/** The HTTP header {@code Link} of the API's root, by which some clients find their way without reading the document. */
final class RootLinks {
    private RootLinks() {}

    static String header(String prefix) {
        List<String> links = new ArrayList<>();
        for (String segment : Routes.root().below().keySet()) {
            links.add("<" + prefix + "/" + segment + ">; rel=" + segment);
        }
        return String.join(",", links);
    }
}
