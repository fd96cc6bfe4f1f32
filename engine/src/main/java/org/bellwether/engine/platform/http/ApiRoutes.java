package org.bellwether.engine.platform.http;

import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.bellwether.api.Routes;
import org.bellwether.api.ServiceMethod;
import org.bellwether.engine.platform.Permit;

/**
 * What the engine serves of the API: a handler for each method of a service that a feature brings. What nobody brings is
 * answered with an empty list, a 404 or a fault that says so. Filled while the engine starts, only read afterwards.
 */
public final class ApiRoutes {
    record Served(Permit permit, Handler handler) {}

    /** Actions that only ask. */
    private static final Set<String> HARMLESS = Set.of("storage_domain.is_attached");

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
        ServiceMethod known = Routes.service(service).method(method);
        if (known == null) {
            throw new IllegalArgumentException("The API's service " + service + " has no method " + method + ".");
        }
        if (permit == Permit.LOGIN && !known.verb().equals("GET") && !HARMLESS.contains(known.toString())) {
            throw new IllegalArgumentException("The method " + known + " changes something and needs a permit.");
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

    /** The names of all methods that are brought, such as {@code vm.start}. */
    Collection<String> names() {
        return new TreeSet<>(served.keySet());
    }

    Optional<Served> find(ServiceMethod method) {
        return Optional.ofNullable(served.get(method.toString()));
    }

    /** Whether a feature brings the method. */
    public boolean serves(ServiceMethod method) {
        return served.containsKey(method.toString());
    }

    /** The permit that a method needs; empty for what nobody brings. */
    public Optional<Permit> permit(ServiceMethod method) {
        return find(method).map(Served::permit);
    }
}
