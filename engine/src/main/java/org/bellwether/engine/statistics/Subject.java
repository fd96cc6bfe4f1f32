package org.bellwether.engine.statistics;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.bellwether.engine.platform.http.Target;

/** The kinds of objects whose use is measured, by the API's names of their collections. */
enum Subject {
    VMS("vms", "vm"),
    HOSTS("hosts", "host"),
    CLUSTERS("clusters", "cluster"),
    STORAGE_DOMAINS("storagedomains", "storage_domain"),
    /** Everything together. */
    SYSTEM("system", "");

    private final String collection;
    private final String service;

    Subject(String collection, String service) {
        this.collection = collection;
        this.service = service;
    }

    static Optional<Subject> of(String collection) {
        return Stream.of(values())
                .filter(each -> each.collection.equals(collection))
                .findFirst();
    }

    /** On what somebody needs a permit who wants to see it. */
    List<Target> path(UUID id) {
        return this == SYSTEM ? List.of() : List.of(new Target(service, id.toString()));
    }
}
