package org.bellwether.engine.access;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.pki.Sealed;
import org.bellwether.engine.platform.store.Database;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** What is remembered of how users sign on, whichever directory they are of: wrong passwords, and second factors. */
final class SignOnRepository {

    private static final Table<Record> SIGN_ONS = table(name("sign_ons"));
    private static final Field<UUID> USER = field(name("user_id"), SQLDataType.UUID);
    private static final Field<Integer> FAILURES = field(name("failures"), SQLDataType.INTEGER);
    private static final Field<OffsetDateTime> LOCKED_UNTIL = field(name("locked_until"), SQLDataType.OFFSETDATETIME);
    private static final Field<String> FACTOR = field(name("second_factor"), SQLDataType.VARCHAR);
    private static final Field<Long> USED = field(name("factor_used"), SQLDataType.BIGINT);

    private final Database database;

    SignOnRepository(Database database) {
        this.database = database;
    }

    Map<UUID, Lockouts.State> lockouts() {
        return database.read(sql -> sql.select(USER, FAILURES, LOCKED_UNTIL)
                .from(SIGN_ONS)
                .where(FAILURES.gt(0).or(LOCKED_UNTIL.isNotNull()))
                .fetchMap(
                        row -> row.get(USER),
                        row -> new Lockouts.State(
                                row.get(FAILURES),
                                Optional.ofNullable(row.get(LOCKED_UNTIL))
                                        .map(OffsetDateTime::toInstant)
                                        .orElse(Instant.EPOCH))));
    }

    void save(UUID user, Lockouts.State state) {
        Map<Field<?>, @Nullable Object> now = new HashMap<>();
        now.put(FAILURES, state.failures());
        now.put(
                LOCKED_UNTIL,
                state.until().equals(Instant.EPOCH) ? null : state.until().atOffset(ZoneOffset.UTC));
        save(user, now);
    }

    Map<UUID, Sealed> factors() {
        return database.read(sql -> sql.select(USER, FACTOR)
                .from(SIGN_ONS)
                .where(FACTOR.isNotNull())
                .fetchMap(row -> row.get(USER), row -> Sealed.stored(row.get(FACTOR))));
    }

    void saveFactor(UUID user, Optional<Sealed> secret) {
        Map<Field<?>, @Nullable Object> now = new HashMap<>();
        now.put(FACTOR, secret.map(Sealed::stored).orElse(null));
        save(user, now);
    }

    /** Up to which half minute the codes of users were used. */
    Map<UUID, Long> used() {
        return database.read(
                sql -> sql.select(USER, USED).from(SIGN_ONS).where(USED.gt(0L)).fetchMap(USER, USED));
    }

    void saveUsed(UUID user, long step) {
        save(user, Map.of(USED, step));
    }

    private void save(UUID user, Map<Field<?>, ? extends @Nullable Object> now) {
        database.change(tx -> tx.sql()
                .insertInto(SIGN_ONS)
                .set(USER, user)
                .set(now)
                .onConflict(USER)
                .doUpdate()
                .set(now)
                .execute());
    }
}
