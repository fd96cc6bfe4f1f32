package org.bellwether.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.bellwether.engine.SshMachine.Answer;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostStatus;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.vm.Vm;
import org.bellwether.protocol.MachineState;
import org.bellwether.protocol.PowerState;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A cluster of two hosts that serve is upgraded: what is said to them over SSH is heard by real SSH servers, and their agents
 * speak the real protocol; only the machines are words.
 */
class RollingUpgradeTest {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final String ROLL = "/ovirt-engine/services/cluster-upgrades/" + Seeds.CLUSTER;

    private final Map<UUID, PretendAgent> agents = new ConcurrentHashMap<>();
    private final List<Site> sites = new ArrayList<>();
    /** What was said to whom, and how many machines ran there and which hosts were to serve then. */
    private final List<String> told = new CopyOnWriteArrayList<>();

    private final ConcurrentMap<String, Answer> answers = new ConcurrentHashMap<>();
    private volatile CountDownLatch renewing = new CountDownLatch(0);
    private Vm vm;
    private RunningEngine engine;
    private RunningEngine.Caller administrator;

    /** A host: its SSH server and its agent. */
    private record Site(String name, PretendAgent agent, SshMachine machine, Host host) {}

    @BeforeEach
    void start(@TempDir Path folder) throws Exception {
        engine = new RunningEngine(folder.resolve("engine"));
        var authority = engine.inside().ground().authority;
        for (var name : List.of("one", "two")) {
            var address = "127.0.0." + (sites.size() + 2);
            var agent = new PretendAgent(address, authority, agents);
            var keys = Files.createDirectories(folder.resolve(name));
            var machine = new SshMachine(keys, address, command -> say(name, command));
            var host = machine.insertInto(engine, Id.of(agent.id), name, agent.port(), Host.Wanted.ACTIVE);
            sites.add(new Site(name, agent, machine, host));
        }
        vm = vm(one().host().id());
        engine.inside()
                .ground()
                .database
                .change(tx -> engine.inside().held().vms.insertAll(tx, List.of(vm)));
        one().agent().machines.put(vm.id().toString(), runs());
        Files.writeString(engine.agentArchive(), "the agent");
        answers.put("updates", new Answer(0, "package|libc6|1|2\n"));
        engine.restart();
        administrator = engine.administrator();
        await().atMost(SOON).until(() -> status(one()) == HostStatus.UP && status(two()) == HostStatus.UP);
    }

    @AfterEach
    void stop() throws Exception {
        renewing.countDown();
        engine.close();
        for (var site : sites) {
            site.agent().close();
            site.machine().close();
        }
    }

    private Answer say(String name, String command) {
        var verb = command.split("'")[1];
        var site = sites.stream().filter(each -> each.name().equals(name)).findFirst();
        told.add(verb + " " + name + " "
                + site.map(each -> each.agent().running()).orElse(0L));
        if (verb.equals("upgrade")) {
            try {
                renewing.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return answers.getOrDefault(verb + " " + name, answers.getOrDefault(verb, new Answer(0, "")));
    }

    @Test
    void machines_leave_each_host_before_it_is_upgraded_and_it_serves_again_before_the_next_one_is_begun() {
        assertThat(administrator.status("POST", ROLL, "{}")).isEqualTo(202);
        await().atMost(SOON).until(() -> event(894));
        assertThat(words(894)).contains("are upgraded: two, one");
        assertThat(upgrades())
                .as("the one with fewer machines first, and none while machines run there")
                .containsExactly("upgrade two 0", "upgrade one 0");
        assertThat(one().agent().running()).isZero();
        assertThat(two().agent().running()).isEqualTo(1);
        assertThat(engine.inside().held().vms.get(vm.id()).hostId())
                .contains(two().host().id());
        serveAgain();
        assertThat(marked()).isFalse();
    }

    @Test
    void an_engine_that_dies_while_a_cluster_is_upgraded_goes_on_where_it_was() {
        renewing = new CountDownLatch(1);
        administrator.status("POST", ROLL, "{}");
        await().atMost(SOON).until(() -> upgrades().contains("upgrade two 0"));
        assertThat(marked()).isTrue();
        assertThat(wanted(two())).isEqualTo(Host.Wanted.MAINTENANCE);
        var dying = Thread.ofVirtual().start(() -> restart(() -> renewing.countDown()));
        await().atMost(SOON).until(() -> !dying.isAlive());
        await().atMost(SOON).until(() -> event(894));
        assertThat(upgrades())
                .as("the host that it died at is done once more at most")
                .hasSizeBetween(2, 3);
        assertThat(upgrades().getLast()).isEqualTo("upgrade one 0");
        assertThat(upgrades().subList(0, upgrades().size() - 1)).containsOnly("upgrade two 0");
        assertThat(events(894)).isEqualTo(1);
        assertThat(event(895)).isFalse();
        serveAgain();
        assertThat(marked()).isFalse();
    }

    @Test
    void a_host_that_fails_ends_it_with_its_words_and_begun_again_it_serves_in_the_end() {
        answers.put("upgrade two", new Answer(1, "the disk is full."));
        administrator.status("POST", ROLL, "{}");
        await().atMost(SOON).until(() -> event(895));
        assertThat(words(895)).contains("The disk is full").contains("goes on");
        assertThat(words(841)).contains("It is in maintenance").contains("goes on from there");
        assertThat(upgrades()).containsExactly("upgrade two 0");
        assertThat(wanted(two())).isEqualTo(Host.Wanted.MAINTENANCE);
        assertThat(one().agent().running()).as("where its machine was").isEqualTo(1);
        assertThat(marked()).isFalse();

        restart();
        await().atMost(SOON).until(() -> status(one()) == HostStatus.UP && status(two()) == HostStatus.MAINTENANCE);
        answers.remove("upgrade two");
        administrator.status("POST", ROLL, "{}");
        await().atMost(SOON).until(() -> event(894));
        assertThat(upgrades()).containsExactly("upgrade two 0", "upgrade two 0", "upgrade one 0");
        serveAgain();
        assertThat(two().agent().running()).isEqualTo(1);
    }

    private Site one() {
        return sites.getFirst();
    }

    private Site two() {
        return sites.getLast();
    }

    private void restart() {
        restart(() -> {});
    }

    private void restart(Runnable meanwhile) {
        engine.restart(meanwhile);
        administrator = engine.administrator();
    }

    private void serveAgain() {
        for (var site : sites) {
            assertThat(wanted(site)).as(site.name()).isEqualTo(Host.Wanted.ACTIVE);
            assertThat(status(site)).as(site.name()).isEqualTo(HostStatus.UP);
        }
    }

    private Host.Wanted wanted(Site site) {
        return engine.inside().held().hosts.get(site.host().id()).wanted();
    }

    private HostStatus status(Site site) {
        var hosts = engine.inside().held().hosts;
        return hosts.status(hosts.get(site.host().id()));
    }

    private List<String> upgrades() {
        return told.stream().filter(each -> each.startsWith("upgrade ")).toList();
    }

    private boolean marked() {
        return administrator
                .get("/ovirt-engine/api/clusters/" + Seeds.CLUSTER)
                .path("upgrade_in_progress")
                .asBoolean();
    }

    private boolean event(int code) {
        return events(code) > 0;
    }

    private int events(int code) {
        return administrator
                .get("/ovirt-engine/api/events?search=type%3D" + code)
                .path("event")
                .size();
    }

    private String words(int code) {
        return administrator
                .get("/ovirt-engine/api/events?search=type%3D" + code)
                .at("/event/0/description")
                .asText();
    }

    private static Vm vm(Id<Host> host) {
        return new Vm(
                Id.random(),
                "moves",
                Id.of(Seeds.CLUSTER),
                Template.BLANK,
                host,
                1,
                Instant.now(),
                Instant.now(),
                null,
                null,
                org.bellwether.api.types.Vm.builder().memory(1L << 30).build());
    }

    private MachineState runs() {
        return MachineState.newBuilder()
                .setMachineId(vm.id().toString())
                .setName(vm.name())
                .setGeneration(1)
                .setPower(PowerState.RUNNING)
                .setStartedMs(1)
                .build();
    }
}
