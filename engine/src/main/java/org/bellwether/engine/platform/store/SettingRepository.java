package org.bellwether.engine.platform.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** Single values that an installation decides and keeps. */
public final class SettingRepository {

    private static final Table<Record> SETTINGS = table(name("settings"));
    private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
    private static final Field<String> VALUE = field(name("value"), SQLDataType.VARCHAR);

    private final Database database;

    public SettingRepository(Database database) {
        this.database = database;
    }

    /** The value of that name; the first who asks makes it. */
    public String once(String key, Supplier<String> first) {
        return database.transaction(tx -> {
            tx.sql()
                    .insertInto(SETTINGS)
                    .set(NAME, key)
                    .set(VALUE, first.get())
                    .onConflictDoNothing()
                    .execute();
            return Objects.requireNonNull(find(tx, key).orElse(null));
        });
    }

    public static Optional<String> find(Transaction tx, String key) {
        return tx.sql().select(VALUE).from(SETTINGS).where(NAME.eq(key)).fetchOptional(VALUE);
    }

    public static void put(Transaction tx, String key, String value) {
        tx.sql()
                .insertInto(SETTINGS)
                .set(NAME, key)
                .set(VALUE, value)
                .onConflict(NAME)
                .doUpdate()
                .set(VALUE, value)
                .execute();
    }

    public static void remove(Transaction tx, String key) {
        tx.sql().deleteFrom(SETTINGS).where(NAME.eq(key)).execute();
    }
}
