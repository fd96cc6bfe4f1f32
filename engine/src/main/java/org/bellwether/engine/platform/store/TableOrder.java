package org.bellwether.engine.platform.store;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** The engine's tables, each after those that it refers to, so that rows may be put in table by table. */
final class TableOrder {

    private final Map<String, Set<String>> references = new HashMap<>();
    private final Set<String> ordered = new LinkedHashSet<>();

    TableOrder(Connection connection) throws SQLException {
        var all = new TreeSet<>(DatabaseAccess.strings(connection, """
                select relname from pg_class
                where relkind = 'r' and relnamespace = to_regnamespace(current_schema())
                    and relname <> 'flyway_schema_history'"""));
        for (var table : all) {
            references.put(table, new TreeSet<>(DatabaseAccess.strings(connection, """
                    select distinct b.relname from pg_constraint c
                    join pg_class a on a.oid = c.conrelid
                    join pg_class b on b.oid = c.confrelid
                    where c.contype = 'f' and a.relname = ? and a.oid <> b.oid
                        and a.relnamespace = to_regnamespace(current_schema())""", table)));
        }
        all.forEach(table -> add(table, new ArrayList<>()));
    }

    private void add(String table, List<String> path) {
        if (path.contains(table)) {
            throw new IllegalStateException("tables refer to each other in a circle: " + path);
        }
        path.add(table);
        if (!ordered.contains(table)) {
            references.getOrDefault(table, Set.of()).forEach(each -> add(each, path));
            ordered.add(table);
        }
        path.remove(table);
    }

    List<String> tables() {
        return List.copyOf(ordered);
    }
}
