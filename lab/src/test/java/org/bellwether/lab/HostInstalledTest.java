package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine with nothing of Bellwether on it becomes a host over SSH, and a guest runs there. */
@ExtendWith(World.Extension.class)
@EnabledIfSystemProperty(
        named = "test",
        matches = ".+",
        disabledReason =
                "a guest in a guest takes half an hour and the machine for itself: ./bw test HostInstalledTest runs it")
final class HostInstalledTest {
    private static final String CENTER = "Installed";
    private static final String PASSWORD = "the-bell-of-the-wether";
    private static final String BOOT_ID = "/proc/sys/kernel/random/boot_id";

    /** Version 1 of a package is installed, and version 2 is to be had; a restart is due. */
    private static final String REPOSITORY = """
            set -e
            mkdir -p /srv/repository /srv/probe/DEBIAN
            cd /srv
            for version in 1 2; do
                printf 'Package: lab-probe\\nVersion: %s\\nArchitecture: all\\nMaintainer: lab\\nDescription: a probe\\n' $version >probe/DEBIAN/control
                dpkg-deb --build probe repository/lab-probe_$version.deb
            done
            dpkg -i repository/lab-probe_1.deb
            cd repository
            {
                cat ../probe/DEBIAN/control
                echo "Filename: ./lab-probe_2.deb"
                echo "Size: $(stat -c %s lab-probe_2.deb)"
                echo "SHA256: $(sha256sum lab-probe_2.deb | cut -d' ' -f1)"
            } >Packages
            echo 'deb [trusted=yes] file:/srv/repository ./' >/etc/apt/sources.list
            touch /run/reboot-required
            """;

    /** Its agent has no cache to start from, and starts under emulation. */
    private static final Duration INSTALLATION = Duration.ofMinutes(12);

    private final World world;

    HostInstalledTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_is_installed_with_roots_password_comes_up_and_runs_a_guest() {
        withArchive();
        VmHost host = world.lab.vmHost(2);
        host.powerOn();
        host.run("sh", "-c", """
                echo root:%s | chpasswd
                echo PermitRootLogin yes >/etc/ssh/sshd_config.d/00-password.conf
                systemctl reload ssh
                """.formatted(PASSWORD));
        String fingerprint = host.run("ssh-keygen", "-lf", "/etc/ssh/ssh_host_ed25519_key.pub")
                .split(" ")[1];
        new Inventory(api()).cluster(CENTER);

        assertThat(refusal(host, fingerprint.replaceFirst("....$", "AAAA"), PASSWORD))
                .contains("Another key than the expected one answers", fingerprint);
        assertThat(refusal(host, fingerprint, "wrong"))
                .contains("It did not take the password")
                .doesNotContain("wrong");
        assertThat(host.run("ls", "-A", "/root/.ssh")).as("nothing was changed").isEqualTo("authorized_keys\n");
        String id = api().post("/hosts", wish(host, fingerprint, PASSWORD))
                .path("id")
                .asText();
        api().await(
                        "/hosts/" + id,
                        INSTALLATION,
                        now -> now.path("status").asText().matches("up|install_failed"));
        assertThat(api().get("/hosts/" + id).path("status").asText())
                .as(api().list("/events?max=5").toString())
                .isEqualTo("up");
        assertThat(host.run("systemctl", "is-enabled", "bellwether-agent").strip())
                .isEqualTo("enabled");

        host.run("install", "-d", "-o", "36", "-g", "36", "/srv/data");
        new Inventory(api())
                .domain(
                        "installed",
                        Inventory.object()
                                .put("type", "posixfs")
                                .put("path", "/srv/data")
                                .put("vfs_type", "none")
                                .put("mount_options", "bind"),
                        host.name(),
                        CENTER);
        // The host's own disk is smaller than what people keep free.
        api().put(
                        "/storagedomains/"
                                + api().named("/storagedomains", "installed")
                                        .path("id")
                                        .asText(),
                        "{\"critical_space_action_blocker\":\"1\"}");
        KernelMachine machine = new KernelMachine(world, host, CENTER, "first", "installed");
        machine.start();
        assertThat(machine.run("cat /proc/sys/kernel/random/boot_id")).hasSize(36);
        host.run("systemctl", "restart", "bellwether-agent");
        machine.awaitGuest();
        aNewAgentComesUnderARunningMachine(host, id, machine);
        packagesAreRenewedWhenNoMachineIsThereAndTheHostIsRestarted(host, id, machine);
        world.remove(machine.id);
        leave(id, "installed");
    }

    private void aNewAgentComesUnderARunningMachine(VmHost host, String id, KernelMachine machine) {
        // What the image was made from is out of reach here.
        host.run("sh", "-c", "rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*");
        host.run("sh", "-c", "echo of another engine >/usr/lib/bellwether-agent/archive.sha256");
        String boot = machine.run("cat /proc/sys/kernel/random/boot_id");
        // Its agent was started again a moment ago.
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
        // The engine's own look may have begun before, and finds what was there then.
        assertThat(Await.holds(
                        INSTALLATION,
                        () -> CommandLineRun.bw(world.engine, "host", "check-updates", host.name())
                                .contains("can be upgraded: the agent that this engine brings")))
                .isTrue();
        assertThat(api().get("/hosts/" + id).path("update_available").asText()).isEqualTo("true");
        CommandLineRun.bw(INSTALLATION, world.engine, "host", "upgrade", host.name(), "--timeout", "700");
        assertThat(host.run("cat", "/usr/lib/bellwether-agent/archive.sha256").strip())
                .hasSize(64);
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
        assertThat(machine.run("cat /proc/sys/kernel/random/boot_id")).isEqualTo(boot);
        assertThat(api().get("/hosts/" + id).path("update_available").asText()).isEqualTo("false");
    }

    /** The host is alone: its machine could go nowhere, and nothing is done to it for an upgrade. */
    private void packagesAreRenewedWhenNoMachineIsThereAndTheHostIsRestarted(
            VmHost host, String id, KernelMachine machine) {
        host.run("sh", "-c", REPOSITORY);
        String boot = host.run("cat", BOOT_ID);
        assertThat(CommandLineRun.attempt(world.engine, "host", "upgrade", host.name())
                        .output())
                .contains("is not upgraded", "first");
        assertThat(api().get("/hosts/" + id).path("status").asText()).isEqualTo("up");
        assertThat(host.run("cat", BOOT_ID)).isEqualTo(boot);
        machine.awaitGuest();

        world.stop(machine.id);
        CommandLineRun.bw(
                INSTALLATION.multipliedBy(2), world.engine, "cluster", "upgrade", CENTER, "--timeout", "1400");
        assertThat(host.run("dpkg-query", "-W", "-f", "${Version}", "lab-probe"))
                .isEqualTo("2");
        assertThat(host.run("cat", BOOT_ID)).as("it was restarted").isNotEqualTo(boot);
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
    }

    @Test
    void a_line_pasted_on_a_machine_makes_it_a_host() {
        withArchive();
        VmHost host = world.lab.vmHost(3);
        host.powerOn();
        // Its image brings what an installation must get by itself.
        host.run(
                "sh",
                "-c",
                "rm -f /etc/apt/sources.list.d/*; echo 'deb [trusted=yes] file:/srv/packages ./' >/etc/apt/sources.list");
        assertThat(host.attempt(World.SOON, "sh", "-c", "command -v sanlock").succeeded())
                .isFalse();
        new Inventory(api()).cluster(CENTER);
        String line = CommandLineRun.bw(world.engine, "host", "token", "--cluster", CENTER)
                .lines()
                .filter(each -> each.startsWith("curl "))
                .findFirst()
                .orElseThrow();
        assertThat(host.throughEngine(world.engine, line + " pasted " + host.address()))
                .contains("Installing packages", "Fetching the agent", "This machine is a host now");
        String id = api().named("/hosts", "pasted").path("id").asText();
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
        assertThat(host.attempt(Duration.ofMinutes(1), "sh", "-c", line).output())
                .as("once")
                .contains("curl");
        // The line let the engine's key in, and the host told its own.
        assertThat(api().get("/hosts/" + id).path("ssh").path("fingerprint").asText())
                .startsWith("SHA256:");
        aMachineRunsThereByItsLease(host);
        host.run("sh", "-c", "rm -f /etc/apt/sources.list /etc/apt/sources.list.d/*");
        host.run("sh", "-c", "echo of another engine >/usr/lib/bellwether-agent/archive.sha256");
        assertThat(Await.holds(
                        INSTALLATION,
                        () -> CommandLineRun.bw(world.engine, "host", "check-updates", "pasted")
                                .contains("can be upgraded: the agent that this engine brings")))
                .isTrue();
        CommandLineRun.bw(INSTALLATION, world.engine, "host", "upgrade", "pasted", "--timeout", "700");
        assertThat(host.run("cat", "/usr/lib/bellwether-agent/archive.sha256").strip())
                .hasSize(64);
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
        leave(id, "leased");
    }

    /** Sanlock is who it is there, QEMU is too, and neither is root; nor is anybody root before the server. */
    private void aMachineRunsThereByItsLease(VmHost host) {
        StorageServer server = world.lab.storageServer();
        server.export("/leased");
        ObjectNode storage = Inventory.object()
                .put("type", "nfs")
                .put("address", server.address())
                .put("path", "/leased");
        String domain = new Inventory(api())
                .domain("leased", storage, "pasted", CENTER)
                .path("id")
                .asText();
        assertThat(host.run("ps", "-o", "user=", "-C", "sanlock").lines().distinct())
                .containsExactly("sanlock");
        assertThat(Await.holds(
                        INSTALLATION,
                        () -> host.run("sanlock", "client", "gets").contains("s " + domain)))
                .as("the host takes part in the domain's leases")
                .isTrue();
        KernelMachine machine = new KernelMachine(world, host, CENTER, "leased", "leased");
        ObjectNode wish = Inventory.object();
        wish.putObject("high_availability").put("enabled", "true");
        wish.putObject("lease").putObject("storage_domain").put("id", domain);
        api().put("/vms/" + machine.id, wish.toString());
        machine.begin();
        String lease = "r " + domain + ":" + machine.id;
        assertThat(host.run("sanlock", "client", "status")).contains(lease);
        assertThat(host.run("ps", "-o", "user:32=", "-C", "qemu-system-x86").strip())
                .isEqualTo("libvirt-qemu");
        world.remove(machine.id);
        assertThat(host.run("sanlock", "client", "status")).doesNotContain(lease);
    }

    @AfterEach
    void switch_them_off() {
        world.lab.vmHost(2).powerOff();
        world.lab.vmHost(3).powerOff();
    }

    private void withArchive() {
        world.engine.stop();
        world.engine.start(Map.of("agent-archive", archive().toString()));
    }

    /** The agent with its own Java, as the package of the engine has it. */
    private Path archive() {
        Path archive = world.lab.directory().resolve("bellwether-agent.tar.gz");
        String jdk = "JAVA_HOME=" + System.getProperty("java.home");
        Command.run(
                Duration.ofMinutes(5),
                List.of("env", jdk, SourceTree.root().resolve("packaging/agent").toString(), archive.toString()));
        return archive;
    }

    private String refusal(VmHost host, String fingerprint, String password) {
        ApiClient.Reply reply =
                api().call("POST", "/hosts", wish(host, fingerprint, password).toString());
        assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        assertThat(api().named("/hosts", host.name()).isMissingNode()).isTrue();
        return reply.text();
    }

    private static ObjectNode wish(VmHost host, String fingerprint, String password) {
        ObjectNode wish = Inventory.object()
                .put("name", host.name())
                .put("address", host.address())
                .put("root_password", password);
        wish.putObject("cluster").put("name", CENTER);
        wish.putObject("ssh").put("fingerprint", fingerprint).put("authentication_method", "password");
        return wish;
    }

    private void leave(String host, String name) {
        String domain = api().named("/storagedomains", name).path("id").asText();
        String attached =
                "/datacenters/" + api().named("/datacenters", CENTER).path("id").asText() + "/storagedomains/" + domain;
        api().post(attached + "/deactivate", Inventory.object());
        api().awaitStatus(attached, "maintenance", World.SOON);
        api().delete("/storagedomains/" + domain + "?destroy=true");
        api().post("/hosts/" + host + "/deactivate", Inventory.object());
        api().awaitStatus("/hosts/" + host, "maintenance", World.SOON);
        api().delete("/hosts/" + host);
    }

    private ApiClient api() {
        return world.api();
    }
}
