package org.bellwether.engine.platform.store;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.engine.platform.Failure;
import org.flywaydb.core.Flyway;
import org.jooq.DSLContext;
import org.jooq.SQLDialect;
import org.jooq.conf.Settings;
import org.jooq.exception.DataAccessException;
import org.jooq.exception.IntegrityConstraintViolationException;
import org.jooq.impl.DSL;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What people decided: PostgreSQL, reached through short transactions.
 *
 * <p>A transaction collects what must happen to the read model and runs it right after its commit, before any later
 * transaction commits. So the read model sees changes in the order in which they became true, and never one that did
 * not. Commits therefore happen one at a time; the statements before them do not.
 */
public final class Database implements AutoCloseable {

    /** Of ten seconds each. */
    private static final int BUSY_ATTEMPTS = 4;

    private static final Logger log = LoggerFactory.getLogger(Database.class);

    /** The newest migration in {@code db/migration}. */
    static final String SCHEMA_VERSION = "29";

    private static final Settings SETTINGS =
            new Settings().withRenderSchema(false).withExecuteLogging(false);

    private final HikariDataSource pool;
    private final Optional<LocalPostgres> local;
    private final ReentrantLock commits = new ReentrantLock(true);
    private final List<BiConsumer<Transaction, ObjectChange>> watchers = new CopyOnWriteArrayList<>();

    private Database(HikariDataSource pool, Optional<LocalPostgres> local) {
        this.pool = pool;
        this.local = local;
    }

    /** Opens a PostgreSQL server that somebody else runs. */
    public static Database external(String url, String user, String password) {
        return open(url, user, password, Optional.empty());
    }

    /** Starts the server the engine brings along, under {@code home}, and opens it. */
    public static Database embedded(java.nio.file.Path home) {
        var server = new LocalPostgres(home);
        var running = server.start();
        return open(running.url(), running.user(), running.password(), Optional.of(server));
    }

    private static Database open(String url, String user, String password, Optional<LocalPostgres> local) {
        System.setProperty("org.jooq.no-logo", "true");
        System.setProperty("org.jooq.no-tips", "true");
        var config = new HikariConfig();
        config.setPoolName("database");
        config.setJdbcUrl(url);
        config.setUsername(user);
        config.setPassword(password);
        config.setMaximumPoolSize(16);
        config.setMinimumIdle(2);
        config.setAutoCommit(false);
        config.setConnectionTimeout(10_000);
        config.addDataSourceProperty("reWriteBatchedInserts", "true");
        var database = new Database(new HikariDataSource(config), local);
        try {
            database.migrate();
        } catch (RuntimeException e) {
            database.close();
            throw e;
        }
        return database;
    }

    /** Looking first saves what Flyway needs to load and scan, a third of a start on which nothing is to be done. */
    private void migrate() {
        if (schemaVersion().equals(Optional.of(SCHEMA_VERSION))) {
            return;
        }
        var result = Flyway.configure()
                .dataSource(pool)
                .locations("classpath:db/migration")
                .loggers("slf4j")
                // Features bring theirs independently of each other.
                .outOfOrder(true)
                .load()
                .migrate();
        if (result.migrationsExecuted > 0) {
            log.info("The database is now at version {}", result.targetSchemaVersion);
        }
    }

    private Optional<String> schemaVersion() {
        try (var connection = pool.getConnection();
                var statement = connection.createStatement();
                var table = statement.executeQuery("select to_regclass('flyway_schema_history') is not null")) {
            if (!table.next() || !table.getBoolean(1)) {
                return Optional.empty();
            }
            try (var newest = statement.executeQuery(
                    "select version from flyway_schema_history where success order by installed_rank desc limit 1")) {
                return newest.next() ? Optional.ofNullable(newest.getString(1)) : Optional.empty();
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Tells {@code watcher} of every stored object that comes, changes or goes, inside the transaction that does it. */
    public void watch(BiConsumer<Transaction, ObjectChange> watcher) {
        watchers.add(watcher);
    }

    /** Runs {@code work} in one transaction; its exception undoes everything. */
    public <T> T transaction(Function<Transaction, T> work) {
        try (var connection = connection()) {
            return inTransaction(connection, work);
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /**
     * One of few. Changes go to disk one after another, so when many come at once behind a slow disk they wait here; that is no
     * database that is away, which leaves no connection in use.
     */
    private Connection connection() throws SQLException {
        for (int attempt = 1; ; attempt++) {
            try {
                return pool.getConnection();
            } catch (SQLTransientConnectionException busy) {
                if (attempt == BUSY_ATTEMPTS || pool.getHikariPoolMXBean().getActiveConnections() == 0) {
                    throw busy;
                }
            }
        }
    }

    /** As {@link #transaction(Function)}, for work that answers nothing. */
    public void change(Consumer<Transaction> work) {
        transaction(tx -> {
            work.accept(tx);
            return Boolean.TRUE;
        });
    }

    /** Reads, for what is paged from the database, such as events; waits for nobody's change to be on disk. */
    public <T> T read(Function<DSLContext, T> work) {
        try (var connection = connection()) {
            connection.setReadOnly(true);
            try {
                return work.apply(DSL.using(connection, SQLDialect.POSTGRES, SETTINGS));
            } catch (DataAccessException e) {
                throw unavailable(e);
            } finally {
                connection.rollback();
            }
        } catch (SQLException e) {
            throw unavailable(e);
        }
    }

    /** Whether the server answers now. */
    public boolean answers() {
        try {
            return read(sql -> sql.selectOne().fetch().size() == 1);
        } catch (Failure unavailable) {
            return false;
        }
    }

    private <T> T inTransaction(Connection connection, Function<Transaction, T> work) throws SQLException {
        var tx = new Transaction(DSL.using(connection, SQLDialect.POSTGRES, SETTINGS), watchers);
        try {
            var answer = work.apply(tx);
            commits.lock();
            try {
                tx.committing();
                connection.commit();
                tx.committed();
            } finally {
                commits.unlock();
            }
            tx.afterwards();
            return answer;
        } catch (IntegrityConstraintViolationException e) {
            connection.rollback();
            throw Constraints.explain(e);
        } catch (DataAccessException e) {
            connection.rollback();
            throw unavailable(e);
        } catch (RuntimeException | Error e) {
            connection.rollback();
            throw e;
        }
    }

    private static Failure unavailable(Exception e) {
        log.error("The database failed", e);
        return Failure.unavailable("The database did not do what the engine asked of it")
                .because(String.valueOf(e.getMessage()))
                .undone("Nothing was changed")
                .next("Look at the database's log and ask again");
    }

    @Override
    public void close() {
        pool.close();
        local.ifPresent(LocalPostgres::stop);
    }
}
