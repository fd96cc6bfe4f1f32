package org.bellwether.api;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * All routes of the API: which service and method a path means, and which paths lie below a service. The table is the
 * published model's. It is kept as text; a service is read when a path first leads to it.
 *
 * <p>Paths are those below the prefix: {@code /vms/123/start}, with or without a slash at the end, without query and
 * matrix parameters, and compared exactly. Safe for use by any thread.
 */
public final class Routes {
    static final String ROOT = "system";
    private static final String TABLE = "services.txt";
    private static final Map<String, String> HOMES = new HashMap<>();
    private static final Map<String, String> TABLES = new HashMap<>();
    private static final Map<String, Service> SERVICES = new ConcurrentHashMap<>();

    static {
        load();
    }

    private Routes() {}

    private static void load() {
        var table = text();
        int services = table.indexOf("\nS ") + 1;
        for (var home : table.substring(0, services).split("\n")) {
            var words = home.split(" ");
            HOMES.put(words[1], words[2]);
        }
        for (int at = services; at < table.length(); ) {
            int next = table.indexOf("\nS ", at);
            int end = next < 0 ? table.length() : next + 1;
            int line = table.indexOf('\n', at);
            TABLES.put(table.substring(at + 2, line), table.substring(line + 1, end));
            at = end;
        }
    }

    private static String text() {
        try (var in = Routes.class.getResourceAsStream(TABLE)) {
            if (in == null) {
                throw new IllegalStateException("The table of services is missing from the build; build api again.");
            }
            return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
        } catch (IOException e) {
            throw new UncheckedIOException("The table of services cannot be read.", e);
        }
    }

    /** The service at the root of the API. */
    public static Service root() {
        return service(ROOT);
    }

    /**
     * The service of that name in the model.
     *
     * @throws IllegalArgumentException when the model has none of that name
     */
    public static Service service(String name) {
        var known = SERVICES.get(name);
        if (known != null) {
            return known;
        }
        var table = TABLES.get(name);
        if (table == null) {
            throw new IllegalArgumentException("The API has no service " + name + ".");
        }
        return SERVICES.computeIfAbsent(name, each -> new Service(each, table));
    }

    /** The names of all services. */
    public static Set<String> services() {
        return Set.copyOf(TABLES.keySet());
    }

    /** What the verb and the path mean. */
    public static RouteMatch match(String verb, String path) {
        var ids = new ArrayList<String>();
        Service service = root();
        int at = start(path);
        while (at < path.length()) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            var segment = path.substring(at, end);
            at = end + 1;
            var next = next(service, segment, ids);
            if (next == null) {
                var action = at >= path.length() ? service.actions().get(segment) : null;
                return action == null ? new RouteMatch.Unknown() : found(verb, service, action, ids);
            }
            service = next;
        }
        return method(verb, service, ids);
    }

    private static RouteMatch method(String verb, Service service, List<String> ids) {
        var allowed = new TreeSet<String>();
        for (var method : service.methods().values()) {
            if (!method.isAction()) {
                if (method.verb().equals(verb)) {
                    return new RouteMatch.Found(service, method, ids);
                }
                allowed.add(method.verb());
            }
        }
        return allowed.isEmpty() ? new RouteMatch.Unknown() : new RouteMatch.OtherVerbs(allowed);
    }

    private static RouteMatch found(String verb, Service service, ServiceMethod action, List<String> ids) {
        return verb.equals(action.verb())
                ? new RouteMatch.Found(service, action, ids)
                : new RouteMatch.OtherVerbs(Set.of(action.verb()));
    }

    private static @Nullable Service next(Service service, String segment, List<String> ids) {
        var child = service.child(segment);
        if (child != null || segment.isEmpty()) {
            return child;
        }
        if (service.actions().containsKey(segment)) {
            return null;
        }
        var item = service.item();
        if (item != null) {
            ids.add(segment);
        }
        return item;
    }

    /** The service behind a path, null when the API has no such path. */
    public static @Nullable Service at(String path) {
        var ids = new ArrayList<String>();
        Service service = root();
        for (int at = start(path); at < path.length(); ) {
            int slash = path.indexOf('/', at);
            int end = slash < 0 ? path.length() : slash;
            var next = next(service, path.substring(at, end), ids);
            if (next == null) {
                return null;
            }
            service = next;
            at = end + 1;
        }
        return service;
    }

    private static int start(String path) {
        return path.startsWith("/") ? 1 : 0;
    }

    /**
     * Where an object lives when only its type and id are known: {@code /clusters/123}; null when the type has no
     * collection under the root.
     */
    public static @Nullable String home(StructType<?> type, String id) {
        var home = type.home();
        return home.item() == null ? null : home.path() + Places.encoded(id);
    }

    static StructType.Home homeOf(StructType<?> type) {
        var collection = HOMES.get(type.name());
        var service = collection == null ? null : root().child(collection);
        return service == null ? StructType.Home.NONE : new StructType.Home("/" + collection + "/", service.item());
    }

    /** Every route, expanded from the root; where services contain each other a service is not entered twice. */
    public static List<Route> all() {
        var routes = new ArrayList<Route>();
        expand("", root(), new HashSet<>(), routes);
        return routes;
    }

    private static void expand(String path, Service service, Set<String> entered, List<Route> routes) {
        if (!entered.add(service.name())) {
            return;
        }
        for (var method : service.methods().values()) {
            var segment = method.segment();
            var full = segment == null ? path : path + "/" + segment;
            routes.add(new Route(method.verb(), full.isEmpty() ? "/" : full, service, method));
        }
        service.below().forEach((segment, name) -> expand(path + "/" + segment, service(name), entered, routes));
        var item = service.item();
        if (item != null) {
            expand(path + "/{" + service.itemParameter() + "}", item, entered, routes);
        }
        entered.remove(service.name());
    }
}
