package org.bellwether.engine.platform.store;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Properties;
import java.util.function.Consumer;
import java.util.function.Function;
import org.bellwether.engine.platform.Failure;
import org.flywaydb.core.Flyway;
import org.jooq.SQLDialect;
import org.jooq.impl.DSL;
import org.postgresql.PGConnection;

/**
 * The database as it is, beside the engine or without it, for whoever runs the engine: to save it, to fill it, to look after
 * it. Unlike {@link Database} it changes no schema by being opened. The server that the engine brings along is started when
 * it is down, and then stopped again.
 */
public final class DatabaseAccess implements AutoCloseable {

    private final String url;
    private final String user;
    private final String password;
    private final Runnable closing;

    private DatabaseAccess(String url, String user, String password, Runnable closing) {
        this.url = url;
        this.user = user;
        this.password = password;
        this.closing = closing;
    }

    /** A server that somebody else runs. */
    public static DatabaseAccess external(String url, String user, String password) {
        return new DatabaseAccess(url, user, password, () -> {});
    }

    /**
     * The server under {@code home}.
     *
     * @throws Failure when there is none
     */
    public static DatabaseAccess embedded(Path home) {
        if (!new LocalPostgres(home).exists()) {
            throw Failure.notFound("There is no database under " + home)
                    .next("Check data-dir in the engine's configuration; the first start of the engine makes it");
        }
        return started(home);
    }

    /** A new server under {@code home}, where there is none. */
    public static DatabaseAccess fresh(Path home) {
        return started(home);
    }

    /** Ends the server under {@code home} when it runs; one that was left behind by an engine that was killed. */
    public static void end(Path home) {
        var server = new LocalPostgres(home);
        if (server.exists()) {
            server.stop();
        }
    }

    private static DatabaseAccess started(Path home) {
        var server = new LocalPostgres(home);
        var running = server.start();
        return new DatabaseAccess(
                running.url(), running.user(), running.password(), server.foundRunning() ? () -> {} : server::stop);
    }

    /** Runs work in one transaction without a read model. */
    public <T> T transaction(Function<Transaction, T> work) {
        return with(connection -> {
            var answer = work.apply(new Transaction(DSL.using(connection, SQLDialect.POSTGRES), List.of()));
            connection.commit();
            return answer;
        });
    }

    /**
     * Writes every table into a file of {@code directory}, all of one instant, whatever is written meanwhile.
     *
     * @return what was written
     */
    public DatabaseContents dump(Path directory) {
        return with(connection -> {
            execute(connection, "set transaction isolation level repeatable read, read only");
            var tables = new ArrayList<DatabaseContents.Table>();
            for (var table : new TableOrder(connection).tables()) {
                var columns = strings(connection, """
                        select attname from pg_attribute
                        where attrelid = to_regclass(?) and attnum > 0 and not attisdropped and attgenerated = ''
                        order by attnum""", quoted(table));
                try (var out = Files.newOutputStream(file(directory, table))) {
                    long rows = connection
                            .unwrap(PGConnection.class)
                            .getCopyAPI()
                            .copyOut("copy " + quoted(table) + columnList(columns) + " to stdout", out);
                    tables.add(new DatabaseContents.Table(table, columns, rows));
                }
            }
            var contents = new DatabaseContents(
                    connection.getMetaData().getDatabaseProductVersion(),
                    migrations(connection),
                    tables,
                    sequences(connection));
            connection.rollback();
            return contents;
        });
    }

    /**
     * Fills an empty database with what {@link #dump} wrote. When anything fails it is empty again.
     *
     * @param last runs in the transaction that brings the rows
     */
    public void load(Path directory, DatabaseContents contents, Consumer<Transaction> last) {
        requireEmpty();
        boolean filled = false;
        try {
            flyway(contents).load().migrate();
            with(connection -> {
                fill(connection, directory, contents);
                last.accept(new Transaction(DSL.using(connection, SQLDialect.POSTGRES), List.of()));
                connection.commit();
                return contents;
            });
            filled = true;
        } finally {
            if (!filled) {
                flyway(contents).cleanDisabled(false).load().clean();
            }
        }
    }

    /** Takes all out of the schema, whatever version of the engine has put it there. */
    public void empty() {
        Flyway.configure()
                .dataSource(url, user, password)
                .loggers("slf4j")
                .cleanDisabled(false)
                .load()
                .clean();
    }

    private void requireEmpty() {
        var present = with(connection -> strings(connection, """
                select relname from pg_class
                where relnamespace = to_regnamespace(current_schema()) and relkind in ('r', 'p', 'v', 'm', 'S')
                order by relname limit 3"""));
        if (!present.isEmpty()) {
            throw Failure.conflict("The database is not empty")
                    .because("it has " + String.join(", ", present) + " and perhaps more")
                    .undone("Nothing was changed")
                    .next("Name an empty database in the engine's configuration");
        }
    }

    private org.flywaydb.core.api.configuration.FluentConfiguration flyway(DatabaseContents contents) {
        return Flyway.configure()
                .dataSource(url, user, password)
                .locations("classpath:db/migration")
                .loggers("slf4j")
                .outOfOrder(true)
                .target(contents.migrations().getLast());
    }

    private static void fill(Connection connection, Path directory, DatabaseContents contents)
            throws SQLException, IOException {
        var applied = migrations(connection);
        if (!applied.equals(contents.migrations())) {
            throw Failure.conflict("This engine cannot take that backup in")
                    .because("its database would be at " + String.join(", ", applied) + " and that of the backup is at "
                            + String.join(", ", contents.migrations()))
                    .undone("Nothing was changed")
                    .next("Restore it with the version of the engine that made it");
        }
        var tables = new TableOrder(connection).tables();
        // What the migrations themselves have put there.
        execute(
                connection,
                "truncate "
                        + String.join(
                                ", ",
                                tables.stream().map(DatabaseAccess::quoted).toList()));
        for (var table : contents.tables()) {
            if (!tables.contains(table.name())) {
                throw Failure.conflict("This engine knows no table " + table.name() + ", which the backup has")
                        .undone("Nothing was changed")
                        .next("Restore it with the version of the engine that made it");
            }
            try (var in = Files.newInputStream(file(directory, table.name()))) {
                long rows = connection
                        .unwrap(PGConnection.class)
                        .getCopyAPI()
                        .copyIn("copy " + quoted(table.name()) + columnList(table.columns()) + " from stdin", in);
                if (rows != table.rows()) {
                    throw Failure.conflict("The backup has " + rows + " rows of " + table.name()
                                    + " and says that there" + " are " + table.rows())
                            .undone("Nothing was changed")
                            .next("Take another backup");
                }
            }
        }
        for (var sequence : contents.sequences().entrySet()) {
            var place = sequence.getKey().split("\\.", 2);
            try (var set = connection.prepareStatement("select setval(pg_get_serial_sequence(?, ?), ?)")) {
                set.setString(1, quoted(place[0]));
                set.setString(2, place[1]);
                set.setLong(3, sequence.getValue());
                set.execute();
            }
        }
    }

    /** The migrations that were applied, in the order of their numbers. */
    public List<String> migrations() {
        return with(DatabaseAccess::migrations);
    }

    private static List<String> migrations(Connection connection) throws SQLException {
        return strings(
                connection,
                "select version from flyway_schema_history where success and version is not null order by version::int");
    }

    private static Map<String, Long> sequences(Connection connection) throws SQLException {
        var found = new LinkedHashMap<String, Long>();
        try (var statement = connection.prepareStatement("""
                        select t.relname, a.attname, s.last_value
                        from pg_attribute a
                        join pg_class t on t.oid = a.attrelid and t.relkind = 'r'
                            and t.relnamespace = to_regnamespace(current_schema())
                        join pg_sequences s on format('%I.%I', s.schemaname, s.sequencename)
                            = case when not a.attisdropped
                                then pg_get_serial_sequence(quote_ident(t.relname), a.attname) end
                        where s.last_value is not null order by 1, 2""");
                var rows = statement.executeQuery()) {
            while (rows.next()) {
                found.put(rows.getString(1) + "." + rows.getString(2), rows.getLong(3));
            }
        }
        return found;
    }

    /** How large the database is, in bytes. */
    public long size() {
        return with(
                connection -> Long.parseLong(strings(connection, "select pg_database_size(current_database())::text")
                        .getFirst()));
    }

    /** How many bytes the largest tables take, the largest first. */
    public Map<String, Long> tableSizes() {
        return with(connection -> {
            var sizes = new LinkedHashMap<String, Long>();
            try (var statement = connection.prepareStatement("""
                            select relname, pg_total_relation_size(oid) from pg_class
                            where relkind = 'r' and relnamespace = to_regnamespace(current_schema()) order by 2 desc""");
                    var rows = statement.executeQuery()) {
                while (rows.next()) {
                    sizes.put(rows.getString(1), rows.getLong(2));
                }
            }
            return sizes;
        });
    }

    /** The objects of a table as they are stored. */
    public List<String> bodies(String table) {
        return with(connection -> strings(connection, "select body::text from " + quoted(table) + " order by id"));
    }

    /** The newest rows of a table by that column, the newest first, each as JSON. */
    public List<String> newest(String table, String by, int limit) {
        return with(connection -> strings(
                connection,
                "select row_to_json(each)::text from (select * from " + quoted(table) + " order by " + quoted(by)
                        + " desc limit " + limit + ") each"));
    }

    /** Whether this engine can work with the schema: it knows every migration that was applied. */
    public boolean schemaKnown() {
        return Integer.parseInt(migrations().getLast()) <= Integer.parseInt(Database.SCHEMA_VERSION);
    }

    /** Gives back what deleted rows took, and counts anew what the planner wants to know. */
    public void vacuum(boolean full) {
        with(connection -> {
            connection.setAutoCommit(true);
            execute(connection, full ? "vacuum (full, analyze)" : "vacuum (analyze)");
            return full;
        });
    }

    /** Work on one connection. */
    private interface Work<T> {
        T on(Connection connection) throws SQLException, IOException;
    }

    private <T> T with(Work<T> work) {
        var properties = new Properties();
        properties.setProperty("user", user);
        properties.setProperty("password", password);
        properties.setProperty("connectTimeout", "10");
        try (var connection = DriverManager.getConnection(url, properties)) {
            connection.setAutoCommit(false);
            return work.on(connection);
        } catch (SQLException e) {
            throw Failure.unavailable("The database at " + url + " did not do what was asked of it")
                    .because(Optional.ofNullable(e.getMessage()).orElse("it said nothing"))
                    .next("Check that PostgreSQL runs, and user, password and address in the engine's configuration")
                    .from(e);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Path file(Path directory, String table) {
        return directory.resolve(table + ".copy");
    }

    private static String columnList(List<String> columns) {
        return " ("
                + String.join(", ", columns.stream().map(DatabaseAccess::quoted).toList()) + ")";
    }

    private static String quoted(String name) {
        return '"' + name.replace("\"", "\"\"") + '"';
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (var statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static List<String> strings(Connection connection, String sql, String... values) throws SQLException {
        try (var statement = connection.prepareStatement(sql)) {
            for (int at = 0; at < values.length; at++) {
                statement.setString(at + 1, values[at]);
            }
            var found = new ArrayList<String>();
            try (var rows = statement.executeQuery()) {
                while (rows.next()) {
                    found.add(rows.getString(1));
                }
            }
            return found;
        }
    }

    @Override
    public void close() {
        closing.run();
    }
}
