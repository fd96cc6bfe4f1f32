package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bellwether.lab.SnapshotMachine.Taken;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Snapshots taken, removed, looked at, committed, undone, restored and cloned at random, on a machine whose guest writes all
 * the time, while the engine, an agent or a host is killed at random: several machines at once, which all suffer from each
 * death. Whatever happened, each snapshot holds what had been written when it was taken, every chain is legal, nothing stays
 * locked and no volume is left.
 *
 * <p>Two dozen short sequences by itself; more and longer ones with
 * {@code MAVEN_ARGS="-Dbellwether.snapshots.sequences=200"}, the machines of one seed again with
 * {@code -Dbellwether.snapshots.seed=SEED}.
 */
@InTurn(of = 6, on = 0)
@ExtendWith(World.Extension.class)
final class RandomSnapshotsTest {
    private static final int STEPS = 12;
    private static final int STEPS_IN_SHORT = 5;
    /** What two cores emulate without one waiting long for the other. */
    private static final int AT_ONCE = 6;

    private static final int SEQUENCES_IN_SHORT = 4 * AT_ONCE;

    private final World world;
    private int steps = STEPS;

    RandomSnapshotsTest(World world) {
        this.world = world;
    }

    @Test
    void whatever_is_killed_snapshots_hold_what_they_should_and_nothing_is_left() {
        Optional<Long> seed = Optional.ofNullable(Long.getLong("bellwether.snapshots.seed"));
        int asked = Integer.getInteger("bellwether.snapshots.sequences", 0);
        boolean brief = asked == 0 && seed.isEmpty();
        int wanted = brief ? SEQUENCES_IN_SHORT : Math.max(asked, AT_ONCE);
        long first = seed.orElseGet(System::nanoTime);
        steps = brief ? STEPS_IN_SHORT : STEPS;
        for (int run = 0; run < wanted; run += AT_ONCE) {
            long now = first + run;
            System.err.println("snapshots at random: " + run + " of " + wanted + " sequences are done, seed " + now);
            atOnce(now, run, Math.min(AT_ONCE, wanted - run));
        }
        assertThat(world.api().list("/disks").stream()
                        .map(each -> each.path("name").asText())
                        .filter(each -> each.startsWith("random-")))
                .as("disks that are left")
                .isEmpty();
        System.err.println("snapshots at random: " + wanted + " sequences");
    }

    private void atOnce(long seed, int number, int count) {
        Disturber disturber = new Disturber(world, new Random(seed), count);
        try (ExecutorService threads = Executors.newFixedThreadPool(count)) {
            List<Future<Sequence>> made = new ArrayList<>();
            for (int each = 0; each < count; each++) {
                String name = "random-" + (number + each);
                Random random = new Random(seed * AT_ONCE + each);
                made.add(threads.submit(() -> new Sequence(name, random, disturber)));
            }
            List<Future<?>> running = new ArrayList<>();
            for (Future<Sequence> each : made) {
                Sequence sequence = each.get();
                running.add(threads.submit(sequence::run));
            }
            for (Future<?> each : running) {
                each.get();
            }
        } catch (ExecutionException failed) {
            throw new AssertionError(
                    "seed " + seed + " failed", disturber.failure().orElse(failed));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", e);
        }
    }

    /** One machine's life. */
    private final class Sequence {
        private final String name;
        private final SnapshotMachine machine;
        private final Random random;
        private final Disturber disturber;
        private final List<Taken> taken = new ArrayList<>();
        private Optional<Taken> previewed = Optional.empty();
        /** What the machine holds at the least, also when it was killed while it wrote. */
        private long floor;

        private long floorBeforePreview;
        private int names;
        private String did = "";

        Sequence(String name, Random random, Disturber disturber) {
            this.name = name;
            this.random = random;
            this.disturber = disturber;
            this.machine = SnapshotMachine.make(world, name);
        }

        void run() {
            try {
                machine.start(random.nextBoolean() ? world.one : world.two);
                for (int step = 0; step < steps; step++) {
                    act();
                    settle();
                }
                finish();
            } catch (RuntimeException | AssertionError e) {
                disturber.failed(new AssertionError(name + " after " + did + ": " + e.getMessage(), e));
                throw e;
            } finally {
                disturber.leave();
            }
        }

        private void say(String what) {
            did += what + "; ";
            System.err.println("  " + name + ": " + what);
        }

        private void act() {
            boolean up = machine.runs();
            if (up) {
                floor = Math.max(floor, WrittenDisk.awaitMore(machine.address(), 1 + random.nextInt(3)));
            }
            int choice = random.nextInt(12);
            if (previewed.isPresent()) {
                if (up) {
                    stop();
                } else if (choice < 4) {
                    start();
                } else {
                    leave(choice < 8);
                }
            } else if (choice < 4 || taken.isEmpty()) {
                take();
            } else if (choice < 8) {
                delete(taken.get(random.nextInt(taken.size())));
            } else if (choice == 8) {
                copy(taken.get(random.nextInt(taken.size())));
            } else if (up) {
                stop();
            } else if (choice == 9) {
                goBack(taken.get(random.nextInt(taken.size())), false);
            } else if (choice == 10) {
                goBack(taken.get(random.nextInt(taken.size())), true);
            } else {
                start();
            }
        }

        private void take() {
            String name = "s" + ++names;
            long from = last();
            boolean memory = random.nextInt(5) == 0;
            disturbed(
                    "take " + name + (memory ? " with memory" : ""),
                    () -> post(
                            "/snapshots",
                            Inventory.object()
                                    .put("description", name)
                                    .put("persist_memorystate", Boolean.toString(memory))));
            long to = last();
            for (JsonNode each : machine.snapshots()) {
                if (each.path("description").asText().equals(name)) {
                    taken.add(new Taken(each.path("id").asText(), name, from, to));
                    awaitOk(each.path("id").asText());
                }
            }
        }

        private void delete(Taken snapshot) {
            for (int attempt = 0; attempt < 4; attempt++) {
                disturbed("delete " + snapshot.name(), () -> call("DELETE", "/snapshots/" + snapshot.id(), ""));
                if (gone(snapshot)) {
                    taken.remove(snapshot);
                    return;
                }
            }
            ApiClient.Reply reply = call("DELETE", "/snapshots/" + snapshot.id(), "");
            throw new LabFailure("the snapshot " + snapshot + " cannot be removed: " + reply.text());
        }

        private void copy(Taken snapshot) {
            String name = this.name + "-copy-of-" + snapshot.name();
            ObjectNode wish = Inventory.object().put("name", name);
            wish.putObject("cluster").put("name", "Default");
            wish.putObject("snapshots").putArray("snapshot").addObject().put("id", snapshot.id());
            disturbed("clone " + snapshot.name(), () -> world.api().call("POST", "/vms", wish.toString()));
            JsonNode made = world.api().named("/vms", name);
            if (!made.isMissingNode()) {
                String id = made.path("id").asText();
                String disk = "";
                for (JsonNode each : world.api().list("/vms/" + id + "/diskattachments?follow=disk")) {
                    if (each.path("disk").path("name").asText().endsWith("-written")) {
                        disk = each.path("id").asText();
                    }
                }
                WrittenDisk copied = new WrittenDisk(world, disk);
                assertThat(copied.lastBlock(world.api()
                                .get("/disks/" + disk)
                                .path("image_id")
                                .asText()))
                        .as("last block of the clone of " + snapshot)
                        .isBetween(snapshot.atLeast(), snapshot.atMost() + 1);
                world.remove(id);
            }
        }

        private void goBack(Taken snapshot, boolean look) {
            long before = floor;
            ObjectNode action = Inventory.object().put("restore_memory", Boolean.toString(random.nextInt(3) == 0));
            if (look) {
                action.putObject("snapshot").put("id", snapshot.id());
            }
            disturbed(
                    (look ? "preview " : "restore ") + snapshot.name(),
                    () -> post(look ? "/previewsnapshot" : "/snapshots/" + snapshot.id() + "/restore", action));
            boolean looking = machine.snapshots().stream()
                    .anyMatch(each -> each.path("snapshot_status").asText().equals("in_preview"));
            long now = machine.disk().lastBlock(machine.top());
            if (looking) {
                previewed = Optional.of(snapshot);
                floorBeforePreview = before;
                floor = snapshot.atLeast();
                assertThat(now)
                        .as("last block in the preview of " + snapshot)
                        .isLessThanOrEqualTo(snapshot.atMost() + 1);
            } else if (!look && now <= snapshot.atMost() + 1) {
                taken.removeIf(each -> taken.indexOf(each) > taken.indexOf(snapshot) && gone(each));
                floor = snapshot.atLeast();
            }
        }

        private void leave(boolean stay) {
            Taken there = previewed.orElseThrow();
            disturbed(
                    stay ? "commit" : "undo",
                    () -> post(stay ? "/commitsnapshot" : "/undosnapshot", Inventory.object()));
            boolean looking = machine.snapshots().stream()
                    .anyMatch(each -> each.path("snapshot_status").asText().equals("in_preview"));
            if (!looking) {
                previewed = Optional.empty();
                if (stay) {
                    taken.removeIf(each -> taken.indexOf(each) > taken.indexOf(there) && gone(each));
                } else {
                    floor = floorBeforePreview;
                }
            }
        }

        private void start() {
            ObjectNode on = Inventory.object();
            disturbed("start", () -> post("/start", on));
            if (!machine.runs() && world.status(machine.id()).equals("down")) {
                machine.start(random.nextBoolean() ? world.one : world.two);
            }
            machine.address();
        }

        private void stop() {
            say("stop");
            machine.stop();
        }

        private void post(String path, ObjectNode body) {
            ApiClient.Reply reply = call("POST", path, body.toString());
            assertThat(reply.status() / 100).as(path + ": " + reply.text()).isNotEqualTo(5);
        }

        private ApiClient.Reply call(String method, String path, String body) {
            return world.api().call(method, "/vms/" + machine.id() + path, body);
        }

        /** Asks for something, at the same moment as the others; something may die while it is done. */
        private void disturbed(String what, Runnable asked) {
            say(what);
            disturber.together();
            try {
                asked.run();
            } catch (LabFailure lost) {
                System.err.println("  " + name + ": " + lost.getMessage());
            } finally {
                disturber.disturb();
            }
            if (!Await.holds(World.BOOT, () -> List.of("up", "down").contains(world.status(machine.id())))) {
                throw new LabFailure("machine " + machine.id() + " is " + world.status(machine.id()));
            }
        }

        private boolean gone(Taken snapshot) {
            return call("GET", "/snapshots/" + snapshot.id(), "").status() == 404;
        }

        private void awaitOk(String snapshot) {
            if (call("GET", "/snapshots/" + snapshot, "")
                    .json()
                    .path("snapshot_status")
                    .asText()
                    .equals("ok")) {
                return;
            }
            throw new LabFailure("snapshot " + snapshot + " is not ok: "
                    + call("GET", "/snapshots/" + snapshot, "").text());
        }

        private long last() {
            return machine.runs()
                    ? WrittenDisk.written(machine.address())
                    : machine.disk().lastBlock(machine.top());
        }

        /** What holds between any two steps. */
        private void settle() {
            taken.forEach(machine::verify);
            if (!machine.runs()) {
                assertThat(machine.disk().lastBlock(machine.top()))
                        .as("last block of the machine, which had told of " + floor)
                        .isGreaterThanOrEqualTo(floor);
            }
        }

        private void finish() {
            if (machine.runs()) {
                stop();
            }
            if (previewed.isPresent()) {
                leave(random.nextBoolean());
            }
            if (previewed.isPresent()) {
                machine.leave("undosnapshot");
                previewed = Optional.empty();
            }
            start();
            WrittenDisk.awaitMore(machine.address(), 2);
            stop();
            taken.forEach(machine::verify);
            machine.disk().requireLegal();
            machine.disk().requireSound();
            assertThat(machine.disk().own()).as("volumes for " + taken).hasSize(taken.size() + 1);
            while (!taken.isEmpty()) {
                Taken next = taken.remove(random.nextInt(taken.size()));
                machine.delete(next);
                taken.forEach(machine::verify);
            }
            machine.disk().requireLegal();
            assertThat(machine.disk().own()).hasSize(1);
            world.remove(machine.id());
        }
    }
}
