package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfEnvironmentVariable;
import org.junit.jupiter.api.extension.ExtendWith;

/** A machine with nothing of Bellwether on it becomes a host over SSH, and a guest runs there. */
@ExtendWith(World.Extension.class)
@EnabledIfEnvironmentVariable(
        named = "BW_UNSEEN",
        matches = "1",
        disabledReason = "nobody has seen it pass yet: run it with BW_UNSEEN=1, and take this away when it does")
final class HostInstalledTest {
    private static final String CENTER = "Installed";
    private static final String PASSWORD = "the-bell-of-the-wether";
    /** Its agent has no cache to start from, and starts under emulation. */
    private static final Duration INSTALLATION = Duration.ofMinutes(12);

    private final World world;

    HostInstalledTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_is_installed_with_roots_password_comes_up_and_runs_a_guest() {
        world.engine.stop();
        world.engine.start(Map.of("agent-archive", archive().toString()));
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
                .contains("it did not take the password")
                .doesNotContain("wrong");
        assertThat(host.run("ls", "-A", "/root/.ssh")).as("nothing was changed").isEqualTo("authorized_keys\n");
        String id = api().post("/hosts", wish(host, fingerprint, PASSWORD))
                .path("id")
                .asText();
        api().awaitStatus("/hosts/" + id, "up", INSTALLATION);
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
        KernelMachine machine = new KernelMachine(world, host, CENTER, "first", "installed");
        machine.start();
        assertThat(machine.run("cat /proc/sys/kernel/random/boot_id")).hasSize(36);
        host.run("systemctl", "restart", "bellwether-agent");
        machine.awaitGuest();
        world.stop(machine.id);
        world.remove(machine.id);
        leave(id);
    }

    @AfterEach
    void switch_it_off() {
        world.lab.vmHost(2).powerOff();
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

    private void leave(String host) {
        String domain = api().named("/storagedomains", "installed").path("id").asText();
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
