package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.io.TempDir;

/**
 * 64 clients that list, create and delete at once lose nothing and leak nothing. Short unless {@code -Dbellwether.load=600}
 * (seconds) asks for more; {@code -Dbellwether.p95=50} demands what a computer of its own can do, while the default bears one that
 * others use too.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@EnabledIfEnvironmentVariable(
        named = "BW_UNSEEN",
        matches = "1",
        disabledReason = "nobody has seen it pass yet: run it with BW_UNSEEN=1, and take this away when it does")
class ManyClientsTest {
    private static final int CLIENTS = 64;
    private static final int MACHINES = 100;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bellwether.load", 15));
    private static final int P95_MILLIS = Integer.getInteger("bellwether.p95", 1_000);
    private static final int THOUGHT_MILLIS = 500;
    private static final int NATURAL_THREADS = 40;

    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        for (int i = 0; i < MACHINES; i++) {
            machine("kept" + i);
        }
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private String machine(String name) {
        return administrator.add(
                "/vms",
                "{\"name\":\"" + name + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    @Test
    void many_clients_lose_and_leak_nothing() throws InterruptedException {
        int threads = Thread.activeCount();
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        Queue<Long> pages = new ConcurrentLinkedQueue<>();
        var made = new AtomicInteger();
        var done = new CountDownLatch(CLIENTS);
        long end = System.nanoTime() + TIME.toNanos();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                try {
                    for (int round = 0; System.nanoTime() < end; round++) {
                        work(number, round, wrong, pages);
                        made.incrementAndGet();
                        Thread.sleep(THOUGHT_MILLIS);
                    }
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    wrong.add(String.valueOf(e));
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        assertThat(wrong).isEmpty();
        assertThat(made.get()).isGreaterThan(CLIENTS);
        assertThat(administrator
                        .get("/vms?search=" + RunningEngine.encoded("name=kept*"))
                        .get("vm")
                        .size())
                .isEqualTo(MACHINES);
        assertThat(administrator.get("/bookmarks").size())
                .as("what was made was deleted")
                .isZero();
        long[] times = pages.stream().mapToLong(Long::longValue).sorted().toArray();
        long p95 = times[(int) (times.length * 0.95)] / 1_000_000;
        System.out.println(times.length + " pages of " + MACHINES + " machines, p50 "
                + times[times.length / 2] / 1_000_000 + " ms, p95 " + p95 + " ms");
        assertThat(p95).isLessThan(P95_MILLIS);
        assertThat(Thread.activeCount()).isLessThan(threads + NATURAL_THREADS);
    }

    private void work(int number, int round, Queue<String> wrong, Queue<Long> pages) {
        String name = "c" + number + "r" + round;
        String id = administrator.add("/bookmarks", "{\"name\":\"" + name + "\",\"value\":\"x\"}");
        long begin = System.nanoTime();
        var page = administrator.call("GET", "/vms?max=" + MACHINES, "");
        pages.add(System.nanoTime() - begin);
        if (page.statusCode() != 200) {
            wrong.add(page.statusCode() + " " + page.body());
        }
        if (!administrator.get("/bookmarks/" + id).get("name").asText().equals(name)) {
            wrong.add("the bookmark " + name + " is another one");
        }
        int deleted = administrator.status("DELETE", "/bookmarks/" + id, "");
        if (deleted != 200 || administrator.status("GET", "/bookmarks/" + id, "") != 404) {
            wrong.add("the bookmark " + name + " was not deleted: " + deleted);
        }
    }
}
