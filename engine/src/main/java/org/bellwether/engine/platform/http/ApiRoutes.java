package org.bellwether.engine.platform.http;

import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.Routes;
import org.bellwether.api.ServiceMethod;
import org.bellwether.engine.platform.Permit;

/**
 * What the engine serves of the API: a handler for each method of a service that a feature brings. What nobody brings is
 * answered with an empty list, a 404 or a fault that says so. Filled while the engine starts, only read afterwards.
 */
public final class ApiRoutes {
    record Served(Permit permit, Handler handler) {}

    private final Map<String, Served> served = new HashMap<>();

    /**
     * Brings a method.
     *
     * @param service the API's name of the service, for instance {@code vms} for the list of machines, {@code vm} for one
     * @param method its method: {@code list}, {@code add}, {@code get}, {@code update}, {@code remove} or the name of an
     *     action such as {@code commit_snapshot}
     * @param permit what the caller must hold on an object in the path, or above it; reading needs {@link Permit#LOGIN}
     * @throws IllegalArgumentException if the API has no such method, or it is brought twice
     */
    public ApiRoutes on(String service, String method, Permit permit, Handler handler) {
        if (Routes.service(service).method(method) == null) {
            throw new IllegalArgumentException("The API's service " + service + " has no method " + method + ".");
        }
        if (served.put(service + "." + method, new Served(permit, handler)) != null) {
            throw new IllegalArgumentException("The method " + service + "." + method + " is brought twice.");
        }
        return this;
    }

    /** Brings a method that reads, for everyone who may sign on. */
    public ApiRoutes read(String service, String method, Handler handler) {
        return on(service, method, Permit.LOGIN, handler);
    }

    Optional<Served> find(ServiceMethod method) {
        return Optional.ofNullable(served.get(method.toString()));
    }
}
