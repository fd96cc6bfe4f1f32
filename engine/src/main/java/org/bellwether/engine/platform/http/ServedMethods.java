package org.bellwether.engine.platform.http;

import java.util.stream.Collectors;

/**
 * Which methods of the API this engine serves, {@code ["vm.start","vms.list",…]}, so that a client offers no more than that: an
 * addition to the API. Says nothing that the release notes do not, so that nobody need be signed on.
 */
public final class ServedMethods implements Endpoint {

    public static final String PATH = "/ovirt-engine/services/served";

    private final ApiRoutes routes;

    public ServedMethods(ApiRoutes routes) {
        this.routes = routes;
    }

    @Override
    public WebReply answer(WebRequest request) {
        return WebReply.json(
                200, routes.names().stream().map(name -> '"' + name + '"').collect(Collectors.joining(",", "[", "]")));
    }
}
