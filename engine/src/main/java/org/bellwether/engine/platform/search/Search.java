package org.bellwether.engine.platform.search;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Predicate;
import java.util.stream.Stream;

/** A query made ready for one kind of object. Immutable, and safe for use by several threads. */
public final class Search<T> {
    /** How many objects a page has when the client names no maximum. */
    public static final int PAGE_SIZE = 100;

    /** What the compiler makes of a query. */
    record Plan<T>(Predicate<T> predicate, Optional<Comparator<T>> order) {}

    private final Plan<T> plan;
    private final OptionalInt page;

    Search(Plan<T> plan, SearchQuery query) {
        this.plan = plan;
        this.page = query.page();
    }

    /** Whether one object is a hit. */
    public boolean matches(T object) {
        return plan.predicate().test(object);
    }

    /**
     * The hits, in the query's order or else in the given one, of the query's page.
     *
     * @param maximum at most so many, and the size of a page; absent means all, or 100 if the query asks for a page
     */
    public List<T> in(Collection<T> objects, OptionalInt maximum) {
        Stream<T> hits = objects.stream().filter(plan.predicate());
        if (plan.order().isPresent()) {
            hits = hits.sorted(plan.order().get());
        }
        if (page.isPresent()) {
            int size = maximum.orElse(PAGE_SIZE);
            hits = hits.skip((page.getAsInt() - 1L) * size).limit(size);
        } else if (maximum.isPresent()) {
            hits = hits.limit(maximum.getAsInt());
        }
        return hits.toList();
    }
}
