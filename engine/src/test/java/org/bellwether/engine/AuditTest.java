package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Clock;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.bellwether.engine.event.Concerns;
import org.bellwether.engine.event.EventCode;
import org.bellwether.engine.event.Events;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The log of events is a chain that shows what was changed in it afterwards. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class AuditTest {

    private Database database;
    private Events events;

    @BeforeAll
    void open(@TempDir Path folder) {
        database = Database.embedded(folder);
    }

    @AfterAll
    void close() {
        database.close();
    }

    @BeforeEach
    void begin() {
        database.change(tx -> tx.sql().execute("delete from events"));
        events = new Events(database, Clock.systemUTC());
    }

    private void tell(String message) {
        database.change(tx -> events.add(
                tx,
                EventCode.VM_STARTED,
                new Asker("joe@internal", "c"),
                Concerns.NOTHING.withVm(org.bellwether.engine.platform.Id.of(UUID.randomUUID())),
                message));
    }

    @Test
    void a_log_that_nobody_touched_is_intact_also_after_a_restart() {
        for (int i = 0; i < 2_500; i++) {
            tell("event " + i);
        }
        assertThat(events.verify().intact()).isTrue();
        assertThat(events.verify().events()).isEqualTo(2_500);
        events = new Events(database, Clock.systemUTC());
        tell("after the restart");
        assertThat(events.verify().intact()).isTrue();
    }

    @Test
    void many_who_tell_at_once_make_one_chain() throws InterruptedException {
        int writers = 8;
        var done = new CountDownLatch(writers);
        for (int i = 0; i < writers; i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                for (int j = 0; j < 50; j++) {
                    tell(number + "/" + j);
                    try {
                        database.change(tx -> {
                            events.add(tx, EventCode.VM_STOPPED, Asker.engine(), Concerns.NOTHING, "never");
                            throw new IllegalStateException("undone");
                        });
                    } catch (IllegalStateException undone) {
                        // Its event never was.
                    }
                }
                done.countDown();
            });
        }
        done.await();
        var verdict = events.verify();
        assertThat(verdict.intact()).isTrue();
        assertThat(verdict.events()).isEqualTo(400);
    }

    @Test
    void a_changed_a_removed_and_an_inserted_event_are_found() {
        for (int i = 0; i < 5; i++) {
            tell("event " + i);
        }
        String head = events.verify().head();
        execute("update events set message = 'something else' where chain = 3");
        assertThat(events.verify().intact()).isFalse();
        assertThat(events.verify().brokenAt()).isEqualTo(3);
        execute("update events set message = 'event 2' where chain = 3");
        assertThat(events.verify().intact()).isTrue();
        execute("update events set dismissed = true where chain = 3");
        assertThat(events.verify().intact()).as("dismissing changes nothing").isTrue();
        execute("delete from events where chain = 2");
        assertThat(events.verify().brokenAt()).isEqualTo(2);
        for (int number = 3; number <= 5; number++) {
            execute("update events set chain = " + (number - 1) + " where chain = " + number);
        }
        assertThat(events.verify().intact()).isFalse();
        assertThat(events.verify().head()).isNotEqualTo(head);
    }

    private void execute(String sql) {
        database.change(tx -> tx.sql().execute(sql));
    }
}
