package org.bellwether.engine.platform.store;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.Objects;
import java.util.function.Supplier;
import org.jooq.impl.SQLDataType;

/** Single values that an installation decides once and keeps. */
public final class SettingRepository {

    private final Database database;

    public SettingRepository(Database database) {
        this.database = database;
    }

    /** The value of that name; the first who asks makes it. */
    public String once(String key, Supplier<String> first) {
        var nameField = field(name("name"), SQLDataType.VARCHAR);
        var value = field(name("value"), SQLDataType.VARCHAR);
        var settings = table(name("settings"));
        return database.transaction(tx -> {
            tx.sql()
                    .insertInto(settings)
                    .set(nameField, key)
                    .set(value, first.get())
                    .onConflictDoNothing()
                    .execute();
            return Objects.requireNonNull(tx.sql()
                    .select(value)
                    .from(settings)
                    .where(nameField.eq(key))
                    .fetchOne(value));
        });
    }
}
