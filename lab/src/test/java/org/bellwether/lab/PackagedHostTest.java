package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/**
 * The engine from its package on a machine with systemd: one command makes it the first host's engine, with its storage; and
 * another machine takes its place from a backup.
 */
@EnabledIfSystemProperty(
        named = "test",
        matches = ".+",
        disabledReason =
                "two emulated machines take half an hour and the machine for themselves: ./bw test PackagedHostTest runs it")
final class PackagedHostTest {
    /** All of it starts under emulation, without a cache. */
    private static final Duration SLOW = Duration.ofMinutes(30);

    private static final int MOST = 4;
    private static final String BACKUP = "/root/engine.backup";
    private static final String EXPORT = "/engine";

    private final Lab lab = Lab.forTest();
    private final VmHost first = lab.vmHost(3);
    private final VmHost second = lab.vmHost(4);

    @AfterEach
    void close() {
        lab.close();
    }

    @Test
    void a_bare_machine_becomes_engine_and_host_by_one_command_and_another_takes_over_its_backup() throws IOException {
        Path made = Files.createDirectories(lab.directory().resolve("package"));
        Path deb = EnginePackage.build(made).debian();
        lab.storageServer().export(EXPORT);
        install(first, deb);

        assertThat(deploy("/root/none")).contains("The engine machine's image /root/none cannot be read");
        assertThat(first.attempt(Duration.ofMinutes(1), "test", "-e", "/etc/bellwether/engine.properties")
                        .succeeded())
                .as("nothing was begun")
                .isFalse();

        // All but the move itself, which SelfHostedTest sees: sanlock, which that needs, is not on this machine.
        first.run("qemu-img", "create", "-q", "-f", "qcow2", "/root/image", "64M");
        // Under emulation something may take longer than it may; said again, it goes on.
        StringBuilder said = new StringBuilder(deploy("/root/image"));
        for (int again = 0; again < MOST && !said.toString().contains("The storage domain shared is made"); again++) {
            said.append(deploy("/root/image"));
        }
        assertThat(said.toString()).contains("becomes the host", "The storage domain shared is made");
        Path authority = lab.directory().resolve("ca.crt");
        first.fetch("/var/lib/bellwether/engine/pki/ca.crt", authority);
        String password =
                first.run("cat", "/var/lib/bellwether/engine/admin-password").strip();
        ApiClient api = ApiClient.signOn(
                URI.create("https://" + first.address() + ":8443/ovirt-engine"), authority, "admin@internal", password);
        assertThat(api.named("/hosts", first.name()).path("status").asText()).isEqualTo("up");
        assertThat(api.named("/storagedomains", "shared")
                        .path("storage")
                        .path("type")
                        .asText())
                .isEqualTo("nfs");
        assertThat(first.run("systemctl", "is-enabled", "bellwether-engine", "bellwether-agent"))
                .isEqualTo("enabled\nenabled\n");
        assertThat(deploy("/root/image")).as("said again").doesNotContain("becomes the host", "is made");
        assertThat(api.list("/hosts")).hasSize(1);
        assertThat(api.list("/storagedomains")).hasSize(1);
        api.post("/tags", "{\"name\":\"remembered\"}");

        first.run("bellwether", "engine", "backup", BACKUP);
        Path backup = lab.directory().resolve("backup");
        first.fetch(BACKUP, backup);
        first.powerOff();

        install(second, deb);
        second.copy(backup, BACKUP);
        must(second.attempt(SLOW, "bellwether", "engine", "restore", BACKUP));
        must(second.attempt(SLOW, "bellwether", "engine", "start"));
        assertThat(second.run(
                        "sh", "-ec", "eval \"$(bellwether engine env)\"; bellwether tag list; bellwether host list"))
                .contains("remembered", first.name());
        assertThat(second.run("systemctl", "is-enabled", "bellwether-engine").strip())
                .isEqualTo("enabled");
        assertThat(second.run("systemctl", "show", "--property=User", "--value", "bellwether-engine")
                        .strip())
                .isEqualTo("bellwether");
    }

    private void install(VmHost host, Path deb) {
        host.powerOn();
        host.copy(deb, "/root/engine.deb");
        must(host.attempt(SLOW, "dpkg", "--install", "/root/engine.deb"));
        host.run("rm", "/root/engine.deb");
    }

    private String deploy(String image) {
        Command.Outcome outcome = first.attempt(
                SLOW,
                "bellwether",
                "deploy",
                "--first-host",
                first.address(),
                "--storage",
                "shared",
                "--storage-place",
                "nfs:" + lab.storageServer().address() + ":" + EXPORT,
                "--image",
                image,
                "--address",
                lab.network().address(8) + "/24");
        Progress.say(outcome.output());
        assertThat(outcome.succeeded()).isFalse();
        return outcome.output();
    }

    private static void must(Command.Outcome outcome) {
        assertThat(outcome.succeeded()).as(outcome.output()).isTrue();
    }
}
