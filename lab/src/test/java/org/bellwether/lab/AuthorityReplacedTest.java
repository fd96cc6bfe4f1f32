package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.file.Files;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The engine's certificate authority makes place for another one while machines run and move. */
@InTurn(of = 4, on = 2)
@ExtendWith(World.Extension.class)
final class AuthorityReplacedTest {
    private static final String PAGE = "/ovirt-engine/services/certificates";
    private static final Duration DONE = Duration.ofMinutes(2);

    private final World world;

    AuthorityReplacedTest(World world) {
        this.world = world;
    }

    /** Whoever comes next finds an authority that lives for years. */
    @AfterEach
    void lengthen_lives() {
        world.restoreHosts();
        world.engine.stop();
        world.engine.start();
        awaitStage("steady");
        String shortLived = state().path("authority").path("sha256").asText();
        replace();
        assertThat(Await.holds(
                        DONE,
                        () -> state().path("stage").asText().equals("steady")
                                && !state().path("authority")
                                        .path("sha256")
                                        .asText()
                                        .equals(shortLived)))
                .as("%s", state())
                .isTrue();
    }

    @Test
    void hosts_that_were_away_and_an_engine_that_was_killed_go_on_with_it() {
        restart(Map.of("authority-life", "PT10M", "host-certificate-life", "PT5M"));
        String vm = world.runningMachine("moves-under-two", world.one);
        World.Heartbeat before = world.heartbeat(world.guestAddress(vm));
        String first = state().path("authority").path("sha256").asText();

        world.two.stopAgent();
        replace();
        assertThat(bundle(world.one)).isEqualTo(1);
        assertThat(Await.holds(DONE, () -> bundle(world.one) == 2)).as("learns").isTrue();
        world.engine.kill();
        world.engine.start(Map.of("authority-life", "PT10M", "host-certificate-life", "PT5M"));
        awaitStage("moving");
        assertThat(state().path("other").path("sha256").asText()).isEqualTo(first);
        assertThat(Await.holds(
                        DONE,
                        () -> holdsUp(world.two).contains("away")
                                && holdsUp(world.one).isEmpty()))
                .as("only the one that is away holds it up: %s", state())
                .isTrue();
        assertThat(issuer(world.one)).isNotEqualTo(issuer(world.two));
        world.engine.kill();
        world.engine.start(Map.of("authority-life", "PT10M", "host-certificate-life", "PT5M"));
        assertThat(state().path("stage").asText()).isEqualTo("moving");

        world.two.startAgent();
        new Inventory(world.api()).awaitHost(world.two.name());
        assertThat(Await.holds(DONE, () -> holdsUp(world.two).isEmpty())).isTrue();
        world.migrate(vm, world.two);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals(world.two.name())))
                .as("to the host that was away")
                .isTrue();
        awaitStage("steady");
        assertThat(state().path("authority").path("sha256").asText()).isNotEqualTo(first);
        for (LabHost host : world.hosts()) {
            assertThat(Await.holds(DONE, () -> bundle(host) == 1))
                    .as("forgets the previous one")
                    .isTrue();
            assertThat(Await.holds(DONE, () -> shownByLibvirt(host).equals(issuer(host))))
                    .as("libvirt too")
                    .isTrue();
        }
        world.migrate(vm, world.one);
        assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals(world.one.name())))
                .isTrue();
        World.Heartbeat after = world.heartbeat(world.guestAddress(vm));
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        assertThat(Files.exists(world.engine.authority().resolveSibling("previous.pem")))
                .isFalse();
        world.stop(vm);
    }

    @Test
    void it_is_replaced_by_itself_several_times_under_machines_that_move() {
        Map<String, String> minutes = Map.of("authority-life", "PT2M", "host-certificate-life", "PT1M");
        restart(minutes);
        replace();
        String vm = world.runningMachine("moves-under-many", world.one);
        World.Heartbeat before = world.heartbeat(world.guestAddress(vm));
        Set<String> seen = new LinkedHashSet<>();
        Set<String> stages = new LinkedHashSet<>();
        LabHost to = world.two;
        long end = System.nanoTime() + Duration.ofMinutes(8).toNanos();
        while (seen.size() < 3 && System.nanoTime() < end) {
            seen.add(issuer(world.one));
            stages.add(state().path("stage").asText());
            String target = to.name();
            world.migrate(vm, to);
            assertThat(Await.holds(World.BOOT, () -> world.hostOf(vm).equals(target)))
                    .as("arrives on %s; %s", target, state())
                    .isTrue();
            to = to == world.two ? world.one : world.two;
        }
        assertThat(seen)
                .as("authorities that signed; moved in these stages: %s", stages)
                .hasSizeGreaterThanOrEqualTo(3);
        World.Heartbeat after = world.heartbeat(world.guestAddress(vm));
        assertThat(after.boot()).isEqualTo(before.boot());
        assertThat(after.tick()).isGreaterThan(before.tick());
        world.stop(vm);
    }

    private void restart(Map<String, String> more) {
        world.engine.stop();
        world.engine.start(more);
        for (LabHost host : world.hosts()) {
            new Inventory(world.api()).awaitHost(host.name());
        }
    }

    private void replace() {
        assertThat(world.api().call("POST", PAGE + "?now=true", "").status()).isEqualTo(202);
    }

    private JsonNode state() {
        return world.api().get(PAGE);
    }

    private void awaitStage(String stage) {
        assertThat(Await.holds(DONE, () -> state().path("stage").asText().equals(stage)))
                .as("%s: %s", stage, state())
                .isTrue();
    }

    private String holdsUp(LabHost host) {
        for (JsonNode each : state().path("hosts")) {
            if (each.path("name").asText().equals(host.name())) {
                return each.path("holds_up").asText("");
            }
        }
        return "";
    }

    private static int bundle(LabHost host) {
        return Integer.parseInt(Command.run(
                        "grep",
                        "-c",
                        "BEGIN CERTIFICATE",
                        host.directory().resolve("agent/pki/cacert.pem").toString())
                .strip());
    }

    private static String issuer(LabHost host) {
        return Command.run(
                "openssl",
                "x509",
                "-noout",
                "-issuer",
                "-in",
                host.directory().resolve("agent/pki/servercert.pem").toString());
    }

    /** To hosts that send machines. */
    private static String shownByLibvirt(LabHost host) {
        return host.run(
                "sh",
                "-c",
                "openssl s_client -connect " + host.address() + ":" + LabHost.LIBVIRT_TLS_PORT
                        + " </dev/null 2>/dev/null | openssl x509 -noout -issuer");
    }
}
