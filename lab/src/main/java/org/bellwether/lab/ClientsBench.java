package org.bellwether.lab;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Many clients at once on a real engine: each makes something, looks at pages of machines and takes it away again, with a
 * pause of two seconds before each look. Nothing may get lost. For a minute, or for as many seconds as BW_BENCH_CLIENTS_SECONDS says.
 */
final class ClientsBench {
    private static final int CLIENTS = 64;
    private static final int PAGES = 2;
    private static final Duration THOUGHT = Duration.ofSeconds(2);
    private static final Duration WARM_UP = Duration.ofSeconds(15);
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String VMS = "/vms";
    private static final String BOOKMARKS = "/bookmarks";

    private final ApiClient api;
    private final Queue<Long> pages = new ConcurrentLinkedQueue<>();
    private final Queue<String> wrong = new ConcurrentLinkedQueue<>();

    private ClientsBench(ApiClient api) {
        this.api = api;
    }

    static void run(EngineProcess engine, Measures measures) {
        Duration time =
                Duration.ofSeconds(Long.parseLong(System.getenv().getOrDefault("BW_BENCH_CLIENTS_SECONDS", "60")));
        Progress.say("%d clients for %d s".formatted(CLIENTS, time.toSeconds()));
        ClientsBench bench = new ClientsBench(engine.client());
        int before = bench.machines();
        bench.work("warm", WARM_UP);
        bench.pages.clear();
        bench.work("load", time);
        if (!bench.wrong.isEmpty()) {
            throw new LabFailure("%d things went wrong with %d clients; the first: %s"
                    .formatted(bench.wrong.size(), CLIENTS, bench.wrong.peek()));
        }
        if (bench.machines() != before) {
            throw new LabFailure("%d machines are left of %d".formatted(bench.machines(), before));
        }
        measures.add(
                "GET vms?max=100, %d clients that list every 2 s, create and delete for %d s"
                        .formatted(CLIENTS, time.toSeconds()),
                Measures.spread(List.copyOf(bench.pages)),
                "p95 50 ms");
    }

    private int machines() {
        return api.list("/vms?max=100000").size();
    }

    private void work(String name, Duration time) {
        long end = System.nanoTime() + time.toNanos();
        List<Thread> clients = new ArrayList<>();
        for (int i = 0; i < CLIENTS; i++) {
            String own = name + i + "r";
            boolean ofMachines = i % 4 == 0;
            // Not all at the same moment, as nobody's programs do.
            Duration late = THOUGHT.multipliedBy(i).dividedBy(CLIENTS);
            clients.add(Thread.ofVirtual().start(() -> {
                try {
                    Thread.sleep(late);
                    for (int round = 0; System.nanoTime() < end && wrong.isEmpty(); round++) {
                        round(own + round, ofMachines ? VMS : BOOKMARKS);
                    }
                } catch (InterruptedException | RuntimeException e) {
                    wrong.add(String.valueOf(e.getMessage()));
                }
            }));
        }
        for (Thread client : clients) {
            join(client);
        }
    }

    private void round(String name, String collection) throws InterruptedException {
        ObjectNode wish = Inventory.object().put("name", name);
        if (collection.equals(VMS)) {
            wish.putObject("cluster").put("name", Testbed.CLUSTER);
            wish.putObject("template").put("name", "Blank");
        } else {
            wish.put("value", "x");
        }
        String made = collection + "/" + api.post(collection, wish).path("id").asText();
        for (int i = 0; i < PAGES; i++) {
            Thread.sleep(THOUGHT);
            pages.add(Measures.nanoseconds(() -> page()));
        }
        if (!api.get(made).path("name").asText().equals(name)) {
            wrong.add(made + " is not " + name);
        }
        // A machine is made and removed by jobs, which may still be under way.
        await(made, "DELETE", 200);
        await(made, "GET", 404);
    }

    private long page() {
        ApiClient.Reply reply = api.call("GET", "/vms?max=100", "");
        if (reply.status() != 200) {
            wrong.add("a page answered " + reply.status() + ": " + reply.text());
        }
        return 0;
    }

    private void await(String path, String method, int status) {
        if (!Await.holds(PATIENCE, () -> api.call(method, path, "").status() == status)) {
            wrong.add(method + " " + path + " did not come to answer " + status);
        }
    }

    private static void join(Thread client) {
        try {
            client.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while clients worked", e);
        }
    }
}
