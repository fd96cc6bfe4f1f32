package org.bellwether.engine.platform.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Permit;
import org.bellwether.engine.platform.Principal;

/**
 * A call to what administrators set up beside the API: things with a name and settings, whose documents are flat.
 *
 * @param path what stands below the service's own place
 * @param kind the verb, how long the path is and what its second part says, such as {@code POST2test}
 */
public record ServiceCall(WebRequest request, Principal caller, List<String> path, String kind) {
    private static final int BODY_LIMIT = 32 * 1024;

    /**
     * @param what is looked after there, such as {@code notifications}
     * @throws Failure for whom may not
     */
    public static ServiceCall of(WebRequest request, Gate gate, String place, String what) {
        Principal caller = gate.caller(request, "Only administrators look after " + what);
        if (!gate.allows(caller, Permit.CONFIGURE_ENGINE, List.of())) {
            throw Failure.forbidden(caller.name() + " may not look after " + what)
                    .because("the permit " + Permit.CONFIGURE_ENGINE.wireName() + " is needed");
        }
        String below = request.plainPath().substring(place.length());
        List<String> path =
                below.isEmpty() ? List.of() : List.of(below.substring(1).split("/"));
        String kind = request.method().replace("HEAD", "GET") + path.size() + (path.size() == 2 ? path.get(1) : "");
        return new ServiceCall(request, caller, path, kind);
    }

    /** What the call is about. */
    public String name() {
        return path.getFirst();
    }

    /** The members of the body. */
    public Map<String, String> texts() {
        return Json.texts(request.body().read(BODY_LIMIT));
    }

    public Failure unknown() {
        return Failure.notFound("There is nothing at " + request.method() + " " + request.plainPath());
    }

    /**
     * The settings after a change: what is not mentioned stays, and what is set to nothing is taken away.
     *
     * @param own members of the body that are no settings
     */
    public static Map<String, String> settings(Map<String, String> sent, Set<String> own, Map<String, String> before) {
        Map<String, String> settings = new HashMap<>(before);
        sent.forEach((name, value) -> {
            if (!own.contains(name)) {
                settings.put(name, value.strip());
            }
        });
        settings.values().removeIf(String::isEmpty);
        return settings;
    }
}
