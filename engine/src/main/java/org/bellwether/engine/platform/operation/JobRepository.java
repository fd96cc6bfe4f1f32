package org.bellwether.engine.platform.operation;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.ObjectChange;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** Jobs, steps and locks in the database. */
final class JobRepository {

    private static final Table<Record> JOBS = table(name("jobs"));
    private static final Table<Record> STEPS = table(name("steps"));
    private static final Table<Record> LOCKS = table(name("locks"));

    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<String> CORRELATION = field(name("correlation_id"), SQLDataType.VARCHAR);
    private static final Field<String> KIND = field(name("kind"), SQLDataType.VARCHAR);
    private static final Field<Integer> VERSION = field(name("version"), SQLDataType.INTEGER);
    private static final Field<String> DESCRIPTION = field(name("description"), SQLDataType.VARCHAR);
    private static final Field<JSONB> REQUEST = field(name("request"), SQLDataType.JSONB);
    private static final Field<String> OWNER = field(name("owner"), SQLDataType.VARCHAR);
    private static final Field<String> STATUS = field(name("status"), SQLDataType.VARCHAR);
    private static final Field<String> ERROR = field(name("error"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> STARTED = field(name("started"), SQLDataType.OFFSETDATETIME);
    private static final Field<OffsetDateTime> UPDATED = field(name("updated"), SQLDataType.OFFSETDATETIME);
    private static final Field<OffsetDateTime> ENDED = field(name("ended"), SQLDataType.OFFSETDATETIME);
    private static final Field<UUID> JOB_ID = field(name("job_id"), SQLDataType.UUID);
    private static final Field<Integer> NUMBER = field(name("number"), SQLDataType.INTEGER);
    private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
    private static final Field<JSONB> OUTCOME = field(name("outcome"), SQLDataType.JSONB);
    private static final Field<Boolean> AUTO_CLEARED = field(name("auto_cleared"), SQLDataType.BOOLEAN);
    private static final Field<String> TYPE = field(name("type"), SQLDataType.VARCHAR);
    private static final Field<Boolean> EXTERNAL = field(name("external"), SQLDataType.BOOLEAN);
    private static final Field<UUID> OBJECT_ID = field(name("object_id"), SQLDataType.UUID);

    void insert(Transaction tx, Job job) {
        tx.sql()
                .insertInto(JOBS)
                .set(ID, job.id().value())
                .set(CORRELATION, job.correlationId())
                .set(KIND, job.kind())
                .set(VERSION, job.version())
                .set(DESCRIPTION, job.description())
                .set(REQUEST, JSONB.valueOf(job.request()))
                .set(OWNER, job.owner())
                .set(STATUS, lower(job.status()))
                .set(STARTED, at(job.started()))
                .set(UPDATED, at(job.updated()))
                .set(AUTO_CLEARED, job.autoCleared())
                .execute();
        tx.tell("jobs", job.id().value(), ObjectChange.How.ADDED);
    }

    void status(Transaction tx, Id<Job> job, Job.Status status, Optional<String> error, Instant now) {
        tx.sql()
                .update(JOBS)
                .set(STATUS, lower(status))
                .set(ERROR, error.orElse(null))
                .set(UPDATED, at(now))
                .set(ENDED, status.running() ? null : at(now))
                .where(ID.eq(job.value()))
                .execute();
        changed(tx, job);
    }

    private static void changed(Transaction tx, Id<Job> job) {
        tx.tell("jobs", job.value(), ObjectChange.How.CHANGED);
    }

    /** Takes locks; answers the job that holds one of the objects, when there is one. */
    Optional<Id<Job>> lock(Transaction tx, Id<Job> job, Collection<UUID> objects) {
        // In one order for everybody, so that two jobs which want the same objects cannot wait for each other.
        for (var object : objects.stream().sorted().toList()) {
            int taken = tx.sql()
                    .insertInto(LOCKS)
                    .set(OBJECT_ID, object)
                    .set(JOB_ID, job.value())
                    .onConflictDoNothing()
                    .execute();
            if (taken == 0) {
                var holder = tx.sql()
                        .select(JOB_ID)
                        .from(LOCKS)
                        .where(OBJECT_ID.eq(object))
                        .fetchOne(JOB_ID);
                return Optional.of(holder == null ? job : Id.of(holder));
            }
            tx.tell("locks", object, ObjectChange.How.ADDED);
        }
        return Optional.empty();
    }

    void unlock(Transaction tx, Id<Job> job) {
        locked(tx, job).forEach(object -> tx.tell("locks", object, ObjectChange.How.REMOVED));
        tx.sql().deleteFrom(LOCKS).where(JOB_ID.eq(job.value())).execute();
    }

    List<UUID> locked(Transaction tx, Id<Job> job) {
        return tx.sql()
                .select(OBJECT_ID)
                .from(LOCKS)
                .where(JOB_ID.eq(job.value()))
                .fetch(OBJECT_ID);
    }

    void begin(Transaction tx, Id<Job> job, int number, String name, Instant now) {
        tx.sql()
                .insertInto(STEPS)
                .set(JOB_ID, job.value())
                .set(NUMBER, number)
                .set(NAME, name)
                .set(STATUS, "started")
                .set(STARTED, at(now))
                .onConflict(JOB_ID, NUMBER)
                .doUpdate()
                .set(STATUS, "started")
                .execute();
        changed(tx, job);
    }

    void end(
            Transaction tx,
            Id<Job> job,
            int number,
            Step.Status status,
            @Nullable String outcome,
            @Nullable String error,
            Instant now) {
        tx.sql()
                .update(STEPS)
                .set(STATUS, lower(status))
                .set(OUTCOME, outcome == null ? null : JSONB.valueOf(outcome))
                .set(ERROR, error)
                .set(ENDED, at(now))
                .where(JOB_ID.eq(job.value()).and(NUMBER.eq(number)))
                .execute();
        changed(tx, job);
    }

    List<Step> steps(Transaction tx, Id<Job> job) {
        return tx.sql()
                .select(NUMBER, NAME, STATUS, OUTCOME, ERROR, STARTED, ENDED, TYPE, EXTERNAL)
                .from(STEPS)
                .where(JOB_ID.eq(job.value()))
                .orderBy(NUMBER)
                .fetch(row -> new Step(
                        row.get(NUMBER),
                        row.get(NAME),
                        Step.Status.valueOf(row.get(STATUS).toUpperCase(Locale.ROOT)),
                        Optional.ofNullable(row.get(OUTCOME)).map(JSONB::data),
                        Optional.ofNullable(row.get(ERROR)),
                        row.get(STARTED).toInstant(),
                        Optional.ofNullable(row.get(ENDED)).map(OffsetDateTime::toInstant),
                        row.get(TYPE),
                        row.get(EXTERNAL)));
    }

    /** A step that another program tells of. */
    void addExternal(Transaction tx, Id<Job> job, int number, String name, String type, Instant now) {
        tx.sql()
                .insertInto(STEPS)
                .set(JOB_ID, job.value())
                .set(NUMBER, number)
                .set(NAME, name)
                .set(STATUS, "started")
                .set(STARTED, at(now))
                .set(TYPE, type)
                .set(EXTERNAL, true)
                .execute();
        changed(tx, job);
    }

    /** With its steps. */
    void delete(Transaction tx, Id<Job> job) {
        tx.sql().deleteFrom(STEPS).where(JOB_ID.eq(job.value())).execute();
        tx.sql().deleteFrom(JOBS).where(ID.eq(job.value())).execute();
        tx.tell("jobs", job.value(), ObjectChange.How.REMOVED);
    }

    /** Ends all that runs, as failed, and lets go of every object; answers how many jobs that were. */
    int abandon(Transaction tx, String why, Instant now) {
        tx.sql().deleteFrom(LOCKS).execute();
        return tx.sql()
                .update(JOBS)
                .set(STATUS, lower(Job.Status.FAILED))
                .set(ERROR, why)
                .set(UPDATED, at(now))
                .set(ENDED, at(now))
                .where(STATUS.in("started", "undoing").and(KIND.ne(Job.EXTERNAL)))
                .execute();
    }

    List<Job> running(Transaction tx) {
        return select(tx, STATUS.in("started", "undoing").and(KIND.ne(Job.EXTERNAL)), Integer.MAX_VALUE);
    }

    Optional<Job> find(Transaction tx, Id<Job> id) {
        return select(tx, ID.eq(id.value()), 1).stream().findFirst();
    }

    List<Job> newest(Transaction tx, int limit) {
        return select(tx, org.jooq.impl.DSL.noCondition(), limit);
    }

    List<Job> ofCorrelation(Transaction tx, String correlationId, int limit) {
        return select(tx, CORRELATION.eq(correlationId), limit);
    }

    private static List<Job> select(Transaction tx, org.jooq.Condition condition, int limit) {
        return tx.sql()
                .select(
                        ID,
                        CORRELATION,
                        KIND,
                        VERSION,
                        DESCRIPTION,
                        REQUEST,
                        OWNER,
                        STATUS,
                        ERROR,
                        STARTED,
                        UPDATED,
                        ENDED,
                        AUTO_CLEARED)
                .from(JOBS)
                .where(condition)
                .orderBy(STARTED.desc(), ID)
                .limit(limit)
                .fetch(row -> new Job(
                        Id.of(row.get(ID)),
                        row.get(CORRELATION),
                        row.get(KIND),
                        row.get(VERSION),
                        row.get(DESCRIPTION),
                        row.get(REQUEST).data(),
                        row.get(OWNER),
                        Job.Status.valueOf(row.get(STATUS).toUpperCase(Locale.ROOT)),
                        Optional.ofNullable(row.get(ERROR)),
                        row.get(STARTED).toInstant(),
                        row.get(UPDATED).toInstant(),
                        Optional.ofNullable(row.get(ENDED)).map(OffsetDateTime::toInstant),
                        row.get(AUTO_CLEARED)));
    }

    private static OffsetDateTime at(Instant time) {
        return time.atOffset(ZoneOffset.UTC);
    }

    private static String lower(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
