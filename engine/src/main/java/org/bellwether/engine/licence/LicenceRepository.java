package org.bellwether.engine.licence;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;
import static org.jooq.impl.DSL.val;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * The evidence of licence zones: what was changed and what was seen. It is kept by the zone's name and outlives zone, machine
 * and host.
 */
final class LicenceRepository {

    private static final String CHANGE = "change";
    private static final String RUN = "run";

    private static final Table<Record> RECORDS = table(name("licence_records"));
    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<String> ZONE = field(name("zone"), SQLDataType.VARCHAR);
    private static final Field<String> KIND = field(name("kind"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> AT = field(name("at"), SQLDataType.OFFSETDATETIME);
    private static final Field<JSONB> BODY = field(name("body"), SQLDataType.JSONB);

    private final Database database;

    LicenceRepository(Database database) {
        this.database = database;
    }

    void add(Transaction tx, String zone, LicenceChange change) {
        insert(tx, UUID.randomUUID(), zone, CHANGE, change.at(), change);
    }

    void add(Transaction tx, String zone, LicenceRun run) {
        insert(tx, run.id(), zone, RUN, run.from(), run);
    }

    void update(Transaction tx, LicenceRun run) {
        tx.sql().update(RECORDS).set(BODY, body(run)).where(ID.eq(run.id())).execute();
    }

    /** In the order of time. */
    List<LicenceChange> changes(String zone) {
        return read(zone, CHANGE, LicenceChange.class);
    }

    /** In the order of time. */
    List<LicenceRun> runs(String zone) {
        return read(zone, RUN, LicenceRun.class);
    }

    /** Whether anything was written down of a machine on a host at that time or later. */
    boolean any(UUID vm, UUID host, Instant since) {
        return database.read(sql -> sql.fetchExists(sql.selectOne()
                .from(RECORDS)
                .where(KIND.eq(RUN))
                .and(text("vm").eq(vm.toString()))
                .and(text("host").eq(host.toString()))
                .and(text("until").cast(SQLDataType.BIGINT).ge(since.toEpochMilli()))));
    }

    private static Field<String> text(String member) {
        return field("{0} ->> {1}", SQLDataType.VARCHAR, BODY, val(member));
    }

    private static void insert(Transaction tx, UUID id, String zone, String kind, Instant at, Object body) {
        tx.sql()
                .insertInto(RECORDS, ID, ZONE, KIND, AT, BODY)
                .values(id, zone, kind, at.atOffset(ZoneOffset.UTC), body(body))
                .execute();
    }

    private static JSONB body(Object value) {
        return JSONB.valueOf(Json.write(value));
    }

    private <T> List<T> read(String zone, String kind, Class<T> type) {
        return database.read(sql -> sql.select(BODY)
                .from(RECORDS)
                .where(ZONE.eq(zone))
                .and(KIND.eq(kind))
                .orderBy(AT, ID)
                .fetch(row -> Json.read(row.value1().data(), type)));
    }
}
