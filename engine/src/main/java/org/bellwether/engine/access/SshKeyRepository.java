package org.bellwether.engine.access;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** The public keys of users in the database; they go with their user. */
final class SshKeyRepository {
    private static final Table<Record> KEYS = table(name("ssh_public_keys"));
    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<UUID> USER = field(name("user_id"), SQLDataType.UUID);
    private static final Field<String> CONTENT = field(name("content"), SQLDataType.VARCHAR);
    private static final Field<String> FINGERPRINT = field(name("fingerprint"), SQLDataType.VARCHAR);

    private final Database database;

    SshKeyRepository(Database database) {
        this.database = database;
    }

    List<SshKey> of(Id<User> user) {
        return database.read(sql -> sql.select(ID, CONTENT, FINGERPRINT)
                .from(KEYS)
                .where(USER.eq(user.value()))
                .orderBy(CONTENT, ID)
                .fetch(row -> new SshKey(row.get(ID), row.get(CONTENT), row.get(FINGERPRINT))));
    }

    Optional<SshKey> find(Id<User> user, UUID id) {
        return of(user).stream().filter(key -> key.id().equals(id)).findFirst();
    }

    /** How many keys the user has, in this transaction and after all that went before it: the user's row is locked by it. */
    int count(Transaction tx, Id<User> user) {
        tx.sql()
                .select(ID)
                .from(table(name("users")))
                .where(ID.eq(user.value()))
                .forUpdate()
                .fetch();
        return tx.sql().fetchCount(KEYS, USER.eq(user.value()));
    }

    void insert(Transaction tx, Id<User> user, SshKey key) {
        tx.sql()
                .insertInto(KEYS)
                .set(ID, key.id())
                .set(USER, user.value())
                .set(CONTENT, key.content())
                .set(FINGERPRINT, key.fingerprint())
                .execute();
    }

    void update(Transaction tx, SshKey key) {
        tx.sql()
                .update(KEYS)
                .set(CONTENT, key.content())
                .set(FINGERPRINT, key.fingerprint())
                .where(ID.eq(key.id()))
                .execute();
    }

    /** Whether there was such a key. */
    boolean delete(Transaction tx, Id<User> user, UUID id) {
        return tx.sql().deleteFrom(KEYS).where(ID.eq(id), USER.eq(user.value())).execute() > 0;
    }
}
