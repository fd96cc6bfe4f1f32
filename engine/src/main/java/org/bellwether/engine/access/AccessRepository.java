package org.bellwether.engine.access;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;

/** Internal users and tokens in the database. */
final class AccessRepository {
    private static final Table<Record> USERS = table(name("internal_users"));
    private static final Field<UUID> ID = field(name("id"), SQLDataType.UUID);
    private static final Field<String> NAME = field(name("name"), SQLDataType.VARCHAR);
    private static final Field<String> PASSWORD_HASH = field(name("password_hash"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> PASSWORD_SET = field(name("password_set"), SQLDataType.OFFSETDATETIME);

    private static final Table<Record> TOKENS = table(name("access_tokens"));
    private static final Field<byte[]> TOKEN_HASH = field(name("token_hash"), SQLDataType.BINARY);
    private static final Field<UUID> USER_ID = field(name("user_id"), SQLDataType.UUID);
    private static final Field<String> SCOPE = field(name("scope"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> LAST_USED = field(name("last_used"), SQLDataType.OFFSETDATETIME);

    private static final Field<UUID> TOKEN_ID = field(name("id"), SQLDataType.UUID);
    private static final Field<String> TOKEN_NAME = field(name("name"), SQLDataType.VARCHAR);
    private static final Field<Boolean> READ_ONLY = field(name("read_only"), SQLDataType.BOOLEAN);
    private static final Field<String> REMOTE = field(name("remote"), SQLDataType.VARCHAR);
    private static final Field<OffsetDateTime> CREATED = field(name("created"), SQLDataType.OFFSETDATETIME);
    private static final Field<OffsetDateTime> EXPIRES = field(name("expires"), SQLDataType.OFFSETDATETIME);

    private static final Field<Integer> IDLE_SECONDS = field(name("idle_seconds"), SQLDataType.INTEGER);

    private final Database database;

    AccessRepository(Database database) {
        this.database = database;
    }

    List<InternalUser> users() {
        return database.read(sql -> sql.select(ID, NAME, PASSWORD_HASH, PASSWORD_SET)
                .from(USERS)
                .fetch(row -> new InternalUser(
                        row.get(ID),
                        row.get(NAME),
                        row.get(PASSWORD_HASH),
                        row.get(PASSWORD_SET).toInstant())));
    }

    /** Adds a user or, if there is one of that name, gives it the password. */
    void save(InternalUser user) {
        database.change(tx -> tx.sql()
                .insertInto(USERS)
                .set(ID, user.id())
                .set(NAME, user.name())
                .set(PASSWORD_HASH, user.passwordHash())
                .set(PASSWORD_SET, at(user.passwordSet()))
                .onConflict(NAME)
                .doUpdate()
                .set(PASSWORD_HASH, user.passwordHash())
                .set(PASSWORD_SET, at(user.passwordSet()))
                .execute());
    }

    void insert(Transaction tx, InternalUser user) {
        tx.sql()
                .insertInto(USERS)
                .set(ID, user.id())
                .set(NAME, user.name())
                .set(PASSWORD_HASH, user.passwordHash())
                .set(PASSWORD_SET, at(user.passwordSet()))
                .execute();
    }

    void update(Transaction tx, InternalUser user) {
        tx.sql()
                .update(USERS)
                .set(PASSWORD_HASH, user.passwordHash())
                .set(PASSWORD_SET, at(user.passwordSet()))
                .where(ID.eq(user.id()))
                .execute();
    }

    void delete(Transaction tx, UUID user) {
        tx.sql().deleteFrom(USERS).where(ID.eq(user)).execute();
    }

    List<StoredToken> tokens() {
        return database.read(sql -> sql.select(
                        TOKEN_HASH,
                        TOKEN_ID,
                        USER_ID,
                        SCOPE,
                        TOKEN_NAME,
                        READ_ONLY,
                        REMOTE,
                        CREATED,
                        LAST_USED,
                        EXPIRES,
                        IDLE_SECONDS)
                .from(TOKENS)
                .fetch(row -> new StoredToken(
                        new TokenHash(row.get(TOKEN_HASH)),
                        row.get(TOKEN_ID),
                        row.get(USER_ID),
                        row.get(SCOPE),
                        row.get(TOKEN_NAME),
                        row.get(READ_ONLY),
                        row.get(REMOTE),
                        row.get(CREATED).toInstant(),
                        row.get(LAST_USED).toInstant(),
                        Optional.ofNullable(row.get(EXPIRES)).map(OffsetDateTime::toInstant),
                        Optional.ofNullable(row.get(IDLE_SECONDS)).map(Duration::ofSeconds))));
    }

    void add(StoredToken token) {
        database.change(tx -> tx.sql()
                .insertInto(TOKENS)
                .set(TOKEN_HASH, token.hash().bytes())
                .set(TOKEN_ID, token.id())
                .set(USER_ID, token.user())
                .set(SCOPE, token.scope())
                .set(TOKEN_NAME, token.name())
                .set(READ_ONLY, token.readOnly())
                .set(REMOTE, token.remote())
                .set(CREATED, at(token.created()))
                .set(LAST_USED, at(token.lastUsed()))
                .set(EXPIRES, token.expires().map(AccessRepository::at).orElse(null))
                .set(
                        IDLE_SECONDS,
                        token.idle().map(idle -> (int) idle.toSeconds()).orElse(null))
                .execute());
    }

    /** Writes when tokens were last used. */
    void touch(Map<TokenHash, Instant> used) {
        database.change(tx -> used.forEach((hash, instant) -> tx.sql()
                .update(TOKENS)
                .set(LAST_USED, at(instant))
                .where(TOKEN_HASH.eq(hash.bytes()))
                .execute()));
    }

    void remove(Collection<TokenHash> tokens) {
        database.change(tx -> tx.sql()
                .deleteFrom(TOKENS)
                .where(TOKEN_HASH.in(tokens.stream().map(TokenHash::bytes).toList()))
                .execute());
    }

    /** Removes the sessions that were begun for a program. */
    void removeSessionsOf(Transaction tx, String program) {
        tx.sql()
                .deleteFrom(TOKENS)
                .where(TOKEN_NAME.eq(program).and(EXPIRES.isNull()))
                .execute();
    }

    private static OffsetDateTime at(Instant instant) {
        return instant.atOffset(ZoneOffset.UTC);
    }
}
