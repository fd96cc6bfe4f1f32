package org.bellwether.engine.platform.search;

import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.engine.platform.Failure;

/**
 * A parsed query: {@code [criteria] [sortby field [asc|desc]] [page number]}.
 *
 * @param criterion what to look for; absent means everything
 * @param sort the wished order; absent means the natural one
 * @param page the wished page, counted from 1; absent means all
 */
public record SearchQuery(Optional<Criterion> criterion, Optional<Sort> sort, OptionalInt page) {
    /**
     * An order.
     *
     * @param field the field's name as written
     * @param descending whether the greatest comes first
     * @param position where the field begins in the query, counted from 1
     */
    public record Sort(String field, boolean descending, int position) {}

    /** The query that finds everything. */
    public static final SearchQuery EVERYTHING =
            new SearchQuery(Optional.empty(), Optional.empty(), OptionalInt.empty());

    /**
     * Reads a query. Whether its fields exist is only found when it meets a {@link SearchSchema}.
     *
     * @throws Failure of the kind BAD_REQUEST that says at which character what was expected
     */
    public static SearchQuery parse(String text) {
        return new QueryParser(text).parse();
    }

    /** A failure that shows the place in the query. */
    static Failure refused(String text, int position, String reason, String next) {
        return Failure.badRequest("Cannot search for \"" + text.strip() + "\"")
                .because("at character " + position + ": " + reason)
                .next(next);
    }
}
