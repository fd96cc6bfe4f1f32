package org.bellwether.engine.platform.store;

import java.util.List;
import java.util.Map;

/**
 * What a dump of the database holds; the rows themselves are in a file for each table, in PostgreSQL's text format for COPY.
 *
 * @param migrations the versions of the schema that were applied
 * @param sequences the last value of each sequence that was used, by the column that it feeds, as {@code table.column}
 */
public record DatabaseContents(
        String server, List<String> migrations, List<Table> tables, Map<String, Long> sequences) {

    /** A table, after all those that it refers to. */
    public record Table(String name, List<String> columns, long rows) {}
}
