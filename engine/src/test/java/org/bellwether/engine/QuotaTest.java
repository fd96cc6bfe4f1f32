package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.bellwether.engine.RunningEngine.encoded;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.Quota;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Quotas hold in the transaction that takes something, also when many take at once. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class QuotaTest {
    private static final String CENTER = "/datacenters/" + Seeds.DATA_CENTER;
    private static final UUID HOST = UUID.randomUUID();
    private static final long GIB = 1L << 30;

    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private String quota;

    @BeforeAll
    void start(@TempDir Path folder) {
        engine = new RunningEngine(folder);
        administrator = engine.administrator();
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql()
                        .execute("insert into hosts (id, name, cluster_id, address, body) values ('" + HOST
                                + "', 'nowhere', '" + Seeds.CLUSTER + "', '192.0.2.1', '{}')"));
    }

    @AfterAll
    void stop() {
        engine.close();
    }

    @BeforeEach
    void make() {
        mode("disabled");
        quota = administrator.add(
                CENTER + "/quotas",
                "{\"name\":\"q" + UUID.randomUUID()
                        + "\",\"cluster_hard_limit_pct\":\"50\",\"cluster_soft_limit_pct\":\"50\"}");
    }

    private void mode(String mode) {
        assertThat(administrator.status("PUT", CENTER, "{\"quota_mode\":\"" + mode + "\"}"))
                .isEqualTo(200);
    }

    private String limit(String body) {
        return administrator.add(CENTER + "/quotas/" + quota + "/quotaclusterlimits", body);
    }

    /** A machine that somebody gives to a host, as every start does. */
    private void run(int cpus) {
        var spec = org.bellwether.api.types.Vm.builder()
                .memory(GIB)
                .quota(Quota.builder().id(quota).build())
                .cpu(Cpu.builder()
                        .topology(CpuTopology.builder()
                                .sockets((long) cpus)
                                .cores(1L)
                                .threads(1L)
                                .build())
                        .build())
                .build();
        var held = engine.inside().held();
        engine.inside()
                .ground()
                .database
                .change(tx -> held.vms.insertAll(
                        tx,
                        List.of(new Vm(
                                Id.random(),
                                "vm" + UUID.randomUUID(),
                                Id.of(Seeds.CLUSTER),
                                Template.BLANK,
                                Id.<Host>of(HOST),
                                1,
                                Instant.now(),
                                Instant.now(),
                                null,
                                null,
                                spec))));
    }

    private long taken(String limit) {
        return administrator
                .get(CENTER + "/quotas/" + quota + "/quotaclusterlimits/" + limit)
                .get("vcpu_usage")
                .asLong();
    }

    private String events() {
        return administrator
                .get("/events?search=" + encoded("message=*" + quotaName() + "*"))
                .toString();
    }

    private String quotaName() {
        return administrator.get(CENTER + "/quotas/" + quota).get("name").asText();
    }

    @Test
    void an_enforced_quota_warns_lets_into_the_grace_and_refuses() {
        String limit = limit("{\"vcpu_limit\":\"4\",\"memory_limit\":100}");
        mode("enabled");
        run(2);
        assertThat(events()).as("half is no more than the threshold").doesNotContain("3008");
        run(1);
        assertThat(events()).contains("3008");
        run(3);
        assertThat(events()).contains("3007");
        assertThat(taken(limit)).isEqualTo(6);
        assertThatThrownBy(() -> run(1)).isInstanceOf(Failure.class).hasMessageContaining("of virtual CPUs");
        assertThat(taken(limit)).isEqualTo(6);
        org.awaitility.Awaitility.await()
                .untilAsserted(() -> assertThat(events()).contains("3006"));
    }

    @Test
    void audit_only_tells() {
        limit("{\"vcpu_limit\":\"1\"}");
        mode("audit");
        run(8);
        assertThat(events()).contains("3015");
    }

    @Test
    void a_quota_without_a_limit_for_the_place_gives_nothing() {
        mode("enabled");
        assertThatThrownBy(() -> run(1)).hasMessageContaining("has no limit for its cluster");
    }

    @Test
    void many_who_take_at_once_do_not_take_more_than_there_is() throws InterruptedException {
        String limit = limit("{\"vcpu_limit\":\"10\"}");
        administrator.status("PUT", CENTER + "/quotas/" + quota, "{\"cluster_hard_limit_pct\":\"0\"}");
        mode("enabled");
        var let = new AtomicInteger();
        var done = new CountDownLatch(16);
        for (int i = 0; i < 16; i++) {
            Thread.ofVirtual().start(() -> {
                for (int j = 0; j < 2; j++) {
                    try {
                        run(1);
                        let.incrementAndGet();
                    } catch (Failure refused) {
                        // That is what is counted.
                    }
                }
                done.countDown();
            });
        }
        done.await();
        assertThat(let.get()).isEqualTo(10);
        assertThat(taken(limit)).isEqualTo(10);
    }

    @Test
    void a_machine_that_there_is_no_room_for_is_refused_before_a_job_begins() {
        limit("{\"vcpu_limit\":\"1\",\"memory_limit\":-1}");
        mode("enabled");
        String vm = administrator.add(
                "/vms",
                "{\"name\":\"v" + UUID.randomUUID()
                        + "\",\"cluster\":{\"name\":\"Default\"},\"template\":{\"name\":\"Blank\"},"
                        + "\"quota\":{\"id\":\"" + quota + "\"},\"cpu\":{\"topology\":{\"sockets\":\"2\"}}}");
        var answer = administrator.call("POST", "/vms/" + vm + "/start", "{}");
        assertThat(answer.statusCode()).isEqualTo(409);
        assertThat(answer.body()).contains("The quota does not allow this");
    }

    @Test
    void limits_are_either_of_all_or_of_each_and_the_first_quota_stays() {
        limit("{\"vcpu_limit\":\"4\"}");
        assertThat(administrator.status(
                        "POST",
                        CENTER + "/quotas/" + quota + "/quotaclusterlimits",
                        "{\"cluster\":{\"name\":\"Default\"},\"vcpu_limit\":\"4\"}"))
                .isEqualTo(409);
        var first = administrator.get(CENTER + "/quotas").at("/quota");
        for (var each : first) {
            if (each.get("name").asText().equals("Default")) {
                assertThat(administrator.status(
                                "DELETE", CENTER + "/quotas/" + each.get("id").asText(), ""))
                        .isEqualTo(409);
            }
        }
        assertThat(administrator.status("DELETE", CENTER + "/quotas/" + quota, ""))
                .isEqualTo(200);
    }
}
