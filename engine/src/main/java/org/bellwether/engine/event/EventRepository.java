package org.bellwether.engine.event;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.noCondition;
import static org.jooq.impl.DSL.table;

import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The log of events in the database. */
final class EventRepository {

    private static final UUID NEW = new UUID(0, 0);
    private static final Table<Record> EVENTS = table(name("events"));
    private static final Field<Long> ID = field(name("id"), SQLDataType.BIGINT);
    private static final Field<Integer> CODE = field(name("code"), SQLDataType.INTEGER);
    private static final Field<String> SEVERITY = field(name("severity"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> TIME = field(name("time"), SQLDataType.OFFSETDATETIME);
    private static final Field<String> MESSAGE = field(name("message"), SQLDataType.VARCHAR);
    private static final Field<String> CORRELATION = field(name("correlation_id"), SQLDataType.VARCHAR);
    private static final Field<String> USER_NAME = field(name("user_name"), SQLDataType.VARCHAR);
    private static final Field<UUID> USER_ID = field(name("user_id"), SQLDataType.UUID);
    private static final Field<UUID> DATA_CENTER = field(name("data_center_id"), SQLDataType.UUID);
    private static final Field<UUID> CLUSTER = field(name("cluster_id"), SQLDataType.UUID);
    private static final Field<UUID> HOST = field(name("host_id"), SQLDataType.UUID);
    private static final Field<UUID> STORAGE_DOMAIN = field(name("storage_domain_id"), SQLDataType.UUID);
    private static final Field<UUID> TEMPLATE = field(name("template_id"), SQLDataType.UUID);
    private static final Field<UUID> VM = field(name("vm_id"), SQLDataType.UUID);
    private static final Field<UUID> QUOTA = field(name("quota_id"), SQLDataType.UUID);
    private static final Field<Boolean> DISMISSED = field(name("dismissed"), SQLDataType.BOOLEAN);

    private static final Field<Long> CHAIN = field(name("chain"), SQLDataType.BIGINT);
    private static final Field<String> HASH = field(name("hash"), SQLDataType.VARCHAR);
    private static final Field<String> ORIGIN = field(name("origin"), SQLDataType.VARCHAR);
    private static final Field<Long> CUSTOM_ID = field(name("custom_id"), SQLDataType.BIGINT);

    private static final List<Field<?>> COLUMNS = List.of(
            ID,
            CODE,
            SEVERITY,
            TIME,
            MESSAGE,
            CORRELATION,
            USER_NAME,
            USER_ID,
            DATA_CENTER,
            CLUSTER,
            HOST,
            STORAGE_DOMAIN,
            TEMPLATE,
            VM,
            QUOTA,
            ORIGIN,
            CUSTOM_ID,
            CHAIN,
            HASH);

    void insert(Transaction tx, LoggedEvent event, AuditLink link) {
        tx.sql()
                .insertInto(EVENTS)
                .set(CODE, event.code())
                .set(SEVERITY, event.severity())
                .set(TIME, event.time().atOffset(ZoneOffset.UTC))
                .set(MESSAGE, event.message())
                .set(CORRELATION, event.correlationId())
                .set(USER_NAME, event.userName().orElse(null))
                .set(USER_ID, event.userId().orElse(null))
                .set(DATA_CENTER, event.concerns().dataCenter().orElse(null))
                .set(CLUSTER, event.concerns().cluster().orElse(null))
                .set(HOST, event.concerns().host().orElse(null))
                .set(STORAGE_DOMAIN, event.concerns().storageDomain().orElse(null))
                .set(TEMPLATE, event.concerns().template().orElse(null))
                .set(VM, event.concerns().vm().orElse(null))
                .set(QUOTA, event.concerns().quota().orElse(null))
                .set(ORIGIN, event.origin())
                .set(CUSTOM_ID, event.customId())
                .set(CHAIN, link.number())
                .set(HASH, link.hash())
                .execute();
    }

    /** Events have numbers, no ids; who hears of it asks for those above the newest that it knows. */
    static void tell(Transaction tx) {
        tx.tell("events", NEW, ObjectChange.How.ADDED);
    }

    /** The newest link; the start of the chain when there is none. */
    AuditLink head(DSLContext sql) {
        return sql
                .select(CHAIN, HASH)
                .from(EVENTS)
                .where(CHAIN.isNotNull())
                .orderBy(CHAIN.desc())
                .limit(1)
                .fetch(row -> new AuditLink(row.get(CHAIN), row.get(HASH)))
                .stream()
                .findFirst()
                .orElse(AuditLink.START);
    }

    /** An event and the link that is stored with it. */
    record Chained(LoggedEvent event, AuditLink link) {}

    /** In the order of the chain. */
    List<Chained> chained(DSLContext sql, long after, int limit) {
        return sql.select(COLUMNS)
                .from(EVENTS)
                .where(CHAIN.gt(after))
                .orderBy(CHAIN)
                .limit(limit)
                .fetch(row -> new Chained(event(row), new AuditLink(row.get(CHAIN), row.get(HASH))));
    }

    void undismiss(Transaction tx) {
        tx.sql().update(EVENTS).set(DISMISSED, false).where(DISMISSED.isTrue()).execute();
        tx.tell("events", NEW, ObjectChange.How.CHANGED);
    }

    /** Newest first. */
    List<LoggedEvent> newest(DSLContext sql, Optional<Long> above, int limit) {
        Condition wanted = above.map(ID::gt).orElse(noCondition()).and(DISMISSED.isFalse());
        return fetch(sql, wanted, limit);
    }

    List<LoggedEvent> after(DSLContext sql, long id, int limit) {
        return sql.select(COLUMNS)
                .from(EVENTS)
                .where(ID.gt(id))
                .orderBy(ID)
                .limit(limit)
                .fetch(EventRepository::event);
    }

    Optional<LoggedEvent> find(DSLContext sql, long id) {
        return fetch(sql, ID.eq(id), 1).stream().findFirst();
    }

    void dismiss(Transaction tx, long id) {
        tx.sql().update(EVENTS).set(DISMISSED, true).where(ID.eq(id)).execute();
        tx.tell("events", NEW, ObjectChange.How.CHANGED);
    }

    private static List<LoggedEvent> fetch(DSLContext sql, Condition wanted, int limit) {
        return sql.select(COLUMNS)
                .from(EVENTS)
                .where(wanted)
                .orderBy(ID.desc())
                .limit(limit)
                .fetch(EventRepository::event);
    }

    private static LoggedEvent event(Record row) {
        return new LoggedEvent(
                row.get(ID),
                row.get(CODE),
                row.get(SEVERITY),
                row.get(TIME).toInstant(),
                row.get(MESSAGE),
                row.get(CORRELATION),
                Optional.ofNullable(row.get(USER_NAME)),
                Optional.ofNullable(row.get(USER_ID)),
                new Concerns(
                        Optional.ofNullable(row.get(DATA_CENTER)),
                        Optional.ofNullable(row.get(CLUSTER)),
                        Optional.ofNullable(row.get(HOST)),
                        Optional.ofNullable(row.get(STORAGE_DOMAIN)),
                        Optional.ofNullable(row.get(TEMPLATE)),
                        Optional.ofNullable(row.get(VM)),
                        Optional.ofNullable(row.get(QUOTA))),
                row.get(ORIGIN),
                row.get(CUSTOM_ID));
    }
}
