package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A guest that runs is snapshotted, shut down and started by its schedules, on the clock of everybody. */
@InTurn(of = 3, on = 1)
@ExtendWith(World.Extension.class)
final class ScheduleWalkTest {
    private static final DateTimeFormatter CLOCK =
            DateTimeFormatter.ofPattern("HH:mm").withZone(ZoneOffset.UTC);
    private static final Duration TO_SAY_IT = Duration.ofSeconds(20);
    private static final Duration DUE_AND_DONE = Duration.ofMinutes(5);

    private final World world;

    ScheduleWalkTest(World world) {
        this.world = world;
    }

    @Test
    void a_running_guest_is_snapshotted_shut_down_and_started_in_time() {
        String vm = world.runningMachine("scheduled", world.one);
        String address = world.guestAddress(vm);
        String boot = world.heartbeat(address).boot();

        Instant first = next();
        Instant second = first.plus(1, ChronoUnit.MINUTES);
        add("shots", "snapshot", clock(first) + "," + clock(second), "--keep", "1");
        assertThat(snapshots(vm)).as("nothing before its time").isEmpty();
        assertThat(Await.holds(DUE_AND_DONE, () -> snapshots(vm).equals(List.of("shots " + shown(second)))))
                .as("the second is there, and the first was merged under the running guest: " + snapshots(vm))
                .isTrue();
        world.awaitQuiet();
        assertThat(world.heartbeat(address).boot())
                .as("it ran on all the while")
                .isEqualTo(boot);
        assertThat(world.status(vm)).isEqualTo("up");
        CommandLineRun.bw(world.engine, "vm", "schedule", "remove", "scheduled", "shots");

        Instant bed = next();
        add("sleep", "shutdown", clock(bed));
        world.awaitStatus(vm, "down", DUE_AND_DONE);
        assertThat(Instant.now()).isAfterOrEqualTo(bed);
        assertThat(world.running(vm)).isZero();

        Instant morning = next();
        add("wake", "start", clock(morning));
        world.engine.stop();
        assertThat(Await.holds(DUE_AND_DONE, () -> Instant.now().isAfter(morning.plusSeconds(5))))
                .isTrue();
        world.engine.start();
        world.awaitStatus(vm, "up", DUE_AND_DONE);
        assertThat(world.heartbeat(world.guestAddress(vm)).boot())
                .as("made up for, for the engine was away")
                .isNotEqualTo(boot);
        String told = CommandLineRun.bw(world.engine, "vm", "schedule", "list", "scheduled");
        assertThat(told).contains("its guest was asked to shut down", "it was started");
        assertThat(world.running(vm)).isEqualTo(1);
        world.remove(vm);
    }

    private void add(String name, String action, String times, String... more) {
        List<String> words = new ArrayList<>(
                List.of("vm", "schedule", "add", "scheduled", name, action, "--at", times, "--zone", "UTC"));
        words.addAll(List.of(more));
        CommandLineRun.bw(world.engine, words.toArray(String[]::new));
    }

    /** The next full minute by which a schedule can be said. */
    private static Instant next() {
        return Instant.now().plus(TO_SAY_IT).truncatedTo(ChronoUnit.MINUTES).plus(1, ChronoUnit.MINUTES);
    }

    private static String clock(Instant time) {
        return CLOCK.format(time);
    }

    private static String shown(Instant time) {
        return time.atZone(ZoneOffset.UTC).toLocalDate() + " " + clock(time);
    }

    private List<String> snapshots(String vm) {
        List<String> names = new ArrayList<>();
        for (JsonNode each : world.api().list("/vms/" + vm + "/snapshots")) {
            if (each.path("snapshot_type").asText().equals("regular")
                    && each.path("snapshot_status").asText().equals("ok")) {
                names.add(each.path("description").asText());
            }
        }
        return names;
    }
}
