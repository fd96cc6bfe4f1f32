package org.bellwether.engine.platform.http;

import java.util.HashMap;
import java.util.Map;
import org.bellwether.engine.platform.Failure;

/**
 * Everything that the engine serves: places by exact path, and the API below its prefix. Over plain HTTP only what a
 * client needs before it can check the certificate.
 */
public final class Site implements Endpoint {
    private record Place(Map<String, Endpoint> methods, boolean plain) {}

    private final Map<String, Place> places;
    private final Map<String, Endpoint> trees;
    private final Endpoint api;

    private Site(Builder builder) {
        this.places = Map.copyOf(builder.places);
        this.trees = Map.copyOf(builder.trees);
        this.api = builder.api;
    }

    /** @param api answers everything below {@code /ovirt-engine/api} */
    public static Builder of(Endpoint api) {
        return new Builder(api);
    }

    @Override
    public WebReply answer(WebRequest request) {
        String path = request.plainPath();
        Place place = places.get(path);
        boolean ofApi = path.equals(ApiPath.BASE) || path.startsWith(ApiPath.BASE + "/");
        if (!request.secure() && (place == null || !place.plain())) {
            throw new WebException(
                    403,
                    "Operation Failed",
                    Failure.forbidden("This port serves only the engine's health and its certificate")
                            .next("Use https, and the port of https"));
        }
        if (ofApi) {
            return api.answer(request);
        }
        for (Map.Entry<String, Endpoint> tree : trees.entrySet()) {
            if (path.startsWith(tree.getKey() + "/")) {
                return tree.getValue().answer(request);
            }
        }
        if (place == null) {
            throw Failure.notFound("There is nothing at " + path).next("The API is at " + ApiPath.BASE);
        }
        Endpoint endpoint = place.methods().get(request.method().equals("HEAD") ? "GET" : request.method());
        if (endpoint == null) {
            throw new WebException(
                    405,
                    "Operation Failed",
                    Failure.badRequest(path + " does not take " + request.method())
                            .next("Use " + String.join(" or ", place.methods().keySet())));
        }
        return endpoint.answer(request);
    }

    /** Collects the places. */
    public static final class Builder {
        private final Endpoint api;
        private final Map<String, Place> places = new HashMap<>();
        private final Map<String, Endpoint> trees = new HashMap<>();

        private Builder(Endpoint api) {
            this.api = api;
        }

        /** A place that only TLS reaches. */
        public Builder on(String method, String path, Endpoint endpoint) {
            return add(method, path, endpoint, false);
        }

        /** A place that plain HTTP reaches too. */
        public Builder onPlain(String method, String path, Endpoint endpoint) {
            return add(method, path, endpoint, true);
        }

        /** Everything below a path, with any method, that only TLS reaches. */
        public Builder below(String path, Endpoint endpoint) {
            if (trees.put(path, endpoint) != null) {
                throw new IllegalArgumentException("All below " + path + " is declared twice.");
            }
            return this;
        }

        public Site build() {
            return new Site(this);
        }

        private Builder add(String method, String path, Endpoint endpoint, boolean plain) {
            Place place = places.computeIfAbsent(path, _ -> new Place(new HashMap<>(), plain));
            if (place.methods().put(method, endpoint) != null) {
                throw new IllegalArgumentException(method + " " + path + " is declared twice.");
            }
            return this;
        }
    }
}
