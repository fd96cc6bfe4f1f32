package org.bellwether.engine.platform.store;

import static org.bellwether.engine.platform.store.ObjectChange.How.ADDED;
import static org.bellwether.engine.platform.store.ObjectChange.How.CHANGED;
import static org.bellwether.engine.platform.store.ObjectChange.How.REMOVED;
import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.jooq.Field;
import org.jooq.JSONB;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/**
 * The table of one kind of object, and the read model that mirrors it.
 *
 * <p>A row holds the whole record as JSON in {@code body}; beside it stand the columns that PostgreSQL itself must know
 * for its constraints: the identity, the name, and what refers to other tables.
 */
public final class ObjectTable<T extends Stored<T>> {

    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<JSONB> BODY = field(name("body"), SQLDataType.JSONB);
    private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);

    private final Table<Record> table;
    private final String singular;
    private final Class<T> type;
    private final Function<T, Map<String, Object>> columns;
    private final ReadModel<T> model = new ReadModel<>();

    /**
     * @param table the table's name, a plural noun
     * @param singular what one of them is called in a message to a person
     * @param columns what stands in columns of its own, beside id and name; a missing entry is null
     */
    public ObjectTable(String table, String singular, Class<T> type, Function<T, Map<String, Object>> columns) {
        this.table = table(name(table));
        this.singular = singular;
        this.type = type;
        this.columns = columns;
    }

    public ReadModel<T> model() {
        return model;
    }

    /** Fills the read model; once, at start. */
    public void load(Database database) {
        database.change(tx -> tx.sql()
                .select(BODY)
                .from(table)
                .fetch()
                .forEach(row -> model.put(Json.read(row.value1().data(), type))));
    }

    public void insert(Transaction tx, T record) {
        tx.sql().insertInto(table).set(row(record)).execute();
        tx.tell(table.getName(), record.id().value(), ADDED);
        tx.onCommit(() -> model.put(record));
    }

    /** Many at once. */
    public void insertAll(Transaction tx, List<T> records) {
        tx.sql()
                .batch(records.stream()
                        .map(record -> tx.sql().insertInto(table).set(row(record)))
                        .toList())
                .execute();
        records.forEach(record -> tx.tell(table.getName(), record.id().value(), ADDED));
        tx.onCommit(() -> records.forEach(model::put));
    }

    /**
     * Changes a record as it is now, whoever changed it last: the row is read and locked, changed and written.
     *
     * @throws Failure when it does not exist (any more)
     */
    public T update(Transaction tx, Id<T> id, Function<T, T> change) {
        var row = tx.sql()
                .select(BODY)
                .from(table)
                .where(ID.eq(id.value()))
                .forUpdate()
                .fetchOne();
        if (row == null) {
            throw missing(id.toString());
        }
        var changed = change.apply(Json.read(row.value1().data(), type));
        tx.sql().update(table).set(row(changed)).where(ID.eq(id.value())).execute();
        tx.tell(table.getName(), id.value(), CHANGED);
        tx.onCommit(() -> model.put(changed));
        return changed;
    }

    /** The records whose column has the value, as the transaction sees them; the read model may lag a moment behind. */
    public List<T> matching(Transaction tx, String column, UUID value) {
        return tx.sql()
                .select(BODY)
                .from(table)
                .where(field(name(column), SQLDataType.UUID).eq(value))
                .fetch(row -> Json.read(row.value1().data(), type));
    }

    /** The record as this transaction has made it. */
    public Optional<T> asChanged(Transaction tx, Id<T> id) {
        return tx.sql()
                .select(BODY)
                .from(table)
                .where(ID.eq(id.value()))
                .fetchOptional(row -> Json.read(row.value1().data(), type));
    }

    /** Removes the record; one that is gone already stays gone. */
    public void delete(Transaction tx, Id<T> id) {
        tx.sql().deleteFrom(table).where(ID.eq(id.value())).execute();
        tx.tell(table.getName(), id.value(), REMOVED);
        tx.onCommit(() -> model.remove(id));
    }

    /** The record, or a failure that says that there is none. */
    public T get(Id<T> id) {
        return model.find(id).orElseThrow(() -> missing(id.toString()));
    }

    private Failure missing(String id) {
        return Failure.notFound("There is no " + singular + " with the id " + id)
                .next("Ask for the list to see what there is; it may have been removed a moment ago");
    }

    private Map<Field<?>, Object> row(T record) {
        var row = new HashMap<Field<?>, Object>();
        row.put(ID, record.id().value());
        row.put(NAME, record.name());
        row.put(BODY, JSONB.valueOf(Json.write(record)));
        // An untyped null cannot be bound, but it can be written.
        columns.apply(record)
                .forEach((column, value) -> row.put(field(name(column)), value == null ? field("null") : value));
        return row;
    }
}
