package org.bellwether.engine.notification;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Condition;
import org.jooq.DSLContext;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.SortField;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** What is to be delivered, and how far in the log of events that was decided. */
final class DeliveryRepository {
    private static final Table<Record> DELIVERIES = table(name("notifications"));
    private static final Table<Record> CURSOR = table(name("notification_cursor"));
    private static final Field<Long> ID = field(name("id"), SQLDataType.BIGINT);
    private static final Field<UUID> CHANNEL = field(name("channel_id"), SQLDataType.UUID);
    private static final Field<Long> EVENT = field(name("event_id"), SQLDataType.BIGINT);
    private static final Field<String> RECIPIENT = field(name("recipient"), SQLDataType.VARCHAR);
    private static final Field<Integer> ATTEMPTS = field(name("attempts"), SQLDataType.INTEGER);
    private static final Field<String> STATE = field(name("state"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> NEXT = field(name("next_attempt"), SQLDataType.OFFSETDATETIME);
    private static final Field<String> ERROR = field(name("error"), SQLDataType.VARCHAR);

    /** The number of the last event of which it was decided who is told; locked until the transaction ends. */
    long cursor(Transaction tx) {
        Long decided = tx.sql().select(EVENT).from(CURSOR).forUpdate().fetchOne(EVENT);
        return decided == null ? 0 : decided;
    }

    void advance(Transaction tx, long event) {
        tx.sql().update(CURSOR).set(EVENT, event).execute();
    }

    void insert(Transaction tx, UUID channel, long event, String recipient, Instant now) {
        tx.sql()
                .insertInto(DELIVERIES)
                .set(CHANNEL, channel)
                .set(EVENT, event)
                .set(RECIPIENT, recipient)
                .set(ATTEMPTS, 0)
                .set(STATE, "pending")
                .set(NEXT, at(now))
                .set(ERROR, "")
                .execute();
    }

    List<Delivery> due(DSLContext sql, UUID channel, Instant now, int limit) {
        return select(sql, CHANNEL.eq(channel).and(STATE.eq("pending")).and(NEXT.le(at(now))), ID.asc(), limit);
    }

    List<Delivery> newest(DSLContext sql, UUID channel, int limit) {
        return select(sql, CHANNEL.eq(channel), ID.desc(), limit);
    }

    void update(Transaction tx, Delivery delivery) {
        tx.sql()
                .update(DELIVERIES)
                .set(ATTEMPTS, delivery.attempts())
                .set(STATE, delivery.state().name().toLowerCase(Locale.ROOT))
                .set(NEXT, at(delivery.next()))
                .set(ERROR, delivery.error())
                .where(ID.eq(delivery.id()))
                .execute();
    }

    /** What was sent or given up before a moment needs no keeping. */
    void forget(Transaction tx, Instant before) {
        tx.sql()
                .deleteFrom(DELIVERIES)
                .where(STATE.ne("pending").and(NEXT.lt(at(before))))
                .execute();
    }

    private static List<Delivery> select(DSLContext sql, Condition wanted, SortField<Long> order, int limit) {
        return sql.select(ID, CHANNEL, EVENT, RECIPIENT, ATTEMPTS, STATE, NEXT, ERROR)
                .from(DELIVERIES)
                .where(wanted)
                .orderBy(order)
                .limit(limit)
                .fetch(row -> new Delivery(
                        row.get(ID),
                        row.get(CHANNEL),
                        row.get(EVENT),
                        row.get(RECIPIENT),
                        row.get(ATTEMPTS),
                        Delivery.State.valueOf(row.get(STATE).toUpperCase(Locale.ROOT)),
                        row.get(NEXT).toInstant(),
                        row.get(ERROR)));
    }

    private static OffsetDateTime at(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }
}
