package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * 64 clients that list, create and delete at once lose nothing and leak nothing. A minute, unless {@code -Dbellwether.load=600}
 * (seconds) asks for more. How long they wait is measured by {@code ./bw bench engine}, on a computer that does nothing else.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ManyClientsTest {
    private static final int CLIENTS = 64;
    private static final int MACHINES = 100;
    private static final Duration TIME = Duration.ofSeconds(Integer.getInteger("bellwether.load", 60));
    private static final int THOUGHT_MILLIS = 500;
    private static final int PAGES = 2;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration WARM = Duration.ofSeconds(5);
    private static final int NATURAL_THREADS = 40;
    private static final int NATURAL_MEGABYTES = 64;

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
        Queue<String> wrong = new ConcurrentLinkedQueue<>();
        run("w", WARM, wrong, new ConcurrentLinkedQueue<>());
        assertThat(wrong).isEmpty();
        var before = Footprint.now();
        Queue<Long> pages = new ConcurrentLinkedQueue<>();
        int rounds = run("c", TIME, wrong, pages);
        assertThat(wrong).isEmpty();
        assertThat(rounds).isGreaterThan(CLIENTS);
        assertThat(administrator.names("/vms?max=1000", "vm"))
                .as("what was made was deleted, and nothing else")
                .hasSize(MACHINES)
                .allMatch(name -> name.startsWith("kept"));
        assertThat(administrator.get("/bookmarks").size()).isZero();
        assertThat(administrator.get("/jobs?max=1000").path("job"))
                .as("jobs have ended")
                .noneMatch(job -> job.get("status").asText().equals("started"));
        long[] times = pages.stream().mapToLong(Long::longValue).sorted().toArray();
        long p95 = times[(int) (times.length * 0.95)] / 1_000_000;
        var after = Footprint.now();
        System.out.println(rounds + " rounds, " + times.length + " pages of " + MACHINES + " machines, p50 "
                + times[times.length / 2] / 1_000_000 + " ms, p95 " + p95 + " ms; " + before + ", then " + after);
        assertThat(after.threads()).isLessThan(before.threads() + NATURAL_THREADS);
        assertThat(after.files()).isLessThan(before.files() + CLIENTS);
        assertThat(after.megabytes()).isLessThan(before.megabytes() + NATURAL_MEGABYTES);
    }

    /** What a leak would make grow. */
    private record Footprint(int threads, long files, long megabytes) {
        static Footprint now() {
            System.gc();
            var system = (com.sun.management.UnixOperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean();
            return new Footprint(
                    ManagementFactory.getThreadMXBean().getThreadCount(),
                    system.getOpenFileDescriptorCount(),
                    ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed() / 1_048_576);
        }
    }

    /** Lets all clients work for a while, and answers how many rounds they made together. */
    private int run(String prefix, Duration time, Queue<String> wrong, Queue<Long> pages) throws InterruptedException {
        var made = new AtomicInteger();
        var done = new CountDownLatch(CLIENTS);
        long end = System.nanoTime() + time.toNanos();
        for (int i = 0; i < CLIENTS; i++) {
            int number = i;
            Thread.ofVirtual().start(() -> {
                try {
                    // Not all at the same moment, as nobody's programs do.
                    Thread.sleep(number * THOUGHT_MILLIS / CLIENTS);
                    for (int round = 0; System.nanoTime() < end; round++) {
                        work(prefix + number + "r" + round, (number + round) % 4 == 0, wrong, pages);
                        made.incrementAndGet();
                    }
                } catch (InterruptedException | RuntimeException | AssertionError e) {
                    wrong.add(String.valueOf(e));
                } finally {
                    done.countDown();
                }
            });
        }
        done.await();
        return made.get();
    }

    private void work(String name, boolean ofMachines, Queue<String> wrong, Queue<Long> pages)
            throws InterruptedException {
        String place = ofMachines ? "/vms/" : "/bookmarks/";
        String id = ofMachines
                ? machine(name)
                : administrator.add("/bookmarks", "{\"name\":\"" + name + "\",\"value\":\"x\"}");
        for (int i = 0; i < PAGES; i++) {
            Thread.sleep(THOUGHT_MILLIS);
            long begin = System.nanoTime();
            var page = administrator.call("GET", "/vms?max=" + MACHINES, "");
            pages.add(System.nanoTime() - begin);
            if (page.statusCode() != 200) {
                wrong.add(page.statusCode() + " " + page.body());
            }
        }
        if (!administrator.get(place + id).get("name").asText().equals(name)) {
            wrong.add(name + " is another one");
        }
        // A machine is made and removed by jobs, which may still be under way.
        if (!becomes(200, () -> administrator.status("DELETE", place + id, ""))
                || !becomes(404, () -> administrator.status("GET", place + id, ""))) {
            wrong.add(name + " was not deleted");
        }
    }

    private static boolean becomes(int status, IntSupplier now) throws InterruptedException {
        long end = System.nanoTime() + PATIENCE.toNanos();
        while (now.getAsInt() != status) {
            if (System.nanoTime() > end) {
                return false;
            }
            Thread.sleep(THOUGHT_MILLIS);
        }
        return true;
    }
}
