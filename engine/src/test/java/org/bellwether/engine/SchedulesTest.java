package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What is done with machines at times, on a clock that is set forward by hand; the machines are off and have no disks. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SchedulesTest {

    private static final String SCHEDULES = "/ovirt-engine/services/schedules/vms/";

    private final SetClock clock = new SetClock();
    private RunningEngine engine;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder, clock);
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    /** Sessions end while the clock is set forward by days. */
    private RunningEngine.Caller administrator() {
        return engine.administrator();
    }

    @Test
    void snapshots_are_taken_in_time_and_only_the_youngest_of_the_schedule_are_kept() {
        String vm = machine("nightly");
        administrator().add("/vms/" + vm + "/snapshots", "{\"description\":\"by hand\"}");
        await().atMost(Duration.ofSeconds(20)).until(() -> snapshots(vm).equals(List.of("by hand")));
        administrator().add(SCHEDULES + vm, wish("night", "snapshot", "02:30", ",\"keep\":\"2\""));
        List<String> nights = new ArrayList<>(List.of("by hand"));
        for (int night = 1; night <= 3; night++) {
            Instant due = next(vm);
            clock.set(due.minusSeconds(5));
            assertThat(snapshots(vm)).as("before it is due").containsExactlyElementsOf(nights);
            clock.set(due.plusSeconds(5));
            nights.add("night " + due.toString().substring(0, 10) + " 02:30");
            if (nights.size() > 3) {
                nights.remove(1);
            }
            await().atMost(Duration.ofSeconds(20)).until(() -> snapshots(vm).equals(nights));
            await().atMost(Duration.ofSeconds(20))
                    .until(() -> only(vm).path("last").asLong() == due.toEpochMilli());
            assertThat(only(vm).path("succeeded").asBoolean()).isTrue();
            assertThat(next(vm)).isEqualTo(due.plus(Duration.ofDays(1)));
        }
        assertThat(administrator()
                        .status(
                                "DELETE",
                                SCHEDULES + vm + "/" + only(vm).path("id").asText(),
                                ""))
                .isEqualTo(200);
        assertThat(snapshots(vm)).as("what it took stays").hasSize(3);
    }

    @Test
    void what_passed_while_no_engine_ran_is_made_up_for_once_or_passed_over_when_it_is_too_late() {
        String vm = machine("missed");
        administrator().add(SCHEDULES + vm, wish("often", "snapshot", "03:00,03:02", ",\"late_minutes\":\"30\""));
        Instant due = next(vm);
        engine.restart(() -> clock.set(due.plus(Duration.ofMinutes(10))));
        String made = "often " + due.toString().substring(0, 10) + " 03:00";
        await().atMost(Duration.ofSeconds(20)).until(() -> snapshots(vm).equals(List.of(made)));
        assertThat(next(vm)).as("both times are one").isEqualTo(due.plus(Duration.ofDays(1)));

        engine.restart(() -> clock.set(due.plus(Duration.ofDays(1)).plus(Duration.ofHours(2))));
        await().atMost(Duration.ofSeconds(20))
                .until(() -> only(vm).path("outcome").asText().contains("passed over"));
        assertThat(snapshots(vm)).containsExactly(made);
        assertThat(next(vm)).isEqualTo(due.plus(Duration.ofDays(2)));
        assertThat(administrator().get("/events?search=type%3D20004").path("event"))
                .anySatisfy(event ->
                        assertThat(event.path("description").asText()).contains("missed", "the engine was not there"));
    }

    @Test
    void what_cannot_be_done_is_told_and_a_machine_that_is_gone_takes_its_schedules_along() {
        String vm = machine("morning");
        administrator().add(SCHEDULES + vm, wish("wake", "start", "06:00", ",\"late_minutes\":\"1\""));
        administrator().add(SCHEDULES + vm, wish("sleep", "shutdown", "05:00", ""));
        Instant due = next(vm, "wake");
        clock.set(due.plusSeconds(1));
        await().atMost(Duration.ofSeconds(30))
                .until(() -> named(vm, "wake").path("last").asLong() == due.toEpochMilli());
        assertThat(named(vm, "wake").path("succeeded").asBoolean()).isFalse();
        assertThat(named(vm, "wake").path("outcome").asText())
                .as("no host is there")
                .contains("morning");
        assertThat(administrator().status("DELETE", "/vms/" + vm, "")).isEqualTo(200);
        await().atMost(Duration.ofSeconds(20)).until(() -> administrator().status("GET", SCHEDULES + vm, "") == 404);
    }

    @Test
    void nonsense_and_strangers_are_refused() {
        String vm = machine("refused");
        var administrator = administrator();
        assertThat(administrator.status("POST", SCHEDULES + vm, wish("x", "explode", "01:00", "")))
                .isEqualTo(400);
        assertThat(administrator.status("POST", SCHEDULES + vm, wish("x", "start", "99:00", "")))
                .isEqualTo(400);
        assertThat(administrator.status("POST", SCHEDULES + vm, wish("x", "snapshot", "01:00", ",\"keep\":\"0\"")))
                .isEqualTo(400);
        assertThat(administrator.status(
                        "POST", SCHEDULES + vm, wish("x", "start", "01:00", ",\"date\":\"2020-01-01\"")))
                .isEqualTo(400);
        administrator.add(SCHEDULES + vm, wish("once", "start", "01:00", ""));
        assertThat(administrator.status("POST", SCHEDULES + vm, wish("once", "stop", "01:00", "")))
                .isEqualTo(409);
        var user = administrator.user("scheduler");
        assertThat(user.status("GET", SCHEDULES + vm, ""))
                .as("a machine unseen")
                .isEqualTo(404);
        administrator.give("scheduler", "UserRole", "/vms/" + vm);
        assertThat(user.status("POST", SCHEDULES + vm, wish("mine", "start", "01:00", "")))
                .as("who may start it may have it started")
                .isEqualTo(201);
        assertThat(user.status("POST", SCHEDULES + vm, wish("shots", "snapshot", "01:00", "")))
                .isEqualTo(403);
        assertThat(engine.nobody().status("GET", SCHEDULES + vm, "")).isEqualTo(401);
    }

    private static String wish(String name, String action, String times, String more) {
        return "{\"name\":\"" + name + "\",\"action\":\"" + action + "\",\"times\":\"" + times + "\"" + more + "}";
    }

    private List<String> snapshots(String vm) {
        List<String> names = new ArrayList<>();
        administrator().get("/vms/" + vm + "/snapshots").path("snapshot").forEach(each -> {
            if (each.path("snapshot_type").asText().equals("regular")
                    && each.path("snapshot_status").asText().equals("ok")) {
                names.add(each.path("description").asText());
            }
        });
        return names;
    }

    private JsonNode named(String vm, String name) {
        for (JsonNode each : administrator().get(SCHEDULES + vm).path("schedule")) {
            if (each.path("name").asText().equals(name)) {
                return each;
            }
        }
        throw new AssertionError("no schedule " + name);
    }

    private JsonNode only(String vm) {
        return administrator().get(SCHEDULES + vm).at("/schedule/0");
    }

    private Instant next(String vm) {
        return Instant.ofEpochMilli(only(vm).path("next").asLong());
    }

    private Instant next(String vm, String name) {
        return Instant.ofEpochMilli(named(vm, name).path("next").asLong());
    }

    private String machine(String name) {
        return administrator()
                .add(
                        "/vms",
                        "{\"name\":\"" + name
                                + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"}}");
    }

    /** Goes with the time, from wherever it was set to. */
    private static final class SetClock extends Clock {
        private volatile Duration ahead = Duration.ZERO;

        void set(Instant now) {
            ahead = Duration.between(Instant.now(), now);
        }

        @Override
        public Instant instant() {
            return Instant.now().plus(ahead);
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
