package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** The lab alone: hosts, their network and power, Gluster, and that nothing stays. */
final class LabTest {
    @Test
    void hosts_have_their_own_name_network_libvirt_and_power() {
        Path directory;
        String bridge;
        try (Lab lab = Lab.forTest()) {
            directory = lab.directory();
            bridge = lab.network().bridge();
            LabHost one = lab.host(1);
            LabHost two = lab.host(2);
            one.powerOn();
            two.powerOn();
            assertThat(one.run("hostname").strip()).isEqualTo("host1");
            assertThat(one.attempt(Duration.ofSeconds(5), "busybox", "ping", "-c1", "-W2", two.address())
                            .succeeded())
                    .isTrue();
            one.startLibvirt();
            assertThat(one.libvirtRuns()).isTrue();
            assertThat(one.virsh("capabilities")).contains(one.hardwareUuid().toString());

            one.killLibvirt();
            assertThat(one.libvirtRuns()).isFalse();
            one.startLibvirt();
            assertThat(one.libvirtRuns()).isTrue();

            two.cutNetwork();
            assertThat(one.attempt(Duration.ofSeconds(5), "busybox", "ping", "-c1", "-W2", two.address())
                            .succeeded())
                    .isFalse();
            two.restoreNetwork();
            assertThat(Await.holds(
                            Duration.ofSeconds(20),
                            () -> one.attempt(Duration.ofSeconds(5), "busybox", "ping", "-c1", "-W1", two.address())
                                    .succeeded()))
                    .isTrue();

            two.powerOff();
            assertThat(two.poweredOn()).isFalse();
            two.powerOn();
            assertThat(two.run("cat", "/etc/machine-id")).isNotEqualTo(one.run("cat", "/etc/machine-id"));
            assertThat(lab.hosts()).extracting(LabHost::name).containsExactly("host1", "host2");
        }
        assertThat(directory).doesNotExist();
        assertThat(Command.attempt("ip", "link", "show", bridge).succeeded()).isFalse();
        assertThat(Files.exists(Path.of("/run/bellwether-lab", bridge))).isFalse();
    }

    @Test
    void gluster_is_mounted_by_two_hosts_that_see_each_others_files() {
        try (Lab lab = Lab.forTest()) {
            lab.gluster().start("shared");
            for (int number = 1; number <= 2; number++) {
                LabHost host = lab.host(number);
                host.powerOn();
                host.run("mkdir", "-p", "/rhev/data-center/mnt/g");
                host.run("mount", "-t", "glusterfs", lab.gluster().address() + ":/shared", "/rhev/data-center/mnt/g");
            }
            lab.host(1).run("sh", "-c", "echo from host1 >/rhev/data-center/mnt/g/file");
            assertThat(lab.host(2).run("cat", "/rhev/data-center/mnt/g/file")).isEqualTo("from host1\n");
        }
    }

    @Test
    void tiny_guest_boots_gets_an_address_answers_its_agent_and_powers_off() throws IOException {
        try (Lab lab = Lab.forTest()) {
            LabHost host = lab.host(1);
            host.powerOn();
            host.startLibvirt();
            Path disk = host.directory().resolve("tiny.qcow2");
            Command.run(
                    "qemu-img",
                    "create",
                    "-q",
                    "-f",
                    "qcow2",
                    "-F",
                    "qcow2",
                    "-b",
                    GuestImages.tiny().toString(),
                    disk.toString());
            Path definition = host.directory().resolve("tiny.xml");
            Files.writeString(definition, """
                    <domain type='qemu'>
                      <name>tiny</name>
                      <memory unit='MiB'>192</memory>
                      <os><type machine='q35'>hvm</type></os>
                      <features><acpi/></features>
                      <devices>
                        <disk type='file' device='disk'>
                          <driver name='qemu' type='qcow2'/>
                          <source file='%s'/>
                          <target dev='vda' bus='virtio'/>
                        </disk>
                        <interface type='bridge'><source bridge='ovirtmgmt'/><model type='virtio'/></interface>
                        <channel type='unix'><target type='virtio' name='org.qemu.guest_agent.0'/></channel>
                        <serial type='file'><source path='/var/log/libvirt/tiny.console'/></serial>
                      </devices>
                    </domain>
                    """.formatted(disk));
            host.virsh("define", definition.toString());
            host.virsh("start", "tiny");
            assertThat(host.qemuProcesses("tiny")).isEqualTo(1);
            String leases = lab.directory().resolve("leases").toString();
            assertThat(Await.holds(
                            Duration.ofMinutes(2),
                            () -> Command.attempt("cat", leases).output().contains(" tiny ")))
                    .isTrue();
            String address = Command.run("cat", leases).split(" ")[2];
            assertThat(Await.holds(
                            Duration.ofSeconds(30),
                            () -> Command.attempt("busybox", "wget", "-qO-", "http://" + address + "/cgi-bin/heartbeat")
                                    .output()
                                    .matches("\\d+ [0-9a-f-]{36} [0-9.]+\\s")))
                    .isTrue();
            assertThat(host.virsh("qemu-agent-command", "tiny", "{\"execute\":\"guest-get-osinfo\"}"))
                    .contains("Bellwether tiny guest");
            host.virsh("shutdown", "tiny", "--mode", "acpi");
            assertThat(Await.holds(
                            Duration.ofSeconds(30),
                            () -> host.virsh("domstate", "tiny").contains("shut off")))
                    .isTrue();
            assertThat(host.qemuProcesses("tiny")).isZero();
        }
    }

    @Test
    void owner_killed_leaves_nothing_behind() throws IOException, InterruptedException {
        Process owner = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-Dbellwether.classpath=" + System.getProperty("bellwether.classpath"),
                        "-cp",
                        Path.of("target/test-classes").toAbsolutePath() + ":" + Classpath.current(),
                        LabOwner.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        String bridge;
        Path directory;
        try (BufferedReader out =
                new BufferedReader(new InputStreamReader(owner.getInputStream(), StandardCharsets.UTF_8))) {
            String[] words = String.valueOf(out.readLine()).split(" ");
            bridge = words[0];
            directory = Path.of(words[1]);
            assertThat(Command.attempt("ip", "link", "show", bridge).succeeded())
                    .isTrue();
        } finally {
            owner.destroyForcibly().waitFor();
        }
        assertThat(Await.holds(
                        Duration.ofSeconds(60),
                        () -> !Command.attempt("ip", "link", "show", bridge).succeeded()
                                && !Files.exists(directory)
                                && !Files.exists(Path.of("/run/bellwether-lab", bridge))
                                && processesIn(directory) == 0))
                .isTrue();
    }

    private static long processesIn(Path directory) {
        return ProcessHandle.allProcesses()
                .filter(process -> process.info().commandLine().orElse("").contains(directory.toString()))
                .count();
    }
}
