package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.bellwether.engine.RunningEngine.encoded;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Json;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.InterfaceStatistics;
import org.bellwether.protocol.NetworkInterface;
import org.bellwether.protocol.Release;
import org.bellwether.protocol.Report;
import org.bellwether.protocol.Snapshot;
import org.bellwether.protocol.Statistics;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Searches for what is not told in the objects themselves find what there is, and not all that there is. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SearchedFieldsTest {
    private static final long GBIT = 1_000_000_000;

    private final ForwardClock clock = new ForwardClock();
    private final Id<Host> busy = Id.random();
    private final Id<Host> idle = Id.random();
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder, clock);
        administrator = engine.administrator();
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    private List<String> found(String kind, String singular, String query) {
        return administrator.names("/" + kind + "?search=" + encoded(query), singular);
    }

    private void sql(String statement, Object... values) {
        engine.inside().ground().database.change(tx -> tx.sql().execute(statement, values));
    }

    @Test
    void machines_by_who_made_them() {
        var joe = administrator.user("joe");
        administrator.give("joe", "PowerUserRole", "");
        administrator.machine("made-by-admin");
        joe.machine("made-by-joe");
        String query = "created_by_user_id=" + administrator.userId("joe");
        assertThat(found("vms", "vm", query)).containsExactly("made-by-joe");
        assertThat(found("vms", "vm", query.replace("=", "!=") + " and name=made-by-*"))
                .containsExactly("made-by-admin");
        administrator.call(
                "PUT",
                "/vms/"
                        + administrator
                                .get("/vms?search=name%3Dmade-by-joe")
                                .at("/vm/0/id")
                                .asText(),
                "{\"comment\":\"changed by another\"}");
        engine.restart();
        administrator = engine.administrator();
        assertThat(found("vms", "vm", query)).containsExactly("made-by-joe");
    }

    @Test
    void templates_by_whether_they_were_sealed_and_events_by_their_quota() {
        seal("sealed-one", true);
        seal("plain-one", false);
        engine.restart();
        administrator = engine.administrator();
        assertThat(found("templates", "template", "sealed=true")).containsExactly("sealed-one");
        assertThat(found("templates", "template", "sealed=false")).contains("plain-one", "Blank");

        String center =
                administrator.get("/datacenters").at("/data_center/0/id").asText();
        String quota = administrator.add("/datacenters/" + center + "/quotas", "{\"name\":\"searched\"}");
        var events = administrator.get("/events?search=" + encoded("_event_quota_id=" + quota));
        assertThat(events.path("event").findValuesAsText("description"))
                .singleElement()
                .asString()
                .contains("The quota searched was added");
        assertThat(administrator
                        .get("/events?search=" + encoded("_event_quota_id=" + UUID.randomUUID()))
                        .size())
                .isZero();
        assertThat(engine.inside().ground().events.verify().intact()).isTrue();
    }

    private void seal(String name, boolean sealed) {
        Id<Template> id = Id.random();
        var template = new Template(
                id,
                name,
                1,
                id,
                Id.of(Seeds.CLUSTER),
                Instant.now(),
                org.bellwether.api.types.Template.builder().build(),
                sealed);
        sql(
                "insert into templates (id, name, version, cluster_id, body) values (?, ?, 1, ?, ?::jsonb)",
                id.value(),
                name,
                Seeds.CLUSTER,
                Json.write(template));
    }

    @Test
    void networks_by_the_limit_that_they_have() {
        String center =
                administrator.get("/datacenters").at("/data_center/0/id").asText();
        String qos = administrator.add(
                "/datacenters/" + center + "/qoss",
                "{\"name\":\"narrow\",\"type\":\"hostnetwork\",\"outbound_average_linkshare\":\"50\"}");
        administrator.add(
                "/networks",
                "{\"name\":\"limited\",\"data_center\":{\"id\":\"" + center + "\"},\"qos\":{\"id\":\"" + qos + "\"}}");
        assertThat(found("networks", "network", "qos_name=narrow")).containsExactly("limited");
        assertThat(found("networks", "network", "qos_name!=narrow"))
                .contains("ovirtmgmt")
                .doesNotContain("limited");
    }

    @Test
    void disks_by_when_they_were_changed_last() {
        var held = engine.inside().held();
        var database = engine.inside().ground().database;
        var old = disk("untouched");
        var changed = disk("changed");
        database.change(tx -> {
            held.disks.insert(tx, old);
            held.disks.insert(tx, changed);
        });
        clock.forward(Duration.ofMinutes(20));
        var between = clock.instant().truncatedTo(ChronoUnit.SECONDS);
        clock.forward(Duration.ofSeconds(5));
        database.change(tx -> {
            held.disks.update(tx, old.id(), now -> now.in(Disk.State.LOCKED));
            held.disks.update(
                    tx, old.id(), now -> now.sized(now.provisionedBytes(), 4711).in(Disk.State.OK));
            held.disks.update(tx, changed.id(), now -> now.sized(2L << 30, now.actualBytes()));
        });
        assertThat(found("disks", "disk", "last_modified>" + between)).containsExactly("changed");
        assertThat(found("disks", "disk", "last_modified<" + between))
                .as("made, locked and looked at is not modified")
                .containsExactly("untouched");
        assertThat(administrator
                        .call("PUT", "/disks/" + old.id(), "{\"description\":\"another\"}")
                        .body())
                .contains("another");
        assertThat(found("disks", "disk", "last_modified>" + between)).contains("changed", "untouched");
    }

    private Disk disk(String name) {
        return new Disk(
                Id.random(),
                name,
                null,
                UUID.randomUUID(),
                Disk.Format.RAW,
                true,
                1L << 30,
                0,
                Disk.State.OK,
                clock.instant(),
                org.bellwether.api.types.Disk.builder()
                        .contentType(org.bellwether.api.types.DiskContentType.DATA)
                        .build());
    }

    @Test
    void hosts_by_what_they_say_of_themselves() {
        for (var host : List.of(host(busy, "busy", 7), host(idle, "idle", 8))) {
            sql(
                    "insert into hosts (id, name, cluster_id, address, body) values (?, ?, ?, ?, ?::jsonb)",
                    host.id().value(),
                    host.name(),
                    Seeds.CLUSTER,
                    host.address(),
                    Json.write(host));
        }
        var held = engine.inside().held();
        engine.inside().ground().database.change(tx -> held.vms.insertAll(tx, List.of(running())));
        engine.restart();
        administrator = engine.administrator();
        says(busy, "0.0.1", 0);
        says(idle, Release.version(), 0);
        clock.forward(Duration.ofSeconds(10));
        // Of what a gigabit card could have received in ten seconds.
        says(busy, "0.0.1", GBIT / Byte.SIZE * 10 * 6 / 10);
        says(idle, Release.version(), GBIT / Byte.SIZE * 10 / 20);

        assertThat(found("hosts", "host", "network_usage>40")).containsExactly("busy");
        assertThat(found("hosts", "host", "network_usage<=6 and network_usage>=4"))
                .containsExactly("idle");
        assertThat(found("hosts", "host", "update_available=true")).containsExactly("busy");
        assertThat(administrator.get("/hosts/" + busy).get("update_available").asText())
                .isEqualTo("true");
        assertThat(found("hosts", "host", "spm_id=7")).containsExactly("busy");
        assertThat(found("hosts", "host", "committed_mem=1024")).containsExactly("busy");
        assertThat(found("hosts", "host", "committed_mem=0")).containsExactly("idle");
        assertThat(found("hosts", "host", "ha_score>0"))
                .as("the engine runs in no machine")
                .isEmpty();
    }

    private static Host host(Id<Host> id, String name, int number) {
        return new Host(
                id,
                name,
                Id.of(Seeds.CLUSTER),
                "192.0.2." + number,
                54321,
                Host.Wanted.ACTIVE,
                org.bellwether.api.types.Host.builder().build(),
                number,
                null);
    }

    private Vm running() {
        return new Vm(
                Id.random(),
                "running",
                Id.of(Seeds.CLUSTER),
                Template.BLANK,
                busy,
                1,
                Instant.now(),
                Instant.now(),
                null,
                null,
                org.bellwether.api.types.Vm.builder().memory(1L << 30).build());
    }

    /** As its agent would. */
    private void says(Id<Host> host, String version, long received) {
        var hosts = engine.inside().held().hosts;
        hosts.reported(
                host.value(),
                Report.newBuilder()
                        .setSnapshot(Snapshot.newBuilder()
                                .setHost(HostDescription.newBuilder()
                                        .setAgentVersion(version)
                                        .addInterfaces(NetworkInterface.newBuilder()
                                                .setName("eth0")
                                                .setKind("nic")
                                                .setSpeedBitsPerSecond(GBIT))))
                        .build());
        hosts.reported(
                host.value(),
                Report.newBuilder()
                        .setStatistics(Statistics.newBuilder()
                                .setHost(HostStatistics.newBuilder()
                                        .addInterfaces(InterfaceStatistics.newBuilder()
                                                .setName("eth0")
                                                .setRxBytes(received))))
                        .build());
    }

    /** What was made before it was written down is told by the log and the journal. */
    @Test
    void an_upgrade_finds_out_who_made_machines_and_what_was_sealed() throws IOException {
        String id = administrator.machine("older");
        seal("sealed-before", false);
        seal("not-sealed-before", false);
        sql("update vms set body = body - 'creator' where name = 'older'");
        for (var name : List.of("sealed-before", "not-sealed-before")) {
            sql(
                    "insert into jobs (id, correlation_id, kind, version, description, request, owner, status, started, updated)"
                            + " select ?, 'x', 'create-template', 2, '', jsonb_build_object('template', id, 'seal', ?::boolean),"
                            + " 'x', 'finished', now(), now() from templates where name = ?",
                    UUID.randomUUID(),
                    name.startsWith("sealed"),
                    name);
        }
        engine.restart();
        administrator = engine.administrator();
        String query = "created_by_user_id=" + administrator.userId("admin") + " and name=older";
        assertThat(found("vms", "vm", query)).isEmpty();
        try (var migration =
                SearchedFieldsTest.class.getResourceAsStream("/db/migration/V29__search_and_sign_on.sql")) {
            Arrays.stream(new String(migration.readAllBytes(), StandardCharsets.UTF_8).split(";\n"))
                    .filter(statement -> statement.contains("update "))
                    .forEach(this::sql);
        }
        engine.restart();
        administrator = engine.administrator();
        assertThat(found("vms", "vm", query)).containsExactly("older");
        assertThat(administrator.get("/vms/" + id).get("name").asText()).isEqualTo("older");
        assertThat(found("templates", "template", "sealed=true and name=*-before"))
                .containsExactly("sealed-before");
    }
}
