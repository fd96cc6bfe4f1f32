package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * The engine machine takes an engine's backup in: it waits until the engine is gone whose it is, survives that its plug is
 * pulled at the worst moment, and is then that engine.
 */
@InTurn(of = 4, on = 1)
final class EngineMachineTest {
    private static final Duration BOOT = Duration.ofMinutes(8);
    private static final Duration RESTORE = Duration.ofMinutes(15);
    private static final String PASSPHRASE = "the bell of the wether";

    private final Lab lab = Lab.forTest();
    private final EngineMachine machine = new EngineMachine(lab);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void it_becomes_the_engine_of_the_backup_once_that_is_gone_also_when_its_plug_is_pulled_meanwhile()
            throws IOException {
        EngineProcess engine = EngineProcess.forTest(lab);
        // Heard in the lab's network, as people hear it.
        Map<String, String> open =
                Map.of("http.address", "0.0.0.0", "external-name", "127.0.0.1", "vm-properties", "color=red|green");
        engine.start(open);
        ObjectNode vm = Inventory.object().put("name", "remembered");
        new Inventory(engine.client()).cluster(Up.CLUSTER);
        vm.putObject("cluster").put("name", Up.CLUSTER);
        vm.putObject("template").put("name", "Blank");
        String id = engine.client().post("/vms", vm).path("id").asText();
        Path passphrase = lab.directory().resolve("passphrase");
        Files.writeString(passphrase, PASSPHRASE + "\n");
        Path backup = lab.directory().resolve("engine.backup");
        engine.command("backup", backup.toString(), "--passphrase-file", passphrase.toString());
        String password = engine.password();
        Path authority = lab.directory().resolve("ca.crt");
        Files.copy(engine.authority(), authority);

        machine.make("hostname = engine.example.org\n", Map.of());
        machine.powerOn();
        awaitWords("address is missing", BOOT);
        machine.seed(
                """
                hostname = engine.example.org
                address = %s/24
                gateway = %s
                external-name = %s
                previous-engine = https://%s:%d/ovirt-engine
                """.formatted(
                                machine.address(),
                                lab.network().gateway(),
                                machine.address(),
                                lab.network().gateway(),
                                engine.url().getPort()),
                Map.of("backup", backup, "passphrase", passphrase));
        awaitWords("The previous engine still answers", BOOT);
        assertThat(machine.said()).doesNotContain("Restoring");
        engine.stop();
        awaitWords("Restoring", BOOT);
        machine.powerOff();

        started("restored", authority);
        assertThat(machine.said()).contains("Its configuration says now, as the backup's: vm-properties");
        assertRemembered(authority, password, id);
        machine.powerOff();
        started("started again", authority);
        assertThat(machine.said()).doesNotContain("bellwether-first-boot");
        assertRemembered(authority, password, id);
    }

    private void started(String how, Path authority) {
        long before = System.nanoTime();
        machine.powerOn();
        assertThat(Await.holds(RESTORE, () -> ApiClient.health(url(), authority)))
                .as(() -> "the engine answers, with the authority of before: " + machine.lastWords())
                .isTrue();
        Progress.say("the engine machine, " + how + ": from power-on to the engine's answer "
                + Duration.ofNanos(System.nanoTime() - before).toSeconds() + " s");
    }

    private void assertRemembered(Path authority, String password, String vm) {
        ApiClient api = ApiClient.signOn(url(), authority, "admin@internal", password);
        assertThat(api.get("/vms/" + vm).path("name").asText()).isEqualTo("remembered");
    }

    private URI url() {
        return URI.create("https://" + machine.address() + ":" + EngineMachine.PORT + "/ovirt-engine");
    }

    private void awaitWords(String words, Duration within) {
        assertThat(Await.holds(within, () -> machine.said().contains(words)))
                .as(() -> "the console says '" + words + "': " + machine.lastWords())
                .isTrue();
    }
}
