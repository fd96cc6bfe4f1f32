package org.bellwether.engine.host;

import static org.jooq.impl.DSL.field;
import static org.jooq.impl.DSL.name;
import static org.jooq.impl.DSL.table;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.engine.platform.store.Transaction;
import org.jooq.Field;
import org.jooq.Record;
import org.jooq.Table;
import org.jooq.impl.SQLDataType;
import org.jspecify.annotations.Nullable;

/** Tokens given out for hosts, by the hash of their secret. */
final class EnrolmentRepository {

    private static final Table<Record> ENROLMENTS = table(name("enrolments"));
    private static final Field<byte[]> HASH = field(name("secret_hash"), SQLDataType.BLOB);
    private static final Field<UUID> CLUSTER = field(name("cluster_id"), SQLDataType.UUID);
    private static final Field<OffsetDateTime> EXPIRES = field(name("expires"), SQLDataType.OFFSETDATETIME);
    private static final Field<byte[]> KEY = field(name("public_key"), SQLDataType.BLOB);
    private static final Field<UUID> HOST = field(name("host_id"), SQLDataType.UUID);
    private static final Field<String> CERTIFICATE = field(name("certificate"), SQLDataType.VARCHAR);

    /** One token, and who used it. */
    record Enrolment(
            UUID clusterId,
            Instant expires,
            Optional<byte[]> publicKey,
            Optional<UUID> hostId,
            Optional<String> certificate) {

        boolean used() {
            return publicKey.isPresent();
        }

        boolean usedBy(byte[] key) {
            return publicKey.filter(known -> Arrays.equals(known, key)).isPresent();
        }
    }

    /** @param host the host that it is for, when that is known already */
    void insert(Transaction tx, byte[] hash, UUID cluster, @Nullable UUID host, Instant expires) {
        tx.sql()
                .insertInto(ENROLMENTS)
                .set(HASH, hash)
                .set(CLUSTER, cluster)
                .set(HOST, host)
                .set(EXPIRES, expires.atOffset(ZoneOffset.UTC))
                .execute();
    }

    /** Reads a token and keeps others from using it until the transaction ends. */
    Optional<Enrolment> lock(Transaction tx, byte[] hash) {
        return tx.sql()
                .select(CLUSTER, EXPIRES, KEY, HOST, CERTIFICATE)
                .from(ENROLMENTS)
                .where(HASH.eq(hash))
                .forUpdate()
                .fetchOptional(row -> new Enrolment(
                        row.get(CLUSTER),
                        row.get(EXPIRES).toInstant(),
                        Optional.ofNullable(row.get(KEY)),
                        Optional.ofNullable(row.get(HOST)),
                        Optional.ofNullable(row.get(CERTIFICATE))));
    }

    void use(Transaction tx, byte[] hash, byte[] key, UUID host, String certificate) {
        tx.sql()
                .update(ENROLMENTS)
                .set(KEY, key)
                .set(HOST, host)
                .set(CERTIFICATE, certificate)
                .where(HASH.eq(hash))
                .execute();
    }
}
