package org.bellwether.libvirt;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EventQueueTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @Test
    void a_listener_that_fails_does_not_end_the_others() {
        var seen = new CopyOnWriteArrayList<Integer>();
        try (var queue = new EventQueue("failing", 10)) {
            queue.offer(() -> {
                throw new IllegalStateException("meant to fail");
            });
            queue.offer(() -> {
                throw new AssertionError("meant to fail as well");
            });
            queue.offer(() -> seen.add(1));
            await().atMost(PATIENCE).until(() -> seen.contains(1));
        }
    }

    @Test
    void what_does_not_fit_is_counted_and_what_must_come_comes() {
        var seen = new CopyOnWriteArrayList<Integer>();
        var go = new CountDownLatch(1);
        try (var queue = new EventQueue("full", 3)) {
            queue.offer(() -> awaitQuietly(go));
            for (int number = 0; number < 20; number++) {
                int each = number;
                queue.offer(() -> seen.add(each));
            }
            queue.insist(() -> seen.add(99));
            go.countDown();
            await().atMost(PATIENCE).until(() -> seen.contains(99));
            // The first delivery may or may not have left the queue before the others came.
            assertThat(queue.takeLost()).isBetween(17L, 18L).isEqualTo(20 - (seen.size() - 1));
            assertThat(queue.takeLost()).isZero();
            assertThat(seen).startsWith(0, 1).endsWith(99);
        }
    }

    @Test
    void nothing_is_delivered_after_closing_and_the_thread_ends() {
        var seen = new CopyOnWriteArrayList<Integer>();
        var go = new CountDownLatch(1);
        var queue = new EventQueue("ending", 10);
        queue.offer(() -> awaitQuietly(go));
        queue.offer(() -> seen.add(1));
        queue.close();
        queue.offer(() -> seen.add(2));
        go.countDown();
        await().atMost(PATIENCE)
                .until(() -> Thread.getAllStackTraces().keySet().stream()
                        .noneMatch(thread -> thread.getName().equals("libvirt-events-ending")));
        assertThat(seen).isEmpty();
    }

    private static void awaitQuietly(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
