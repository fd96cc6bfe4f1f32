package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The engine dies at every step of an operation in turn: before its effect, after it, or after it is written down. The
 * steps are those that the journal shows after a run without trouble, so a new step is tested from its first day. Each step is
 * tried with one of the three moments, with another one every day; {@code -Dbellwether.every-moment=true} tries all.
 */
@ExtendWith(World.Extension.class)
final class EngineKilledTest {
    private static final List<String> MOMENTS = List.of("before", "after", "recorded");
    private static final boolean EVERY_MOMENT = Boolean.getBoolean("bellwether.every-moment");

    private final World world;
    private int deaths;

    EngineKilledTest(World world) {
        this.world = world;
    }

    @BeforeEach
    void makeMortal() {
        world.engine.stop();
        startMortal();
    }

    @AfterEach
    void makeImmortal() {
        world.engine.stop();
        world.engine.start();
    }

    @Test
    @InTurn(of = 6, on = 4)
    void killed_while_starting_a_machine_it_runs_once_or_not_at_all_and_can_be_started() {
        String vm = world.machine("killed-start");
        List<String> steps = stepsOf("learn-start", () -> startWith("learn-start", vm));
        world.awaitStatus(vm, "up", World.BOOT);
        world.stop(vm);
        for (String place : places("start-vm", steps)) {
            dieAt(place, () -> startWith("die", vm));
            assertThat(world.running(vm)).as(place).isLessThanOrEqualTo(1);
            if (!world.status(vm).equals("down")) {
                assertThat(world.running(vm)).as(place).isEqualTo(1);
                world.stop(vm);
            }
            assertThat(world.running(vm)).as(place).isZero();
        }
        requireDeaths(steps);
        startWith("last", vm);
        world.awaitStatus(vm, "up", World.BOOT);
        assertThat(world.running(vm)).isEqualTo(1);
    }

    @Test
    @InTurn(of = 6, on = 5)
    void killed_while_migrating_leaves_one_running_machine() {
        String vm = world.runningMachine("killed-move", world.one);
        String address = world.guestAddress(vm);
        World.Heartbeat before = world.heartbeat(address);
        List<String> steps = stepsOf("learn-move", () -> migrateWith("learn-move", vm, world.two));
        world.awaitStatus(vm, "up", World.BOOT);
        for (String place : places("migrate-vm", steps)) {
            LabHost target = world.hostOf(vm).equals("host1") ? world.two : world.one;
            dieAt(place, () -> migrateWith("die", vm, target));
            world.awaitStatus(vm, "up", World.BOOT);
            assertThat(world.running(vm)).as(place).isEqualTo(1);
            LabHost now = world.hostOf(vm).equals("host1") ? world.one : world.two;
            assertThat(now.qemuProcesses(vm)).as(place).isEqualTo(1);
        }
        requireDeaths(steps);
        World.Heartbeat after = world.heartbeat(address);
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
    }

    @Test
    @InTurn(of = 6, on = 4)
    void killed_while_creating_a_disk_leaves_a_whole_disk_or_none() {
        List<String> steps = stepsOf("learn-disk", () -> diskWith("learn-disk", "learn-disk"));
        int number = 0;
        for (String place : places("create-disk", steps)) {
            String name = "killed-disk-" + number++;
            dieAt(place, () -> diskWith("die", name));
            JsonNode disk = world.api().named("/disks", name);
            if (!disk.isMissingNode()) {
                assertThat(disk.path("status").asText()).as(place).isEqualTo("ok");
                world.api().delete("/disks/" + disk.path("id").asText());
            }
            assertThat(Await.holds(
                            World.SOON, () -> world.api().named("/disks", name).isMissingNode()))
                    .as("the disk can be removed, so no lock stays: " + place)
                    .isTrue();
        }
        requireDeaths(steps);
    }

    /** One operation, and each start of the engine goes on with it as far as its next death. */
    @Test
    @InTurn(of = 6, on = 5)
    void killed_while_taking_and_removing_snapshots_of_a_running_machine_every_chain_is_whole_and_nothing_is_lost() {
        SnapshotMachine machine = SnapshotMachine.make(world, "killed-snapshot");
        machine.start(world.one);
        String boot = world.heartbeat(machine.address()).boot();
        WrittenDisk.awaitMore(machine.address(), 2);
        List<String> taking = stepsOf("learn-take", () -> snapshotWith("learn-take", machine, "learned"));
        String learned = snapshot(machine, "learned");
        List<String> removing = stepsOf("learn-remove", () -> removeWith("learn-remove", machine, learned));
        int volumes = machine.disk().own().size();
        // In a short run only where the effect is there and the engine does not know it: the hardest to come back from.
        List<String> moments = EVERY_MOMENT ? MOMENTS : List.of("after");

        long from = WrittenDisk.awaitMore(machine.address(), 2);
        dieAtEach(half(places("take-snapshot", taking, moments), today()), () -> snapshotWith("die", machine, "kept"));
        String kept = snapshot(machine, "kept");
        machine.verify(new SnapshotMachine.Taken(kept, "kept", from, WrittenDisk.written(machine.address())));
        machine.disk().requireLegal();
        long to = WrittenDisk.awaitMore(machine.address(), 2);
        snapshotWith("go", machine, "gone");
        world.awaitQuiet();
        String gone = snapshot(machine, "gone");
        assertThat(machine.disk().own()).hasSize(volumes + 2);

        // One below the top, then the youngest, with which the machine itself has to change its top.
        List<String> places = places("remove-snapshot", removing, moments);
        dieAtEach(half(places, 0), () -> removeWith("die", machine, kept));
        machine.verify(new SnapshotMachine.Taken(gone, "gone", to, WrittenDisk.written(machine.address())));
        assertThat(machine.disk().own()).hasSize(volumes + 1);
        dieAtEach(half(places, 1), () -> removeWith("die", machine, gone));
        assertThat(snapshot(machine, "kept") + snapshot(machine, "gone")).isEmpty();
        machine.disk().requireLegal();
        assertThat(machine.disk().own()).hasSize(volumes);
        assertThat(WrittenDisk.awaitMore(machine.address(), 1)).isGreaterThan(from);
        assertThat(world.heartbeat(machine.address()).boot()).isEqualTo(boot);
        long last = WrittenDisk.written(machine.address());
        machine.stop();
        machine.disk().requireSound();
        assertThat(machine.disk().lastBlock(machine.top())).isGreaterThanOrEqualTo(last);
    }

    private String snapshot(SnapshotMachine machine, String description) {
        return machine.snapshots().stream()
                .filter(each -> each.path("description").asText().equals(description))
                .map(each -> each.path("id").asText())
                .findFirst()
                .orElse("");
    }

    private void snapshotWith(String correlation, SnapshotMachine machine, String description) {
        ObjectNode wish = Inventory.object().put("description", description).put("persist_memorystate", "false");
        wish.putObject("disk_attachments")
                .putArray("disk_attachment")
                .addObject()
                .putObject("disk")
                .put("id", machine.diskId());
        world.api().post("/vms/" + machine.id() + "/snapshots?correlation_id=" + correlation, wish);
    }

    private void removeWith(String correlation, SnapshotMachine machine, String snapshot) {
        world.api().delete("/vms/" + machine.id() + "/snapshots/" + snapshot + "?correlation_id=" + correlation);
    }

    /** Runs the operation without trouble and answers the steps that its job shows. */
    private List<String> stepsOf(String correlation, Runnable operation) {
        operation.run();
        world.awaitQuiet();
        Set<String> steps = new LinkedHashSet<>();
        for (JsonNode job : world.api().list("/jobs?search=correlation_id%3D" + correlation)) {
            for (JsonNode step : world.api().list("/jobs/" + job.path("id").asText() + "/steps")) {
                steps.add(step.path("description").asText());
            }
        }
        assertThat(steps).as("steps of the job " + correlation).isNotEmpty();
        return List.copyOf(steps);
    }

    private static List<String> places(String kind, List<String> steps) {
        if (EVERY_MOMENT) {
            return places(kind, steps, MOMENTS);
        }
        long day = today();
        return IntStream.range(0, steps.size())
                .mapToObj(i -> kind + "/" + steps.get(i) + "/" + MOMENTS.get((int) ((day + i) % MOMENTS.size())))
                .toList();
    }

    /** In a short run every other one. */
    private static List<String> half(List<String> places, long from) {
        return EVERY_MOMENT
                ? places
                : IntStream.range(0, places.size())
                        .filter(i -> (from + i) % 2 == 0)
                        .mapToObj(places::get)
                        .toList();
    }

    private static long today() {
        return LocalDate.now(ZoneOffset.UTC).toEpochDay();
    }

    /** Some steps are left out when the operation has less to do; most are not. */
    private void requireDeaths(List<String> steps) {
        int most = steps.size() * (EVERY_MOMENT ? MOMENTS.size() : 1);
        assertThat(deaths).as("times that the engine died at a step").isGreaterThanOrEqualTo(most * 2 / 3);
    }

    private static List<String> places(String kind, List<String> steps, List<String> moments) {
        List<String> places = new ArrayList<>();
        for (String step : steps) {
            for (String moment : moments) {
                places.add(kind + "/" + step + "/" + moment);
            }
        }
        return places;
    }

    /** Lets the engine die there during the operation, then starts it again and waits until everything is settled. */
    private void dieAt(String place, Runnable operation) {
        write(place);
        try {
            operation.run();
        } catch (LabFailure lost) {
            // The engine may die before it answers; what it did is seen after its restart.
        }
        // A step may be left out this time: then the operation goes through and the engine is killed afterwards.
        if (!Await.holds(World.SOON, () -> !world.engine.runs() || quiet())) {
            throw new LabFailure("the operation neither ended nor reached " + place);
        }
        deaths += world.engine.runs() ? 0 : 1;
        world.engine.kill();
        write("");
        startMortal();
    }

    /** Lets the engine die at every one of these places while one operation is done: each start goes on to the next. */
    private void dieAtEach(List<String> places, Runnable operation) {
        for (String place : places) {
            write(place);
            if (place.equals(places.getFirst())) {
                try {
                    operation.run();
                } catch (LabFailure lost) {
                    // It may die before it answers.
                }
            } else {
                world.engine.launch(mortal());
            }
            if (!Await.holds(World.BOOT, () -> !world.engine.runs())) {
                throw new LabFailure("the operation did not come to " + place);
            }
            deaths++;
        }
        write("");
        startMortal();
    }

    /** Starts the engine so that it can be told where to die. */
    private void startMortal() {
        world.engine.start(mortal());
        world.hosts().forEach(host -> new Inventory(world.api()).awaitHost(host.name()));
        world.awaitQuiet();
    }

    private Map<String, String> mortal() {
        return Map.of("crash-at", "@" + order());
    }

    private Path order() {
        return world.lab.directory().resolve("crash-at");
    }

    private void write(String place) {
        try {
            Files.writeString(order(), place);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private boolean quiet() {
        try {
            return world.api().list("/jobs").stream()
                    .noneMatch(job -> job.path("status").asText().equals("started"));
        } catch (LabFailure dying) {
            return false;
        }
    }

    private void startWith(String correlation, String vm) {
        world.api().post("/vms/" + vm + "/start?correlation_id=" + correlation, Inventory.object());
    }

    private void migrateWith(String correlation, String vm, LabHost to) {
        ObjectNode request = Inventory.object();
        request.putObject("host").put("name", to.name());
        world.api().post("/vms/" + vm + "/migrate?correlation_id=" + correlation, request);
    }

    private void diskWith(String correlation, String name) {
        ObjectNode disk = Inventory.object()
                .put("name", name)
                .put("format", "cow")
                .put("provisioned_size", Long.toString(1L << 30));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("name", "shared");
        world.api().post("/disks?correlation_id=" + correlation, disk);
    }
}
