package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A Debian as people have it, with their own cloud-init and guest agent, in which anna has an account. */
final class DebianGuest {
    /** Under emulation cloud-init's Python alone takes a minute. */
    static final Duration FIRST_BOOT = Duration.ofMinutes(10);

    static final String HOST_NAME = "web1";
    private static final Duration ANSWER = Duration.ofSeconds(40);

    private final World world;
    private final Path key;
    private final String address;

    /** @param number of its address in the lab's network */
    DebianGuest(World world, int number) throws IOException {
        this.world = world;
        this.key = world.lab.directory().resolve("guest-key");
        this.address = world.lab.network().address(number);
        if (!Files.exists(key)) {
            Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "anna", "-f", key.toString());
        }
    }

    String address() {
        return address;
    }

    /** A machine with the distribution's disk, which never ran. */
    String original(String name) {
        ApiClient api = world.api();
        ObjectNode first = Inventory.object().put("name", name).put("memory", Long.toString(640L << 20));
        first.putObject("cluster").put("name", Testbed.CLUSTER);
        first.putObject("template").put("name", "Blank");
        String vm = api.post("/vms", first).path("id").asText();
        world.awaitStatus(vm, "down", World.SOON);
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "true")
                .put("active", "true");
        attachment.putObject("disk").put("id", new Inventory(api).upload(name, GuestImages.debian(), Testbed.DOMAIN));
        api.post("/vms/" + vm + "/diskattachments", attachment);
        ObjectNode nic = Inventory.object().put("name", "nic1").put("interface", "virtio");
        nic.putObject("vnic_profile")
                .put("id", api.named("/vnicprofiles", "ovirtmgmt").path("id").asText());
        api.post("/vms/" + vm + "/nics", nic);
        return vm;
    }

    /** What a machine is told at its first boot. */
    void tell(ObjectNode vm) {
        ObjectNode told = vm.putObject("initialization")
                .put("host_name", HOST_NAME + ".example.org")
                .put("user_name", "anna")
                .put("root_password", "the-bell-of-the-wether")
                .put("authorized_ssh_keys", Command.run("cat", key + ".pub").strip())
                .put("timezone", "Europe/Berlin")
                .put("custom_script", "#!/bin/sh\nprintf told >>/var/lib/told\n");
        ObjectNode nic = told.putObject("nic_configurations")
                .putArray("nic_configuration")
                .addObject()
                .put("name", "eth0")
                .put("on_boot", "true")
                .put("boot_protocol", "static");
        nic.putObject("ip")
                .put("address", address)
                .put("netmask", "255.255.255.0")
                .put("gateway", world.lab.network().gateway())
                .put("version", "v4");
    }

    /** Until cloud-init has done its work. */
    void firstBoot(String vm) {
        world.api().post("/vms/" + vm + "/start", Inventory.object().put("use_cloud_init", true));
        world.awaitStatus(vm, "up", FIRST_BOOT);
        assertThat(Await.holds(
                        FIRST_BOOT,
                        () -> inside("test -e /var/lib/told && cloud-init status")
                                .output()
                                .contains("done")))
                .as(() -> "cloud-init has done its work; it says "
                        + inside("cloud-init status --long; tail -n 30 /var/log/cloud-init.log")
                                .output())
                .isTrue();
    }

    void shutDown(String vm) {
        world.api().post("/vms/" + vm + "/shutdown", Inventory.object());
        world.awaitStatus(vm, "down", FIRST_BOOT);
    }

    Command.Outcome inside(String line) {
        return Command.attempt(
                ANSWER,
                List.of(
                        "ssh",
                        "-o",
                        "BatchMode=yes",
                        "-o",
                        "StrictHostKeyChecking=no",
                        "-o",
                        "UserKnownHostsFile=/dev/null",
                        "-o",
                        "LogLevel=ERROR",
                        "-o",
                        "ConnectTimeout=15",
                        "-i",
                        key.toString(),
                        "anna@" + address,
                        line));
    }

    String run(String line) {
        Command.Outcome outcome = inside(line);
        assertThat(outcome.succeeded()).as(line + ": " + outcome.output()).isTrue();
        return outcome.output().strip();
    }
}
