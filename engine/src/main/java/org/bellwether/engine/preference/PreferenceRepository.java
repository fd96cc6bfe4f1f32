package org.bellwether.engine.preference;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** What people prefer, in the database: a text under a name for each of them. */
final class PreferenceRepository {

    private static final Table<Record> PREFERENCES = table(name("preferences"));
    private static final Field<UUID> USER = field(name("user_id"), SQLDataType.UUID);
    private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
    private static final Field<String> CONTENT = field(name("content"), SQLDataType.VARCHAR);

    Map<String, String> of(DSLContext sql, UUID user) {
        Map<String, String> found = new LinkedHashMap<>();
        sql.select(NAME, CONTENT)
                .from(PREFERENCES)
                .where(USER.eq(user))
                .orderBy(NAME)
                .forEach(row -> found.put(row.get(NAME), row.get(CONTENT)));
        return found;
    }

    void put(Transaction tx, UUID user, String named, String content) {
        if (content.isEmpty()) {
            tx.sql()
                    .deleteFrom(PREFERENCES)
                    .where(USER.eq(user), NAME.eq(named))
                    .execute();
            return;
        }
        tx.sql()
                .insertInto(PREFERENCES)
                .set(USER, user)
                .set(NAME, named)
                .set(CONTENT, content)
                .onConflict(USER, NAME)
                .doUpdate()
                .set(CONTENT, content)
                .execute();
    }

    /** Whether there was none of that name. */
    boolean add(Transaction tx, UUID user, String named, String content) {
        return tx.sql()
                        .insertInto(PREFERENCES)
                        .set(USER, user)
                        .set(NAME, named)
                        .set(CONTENT, content)
                        .onConflict(USER, NAME)
                        .doNothing()
                        .execute()
                > 0;
    }
}
