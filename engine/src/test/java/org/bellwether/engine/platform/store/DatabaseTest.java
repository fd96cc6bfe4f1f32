package org.bellwether.engine.platform.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database that the engine brings along, for real. */
final class DatabaseTest {

    @TempDir
    Path home;

    record Thing(Id<Thing> id, String name) implements Stored<Thing> {}

    private static ObjectTable<Thing> things() {
        return new ObjectTable<>("data_centers", "thing", Thing.class, thing -> Map.of());
    }

    @Test
    void the_newest_migration_is_the_version_that_the_engine_expects() throws IOException {
        try (var files = Files.list(Path.of("src/main/resources/db/migration"))) {
            var newest = files.map(file -> file.getFileName().toString())
                    .mapToInt(name -> Integer.parseInt(name.substring(1, name.indexOf("__"))))
                    .max();
            assertThat(newest.orElseThrow()).isEqualTo(Integer.parseInt(Database.SCHEMA_VERSION));
        }
    }

    @Test
    void what_is_committed_is_in_the_read_model_and_there_after_a_restart() {
        var thing = new Thing(Id.random(), "one");
        try (var database = Database.embedded(home.resolve("postgres"))) {
            var table = things();
            database.change(tx -> table.insert(tx, thing));
            assertThat(table.model().find(thing.id())).contains(thing);
            database.change(tx -> table.update(tx, thing.id(), before -> new Thing(before.id(), "renamed")));
            assertThat(table.model().named("one")).isEmpty();
            assertThat(table.model().named("renamed")).hasSize(1);

            assertThatThrownBy(() -> database.change(tx -> {
                        table.insert(tx, new Thing(Id.random(), "two"));
                        table.insert(tx, new Thing(Id.random(), "renamed"));
                    }))
                    .isInstanceOfSatisfying(
                            Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFLICT))
                    .hasMessageContaining("of that name already");
            assertThat(table.model().named("two")).isEmpty();
            assertThat(table.model().size()).isEqualTo(1);
        }
        try (var database = Database.embedded(home.resolve("postgres"))) {
            var table = things();
            table.load(database);
            assertThat(table.get(thing.id()).name()).isEqualTo("renamed");
            database.change(tx -> table.delete(tx, thing.id()));
            assertThat(table.model().size()).isZero();
        }
    }

    @Test
    void an_engine_that_was_killed_leaves_a_server_that_the_next_one_takes_up() {
        var first = new LocalPostgres(home.resolve("postgres"));
        var running = first.start();
        var second = new LocalPostgres(home.resolve("postgres"));
        assertThat(second.start()).isEqualTo(running);
        second.stop();
    }

    /** As a package leaves it for the engine's user, before root restores a backup there. */
    @Test
    void root_s_server_in_a_place_of_somebody_else_runs_as_that_one() throws IOException {
        assumeThat(System.getProperty("user.name")).isEqualTo("root");
        var users = home.getFileSystem().getUserPrincipalLookupService();
        Files.setPosixFilePermissions(home, PosixFilePermissions.fromString("rwxr-xr-x"));
        var place = Files.createDirectory(home.resolve("place"));
        Files.setOwner(place, users.lookupPrincipalByName("nobody"));
        Files.setPosixFilePermissions(place, PosixFilePermissions.fromString("rwxr-x---"));
        var engine = Files.createDirectory(place.resolve("engine"));
        Files.setOwner(engine, Files.getOwner(place));
        Files.setPosixFilePermissions(engine, PosixFilePermissions.fromString("rwx------"));
        var thing = new Thing(Id.random(), "one");
        try (var database = Database.embedded(engine.resolve("postgres"))) {
            database.change(tx -> things().insert(tx, thing));
        }
        assertThat(Files.getOwner(engine.resolve("postgres/data/PG_VERSION")).getName())
                .isEqualTo("nobody");
    }

    @Test
    void two_who_change_the_same_record_at_once_lose_nothing() throws InterruptedException {
        try (var database = Database.embedded(home.resolve("postgres"))) {
            var table = things();
            var thing = new Thing(Id.random(), "0");
            database.change(tx -> table.insert(tx, thing));
            var failures = new AtomicInteger();
            var threads = new Thread[8];
            for (int i = 0; i < threads.length; i++) {
                threads[i] = Thread.ofVirtual().start(() -> {
                    for (int j = 0; j < 10; j++) {
                        try {
                            database.change(tx -> table.update(
                                    tx,
                                    thing.id(),
                                    before -> new Thing(before.id(), "" + (Integer.parseInt(before.name()) + 1))));
                        } catch (Failure e) {
                            failures.incrementAndGet();
                        }
                    }
                });
            }
            for (var thread : threads) {
                thread.join();
            }
            assertThat(failures).hasValue(0);
            assertThat(table.get(thing.id()).name()).isEqualTo("80");
        }
    }
}
