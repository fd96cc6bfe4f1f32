package org.bellwether.api;

import java.util.List;
import java.util.Set;

/** What a verb and a path mean. */
public sealed interface RouteMatch {
    /**
     * A method of a service.
     *
     * @param service the service behind the path
     * @param method the method to call on it
     * @param ids the ids in the path, from left to right, as they stand there
     */
    record Found(Service service, ServiceMethod method, List<String> ids) implements RouteMatch {
        public Found {
            ids = List.copyOf(ids);
        }
    }

    /** The path is right, but the API has no such verb on it; these it has. */
    record OtherVerbs(Set<String> allowed) implements RouteMatch {
        public OtherVerbs {
            allowed = Set.copyOf(allowed);
        }
    }

    /** The API has no such path. */
    record Unknown() implements RouteMatch {}
}
