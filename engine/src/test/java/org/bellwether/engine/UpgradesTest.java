package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.bellwether.engine.SshMachine.Answer;
import org.bellwether.engine.host.Host;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the engine says to a host in maintenance that is looked at for updates and upgraded; a host that serves is in the lab. */
class UpgradesTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final String HOST_PATH = "/ovirt-engine/api/hosts/";

    private final ConcurrentMap<String, Answer> answers = new ConcurrentHashMap<>();
    private SshMachine machine;
    private RunningEngine engine;
    private RunningEngine.Caller administrator;
    private Host host;

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        machine = new SshMachine(folder, command -> answers.getOrDefault(command.split("'")[1], new Answer(0, "")));
        engine = new RunningEngine(folder.resolve("engine"));
        host = machine.insertInto(engine, Host.Wanted.MAINTENANCE);
        engine.restart();
        administrator = engine.administrator();
        Files.writeString(engine.agentArchive(), "the agent");
    }

    @AfterEach
    void stop() throws Exception {
        engine.close();
        machine.close();
    }

    private String verbs() {
        return String.join(
                " ", machine.commands.stream().map(each -> each.split("'")[1]).toList());
    }

    private boolean told(int code) {
        return !administrator
                .get("/ovirt-engine/api/events?search=type%3D" + code)
                .path("event")
                .isEmpty();
    }

    private String words(int code) {
        return administrator
                .get("/ovirt-engine/api/events?search=type%3D" + code)
                .at("/event/0/description")
                .asText();
    }

    @Test
    void updates_are_looked_for_and_shown_and_nothing_is_touched() {
        answers.put(
                "updates",
                new Answer(0, "agent\npackage|qemu-system-x86|1:7.2|1:7.2+deb12u9\npackage|linux-image-2||6.1\n"));
        assertThat(administrator.status("POST", HOST_PATH + host.id() + "/upgradecheck", "{}"))
                .isEqualTo(200);
        await().atMost(SOON).until(() -> told(885));
        assertThat(told(884)).isTrue();
        assertThat(words(843))
                .contains("the agent that this engine brings")
                .contains("qemu-system-x86 1:7.2 → 1:7.2+deb12u9")
                .contains("linux-image-2 6.1 (new)");
        assertThat(administrator
                        .get(HOST_PATH + host.id())
                        .path("update_available")
                        .asText())
                .isEqualTo("true");
        assertThat(administrator
                        .get("/ovirt-engine/api/hosts?search=update_available%3Dtrue")
                        .path("host"))
                .hasSize(1);
        assertThat(verbs()).isEqualTo("updates");

        answers.put("updates", new Answer(0, ""));
        assertThat(administrator.status("POST", HOST_PATH + host.id() + "/upgradecheck", "{}"))
                .isEqualTo(200);
        await().atMost(SOON)
                .until(() -> administrator
                        .get(HOST_PATH + host.id())
                        .path("update_available")
                        .asText()
                        .equals("false"));
    }

    @Test
    void a_check_that_fails_says_why() {
        answers.put("updates", new Answer(1, "apt-get update failed: check the machine's package sources."));
        administrator.status("POST", HOST_PATH + host.id() + "/upgradecheck", "{}");
        await().atMost(SOON).until(() -> told(839));
        assertThat(words(839)).contains("check the machine's package sources");
    }

    @Test
    void a_host_with_nothing_to_renew_is_left_alone_and_one_whose_packages_fail_stays_where_it_was() {
        assertThat(administrator.status("POST", HOST_PATH + host.id() + "/upgrade", "{}"))
                .isEqualTo(200);
        await().atMost(SOON).until(() -> told(842));
        assertThat(words(842)).contains("had nothing to be renewed");
        assertThat(verbs()).isEqualTo("updates");

        answers.put("updates", new Answer(0, "package|libc6|1|2\n"));
        answers.put("upgrade", new Answer(1, "apt-get could not renew the packages."));
        administrator.status("POST", HOST_PATH + host.id() + "/upgrade", "{}");
        await().atMost(SOON).until(() -> told(841));
        assertThat(words(841)).contains("Apt-get could not renew the packages");
        assertThat(administrator.get(HOST_PATH + host.id()).path("status").asText())
                .isEqualTo("maintenance");
    }

    @Test
    void an_upgrade_that_is_begun_again_takes_a_host_into_service_that_the_first_try_took_out_of_it() {
        engine.inside()
                .ground()
                .database
                .change(tx -> tx.sql()
                        .execute(
                                "update hosts set body = body || '{\"leftForUpgrade\": true}' where id = ?",
                                host.id().value()));
        engine.restart();
        administrator = engine.administrator();
        answers.put("updates", new Answer(0, "package|libc6|1|2\n"));
        answers.put("upgrade", new Answer(1, "apt-get could not renew the packages."));
        administrator.status("POST", HOST_PATH + host.id() + "/upgrade", "{}");
        await().atMost(SOON).until(() -> told(841));
        assertThat(words(841)).contains("It is in maintenance").contains("goes on from there");
        assertThat(administrator.get(HOST_PATH + host.id()).path("status").asText())
                .isEqualTo("maintenance");

        // The packages came with the first try, and its restart did not.
        answers.put("updates", new Answer(0, ""));
        administrator.status("POST", HOST_PATH + host.id() + "/upgrade", "{}");
        await().atMost(SOON).until(() -> told(842));
        assertThat(verbs()).isEqualTo("updates upgrade updates restart_wanted");
        var now = engine.inside().held().hosts.model().find(host.id()).orElseThrow();
        assertThat(now.wanted()).isEqualTo(Host.Wanted.ACTIVE);
        assertThat(now.leftForUpgrade()).isNull();
    }

    @Test
    void an_engine_that_dies_during_an_upgrade_goes_on_with_it_and_restarts_the_host_once() {
        answers.put("updates", new Answer(0, "package|libc6|1|2\n"));
        answers.put("restart_wanted", new Answer(0, "boot-1\n"));
        answers.put("boot", new Answer(0, "boot-1\n"));
        administrator.status("POST", HOST_PATH + host.id() + "/upgrade", "{}");
        await().atMost(SOON).until(() -> verbs().endsWith("restart boot"));
        assertThat(administrator.get(HOST_PATH + host.id()).path("status").asText())
                .isEqualTo("installing");
        engine.restart();
        administrator = engine.administrator();
        answers.put("boot", new Answer(0, "boot-2\n"));
        await().atMost(SOON)
                .until(() ->
                        administrator.get("/ovirt-engine/api/jobs").toString().contains("Upgrading Host one"));
        // Then it waits for the agent, which is not there.
        await().atMost(SOON).until(() -> ended("Wait for its return"));
        assertThat(verbs().split(" ")).containsOnlyOnce("updates", "upgrade", "restart");
    }

    private boolean ended(String step) {
        var job = administrator.get("/ovirt-engine/api/jobs").at("/job/0/id").asText();
        for (var each :
                administrator.get("/ovirt-engine/api/jobs/" + job + "/steps").path("step")) {
            if (each.path("description").asText().equalsIgnoreCase(step)) {
                return each.path("status").asText().equals("finished");
            }
        }
        return false;
    }

    @Test
    void a_host_without_a_fence_agent_is_restarted_over_ssh() {
        answers.put("boot", new Answer(0, "boot-1\n"));
        assertThat(administrator.status("POST", HOST_PATH + host.id() + "/fence", "{\"fence_type\":\"restart\"}"))
                .isEqualTo(200);
        await().atMost(SOON).until(() -> verbs().startsWith("boot restart boot"));
        answers.put("boot", new Answer(0, "boot-2\n"));
        await().atMost(SOON).until(() -> ended("Wait for its return"));
        assertThat(machine.commands.get(1)).startsWith("sh -s -- 'restart' 'boot-1'\n");
    }

    @Test
    void programs_that_upgrade_a_cluster_themselves_note_it() {
        var cluster = "/ovirt-engine/api/clusters/" + host.cluster();
        var upgrade = cluster + "/upgrade";
        assertThat(administrator.status("POST", upgrade, "{\"upgrade_action\":\"finish\"}"))
                .as("none is under way")
                .isEqualTo(409);
        assertThat(administrator.status("POST", upgrade, "{\"upgrade_action\":\"start\",\"correlation_id\":\"c\"}"))
                .isEqualTo(200);
        assertThat(administrator.status("POST", upgrade, "{\"upgrade_action\":\"start\"}"))
                .isEqualTo(409);
        administrator.status(
                "POST", upgrade, "{\"upgrade_action\":\"update_progress\",\"upgrade_percent_complete\":40}");
        var shown = administrator.get(cluster);
        assertThat(shown.path("upgrade_in_progress").asText()).isEqualTo("true");
        assertThat(shown.path("upgrade_percent_complete").asText()).isEqualTo("40");
        assertThat(shown.path("upgrade_correlation_id").asText()).isEqualTo("c");
        administrator.status("POST", upgrade, "{\"upgrade_action\":\"finish\"}");
        assertThat(administrator.get(cluster).path("upgrade_in_progress").asText())
                .isEqualTo("false");
        for (var code : List.of(892, 894, 896)) {
            assertThat(told(code)).as("event %s", code).isTrue();
        }
    }

    @Test
    void a_cluster_is_upgraded_host_by_host_and_ends_at_the_first_that_fails() {
        answers.put("updates", new Answer(0, ""));
        var page = "/ovirt-engine/services/cluster-upgrades/" + host.cluster();
        assertThat(administrator.status("POST", page, "{}")).isEqualTo(202);
        await().atMost(SOON).until(() -> told(894));
        assertThat(words(894)).contains("are upgraded: one");

        answers.put("updates", new Answer(0, "package|libc6|1|2\n"));
        answers.put("upgrade", new Answer(1, "the disk is full."));
        administrator.status("POST", page, "{}");
        await().atMost(SOON).until(() -> told(895));
        assertThat(words(895)).contains("The disk is full").contains("goes on");
        assertThat(administrator
                        .get("/ovirt-engine/api/clusters/" + host.cluster())
                        .path("upgrade_in_progress")
                        .asText())
                .isEqualTo("false");
    }
}
