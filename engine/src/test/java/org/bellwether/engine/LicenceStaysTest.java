package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.CpuThread;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MachineGone;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.OffReason;
import org.bellwether.protocol.PowerState;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The evidence of a licence zone has every stay of its machines on a host, also those that nobody could look at. */
class LicenceStaysTest {
    private static final String ZONES = "/ovirt-engine/services/licence-zones";
    private static final long RUN = 3;

    private final Id<Host> declared = Id.random();
    private final Id<Host> other = Id.random();
    private final Vm vm = vm();
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeEach
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        var database = engine.inside().ground().database;
        for (var host : List.of(host(declared, "declared", 1), host(other, "other", 2))) {
            database.change(tx -> tx.sql()
                    .execute(
                            "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                            host.id().value(),
                            host.name(),
                            Seeds.CLUSTER,
                            host.address(),
                            Json.write(host)));
        }
        var held = engine.inside().held();
        database.change(tx -> held.vms.insertAll(tx, List.of(vm)));
        restart();
        administrator.status("POST", ZONES, "{\"name\":\"oracle\",\"cluster\":\"Default\"}");
        change("declare", "\"host\":\"declared\",\"cpus\":\"0\"");
        change("assign", "\"vm\":\"brief\"");
    }

    @AfterEach
    void stop() {
        engine.close();
    }

    private void restart() {
        engine.restart();
        administrator = engine.administrator();
        for (var host : List.of(declared, other)) {
            engine.inside()
                    .held()
                    .hosts
                    .reported(
                            host.value(),
                            Report.newBuilder().setHost(described(host)).build());
        }
    }

    private void change(String what, String members) {
        assertThat(administrator.status(
                        "POST", ZONES + "/oracle/" + what, "{" + members + ",\"because\":\"it is tested\"}"))
                .isLessThan(300);
    }

    @Test
    void a_stay_of_a_moment_is_told_as_not_sampled() {
        say(declared, machine(PowerState.RUNNING, OffReason.OFF_UNKNOWN));
        assertThat(csv()).as("also while it lasts").hasSize(1);
        say(declared, machine(PowerState.OFF, OffReason.OFF_STOPPED));
        say(declared, machine(PowerState.OFF, OffReason.OFF_STOPPED));
        snapshot(declared, machine(PowerState.OFF, OffReason.OFF_STOPPED));
        assertThat(csv()).singleElement().asString().contains("\"declared\"").contains("\"not_sampled\"");
        assertThat(page("en")).contains("not sampled").contains("known from the machine's start");
        assertThat(page("de")).contains("nicht abgelesen");
        assertThat(alarms()).isZero();

        restart();
        snapshot(declared, machine(PowerState.OFF, OffReason.OFF_STOPPED));
        assertThat(csv()).as("a new engine knows that it was written down").hasSize(1);
        say(declared, machine(PowerState.RUNNING, OffReason.OFF_UNKNOWN));
        snapshot(declared);
        assertThat(csv()).as("another stay").hasSize(2);
    }

    @Test
    void a_stay_that_was_over_before_its_host_could_say_that_it_had_begun_is_told_from_when_it_was_started() {
        say(declared, machine(PowerState.INCOMING, OffReason.OFF_UNKNOWN));
        assertThat(csv()).as("it executes elsewhere still").isEmpty();
        say(declared, machine(PowerState.OFF, OffReason.OFF_MIGRATED));
        assertThat(csv()).singleElement().asString().contains("\"not_sampled\",\"2026-11-29 12:00:00\"");
        say(declared, machine(PowerState.OFF, OffReason.OFF_FAILED));
        assertThat(csv()).as("one that could not be run was not there").hasSize(1);
        say(
                other,
                machine(PowerState.CRASHED, OffReason.OFF_CRASHED).toBuilder()
                        .setGeneration(RUN - 1)
                        .build());
        assertThat(csv()).as("an older run, of which was told then").hasSize(1);
    }

    @Test
    void a_moment_on_a_host_that_is_not_declared_raises_the_alarm() {
        say(other, machine(PowerState.RUNNING, OffReason.OFF_UNKNOWN));
        engine.inside()
                .features()
                .licences
                .watch()
                .reported(
                        other.value(),
                        Report.newBuilder()
                                .setMachineGone(MachineGone.newBuilder()
                                        .setMachineId(vm.id().toString()))
                                .build());
        assertThat(csv()).singleElement().asString().contains("\"other\"").contains("\"beyond\"");
        assertThat(alarms()).isEqualTo(1);
    }

    private void say(Id<Host> host, MachineState machine) {
        engine.inside()
                .features()
                .licences
                .watch()
                .reported(host.value(), Report.newBuilder().setMachine(machine).build());
    }

    private void snapshot(Id<Host> host, MachineState... machines) {
        engine.inside()
                .features()
                .licences
                .watch()
                .reported(
                        host.value(),
                        Report.newBuilder()
                                .setSnapshot(Snapshot.newBuilder()
                                        .setHost(described(host))
                                        .addAllMachines(List.of(machines)))
                                .build());
    }

    private List<String> csv() {
        return text("/report.csv").lines().skip(1).toList();
    }

    private String page(String language) {
        return text("/report.html?language=" + language);
    }

    private String text(String path) {
        return administrator.call("GET", ZONES + "/oracle" + path, "").body();
    }

    private int alarms() {
        return administrator
                .get("/ovirt-engine/api/events?search=type%3D10311")
                .path("event")
                .size();
    }

    private MachineState machine(PowerState power, OffReason reason) {
        return MachineState.newBuilder()
                .setMachineId(vm.id().toString())
                .setName("brief")
                .setGeneration(RUN)
                .setPower(power)
                .setOffReason(reason)
                .build();
    }

    private static HostDescription described(Id<Host> host) {
        var cpu = CpuDescription.newBuilder().setModelName("Xeon");
        for (int number = 0; number < 2; number++) {
            cpu.addThreads(CpuThread.newBuilder().setNumber(number).setCore(number));
        }
        return HostDescription.newBuilder()
                .setHostId(host.toString())
                .setHardwareUuid(UUID.nameUUIDFromBytes(new byte[] {1}).toString())
                .setCpu(cpu)
                .build();
    }

    private static Host host(Id<Host> id, String name, int number) {
        return new Host(
                id,
                name,
                Id.of(Seeds.CLUSTER),
                "192.0.2." + number,
                54321,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder().build());
    }

    private static Vm vm() {
        return new Vm(
                Id.random(),
                "brief",
                Id.of(Seeds.CLUSTER),
                Template.BLANK,
                null,
                RUN,
                Instant.parse("2026-11-29T11:00:00Z"),
                Instant.parse("2026-11-29T12:00:00Z"),
                Instant.parse("2026-11-29T12:00:01Z"),
                null,
                org.bellwether.api.types.Vm.builder().memory(1L << 30).build());
    }
}
