package org.bellwether.engine.platform.operation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.operation.Operations.Asker;
import org.bellwether.engine.platform.store.Database;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The journal on a real PostgreSQL. */
final class OperationsTest {

    private static final Asker ASKER = new Asker("admin@internal", "test-correlation");
    private static final Duration LIMIT = Duration.ofSeconds(60);

    @TempDir
    static Path home;

    private static Database database;

    @BeforeAll
    static void open() {
        database = Database.embedded(home.resolve("postgres"));
    }

    @AfterAll
    static void close() {
        database.close();
    }

    record Order(UUID object) {}

    /** Two steps that write down each time they really run. */
    private static class TwoSteps implements Operation<Order> {
        final List<String> effects = new CopyOnWriteArrayList<>();

        @Override
        public String kind() {
            return "two-steps";
        }

        @Override
        public Class<Order> requestType() {
            return Order.class;
        }

        @Override
        public String describe(Order order) {
            return "Doing two steps";
        }

        @Override
        public Set<UUID> locks(Order order) {
            return Set.of(order.object());
        }

        @Override
        public void run(Order order, Journal journal) {
            journal.step("first", () -> effects.add("first"));
            journal.step("second", () -> second());
        }

        void second() {
            effects.add("second");
        }

        @Override
        public void undo(Order order, Journal journal) {
            if (journal.begun("second")) {
                effects.add("undo second");
            }
            journal.outcome("first", Boolean.class).ifPresent(any -> effects.add("undo first"));
        }
    }

    private static Operations operations() {
        return new Operations(database, Clock.systemUTC(), CrashPoint.NONE, Optional.empty());
    }

    @Test
    void a_finished_operation_leaves_its_journal_and_no_lock() {
        var operations = operations();
        var operation = operations.known(new TwoSteps());
        var order = new Order(UUID.randomUUID());
        var job = operations.begin(operation, order, ASKER);
        operations.await(job, LIMIT);
        assertThat(operation.effects).containsExactly("first", "second");
        assertThat(operations.find(job.id()).orElseThrow().status()).isEqualTo(Job.Status.FINISHED);
        assertThat(operations.steps(job.id())).extracting(Step::name).containsExactly("first", "second");
        assertThat(operations.holding(Id.of(order.object()))).isEmpty();
        assertThat(operations.ofCorrelation("test-correlation", 1000))
                .extracting(Job::id)
                .contains(job.id());
    }

    @Test
    void a_failed_step_is_undone_and_its_words_are_kept() {
        var operations = operations();
        var operation = operations.known(new TwoSteps() {
            @Override
            void second() {
                throw Failure.conflict("The second step broke").next("Mend it");
            }
        });
        var order = new Order(UUID.randomUUID());
        var job = operations.begin(operation, order, ASKER);
        assertThatThrownBy(() -> operations.await(job, LIMIT))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("The second step broke");
        assertThat(operation.effects).containsExactly("first", "undo second", "undo first");
        var ended = operations.find(job.id()).orElseThrow();
        assertThat(ended.status()).isEqualTo(Job.Status.FAILED);
        assertThat(ended.error().orElseThrow())
                .contains("The second step broke")
                .contains("Mend it");
        assertThat(operations.holding(Id.of(order.object()))).isEmpty();
    }

    @Test
    void a_defect_in_a_step_is_undone_like_a_failure() {
        var operations = operations();
        var operation = operations.known(new TwoSteps() {
            @Override
            void second() {
                throw new IllegalStateException("nobody thought of this");
            }
        });
        var job = operations.begin(operation, new Order(UUID.randomUUID()), ASKER);
        assertThatThrownBy(() -> operations.await(job, LIMIT))
                .hasMessageContaining("defect of the engine")
                .hasMessageNotContaining("nobody thought");
        assertThat(operation.effects).containsExactly("first", "undo second", "undo first");
    }

    @Test
    void the_same_object_is_refused_to_a_second_operation_in_words() {
        var release = new CountDownLatch(1);
        var operations = operations();
        var operation = operations.known(new TwoSteps() {
            @Override
            void second() {
                awaitLatch(release);
            }
        });
        var order = new Order(UUID.randomUUID());
        var job = operations.begin(operation, order, ASKER);
        assertThatThrownBy(() -> operations.begin(operation, order, ASKER))
                .isInstanceOfSatisfying(
                        Failure.class, failure -> assertThat(failure.kind()).isEqualTo(Failure.Kind.CONFLICT))
                .hasMessageContaining("Doing two steps")
                .hasMessageContaining("admin@internal");
        release.countDown();
        operations.await(job, LIMIT);
        operations.await(operations.begin(operation, order, ASKER), LIMIT);
    }

    @Test
    void what_meets_an_operation_that_is_about_to_end_is_not_refused() {
        var release = new CountDownLatch(1);
        var operations = operations();
        var operation = operations.known(new TwoSteps() {
            @Override
            void second() {
                awaitLatch(release);
            }
        });
        var order = new Order(UUID.randomUUID());
        operations.begin(operation, order, ASKER);
        Thread.startVirtualThread(() -> {
            await().pollDelay(Duration.ofMillis(100)).until(() -> true);
            release.countDown();
        });
        operations.await(operations.begin(operation, order, ASKER), LIMIT);
    }

    @Test
    void an_operation_cut_off_in_its_second_step_goes_on_there_after_a_restart() {
        var order = new Order(UUID.randomUUID());
        var never = new CountDownLatch(1);
        var killed = operations();
        var before = killed.known(new TwoSteps() {
            @Override
            void second() {
                effects.add("second");
                awaitLatch(never); // As if the engine had died here: the effect is there, the journal does not know.
            }
        });
        var job = killed.begin(before, order, ASKER);
        await().atMost(LIMIT).until(() -> before.effects.contains("second"));

        var restarted = operations();
        var release = new CountDownLatch(1);
        var after = restarted.known(new TwoSteps() {
            @Override
            void second() {
                super.second();
                awaitLatch(release);
            }
        });
        restarted.resume();
        assertThatThrownBy(() -> restarted.requireFree(Id.of(order.object()), "something"))
                .isInstanceOf(Failure.class);
        release.countDown();
        await().atMost(LIMIT).until(() -> restarted.find(job.id()).orElseThrow().status() == Job.Status.FINISHED);
        assertThat(after.effects).containsExactly("second");
        await().atMost(LIMIT)
                .until(() -> restarted.holding(Id.of(order.object())).isEmpty());
    }

    @Test
    void an_operation_cut_off_while_undoing_is_undone_after_a_restart() {
        var order = new Order(UUID.randomUUID());
        var never = new CountDownLatch(1);
        var killed = operations();
        var before = killed.known(new TwoSteps() {
            @Override
            void second() {
                throw Failure.conflict("The second step broke");
            }

            @Override
            public void undo(Order undone, Journal journal) {
                effects.add("undoing");
                awaitLatch(never);
            }
        });
        var job = killed.begin(before, order, ASKER);
        await().atMost(LIMIT).until(() -> before.effects.contains("undoing"));

        var restarted = operations();
        var after = restarted.known(new TwoSteps());
        restarted.resume();
        await().atMost(LIMIT).until(() -> restarted.find(job.id()).orElseThrow().status() == Job.Status.FAILED);
        assertThat(after.effects).containsExactly("undo second", "undo first");
    }

    private static void awaitLatch(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
