package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Machines with every device that they may have, set up by the command line and looked at from within their guests. */
@ExtendWith(World.Extension.class)
@InTurn(of = 2, on = 0)
final class MachineDevicesTest {
    private static final String SOUND = "0x040300";
    private static final String USB_3 = "0x0c0330";
    private static final String VARIABLE = "/sys/firmware/efi/efivars/Kept-5f1c5d3e-8d5a-4d56-9a7c-3f0b6f2f8f11";

    /** Without a driver: the kernel of the guest has none. Two stages of half a second, and then it is switched on. */
    private static final String LET_THE_WATCHDOG_BITE =
            "dog=$(dirname $(grep -l 0x25ab /sys/bus/pci/devices/*/device));"
                    + " echo 1 >$dog/enable; bar=$(head -n 1 $dog/resource | cut -d' ' -f1);"
                    + " unlock() { devmem $((bar+12)) 16 0x80; devmem $((bar+12)) 16 0x86; };"
                    + " unlock; devmem $((bar)) 32 0x200; unlock; devmem $((bar+4)) 32 0x200;"
                    + " printf '\\002' | dd of=$dog/config bs=1 seek=104 conv=notrunc 2>/dev/null";

    private final World world;

    MachineDevicesTest(World world) {
        this.world = world;
    }

    @Test
    void guest_has_every_device_that_was_asked_for_and_its_firmware_remembers() {
        bw("vm create devices --template tiny --firmware q35_ovmf --tpm --sound --usb --virtio-scsi --io-threads 2"
                + " --watchdog reset --protect --comment all-of-them --cpus 1:2:1 --boot hd,network");
        String vm = world.api().named("/vms", "devices").path("id").asText();
        bw("vm start devices --host host1");
        world.guestAddress(vm);
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("ls -d /sys/firmware/efi")).isEqualTo("/sys/firmware/efi");
            assertThat(shell.ask("nproc")).isEqualTo("2");
            assertThat(shell.ask("cat /sys/bus/pci/devices/*/class")).contains(SOUND, USB_3);
            assertThat(shell.ask("cat /sys/bus/acpi/devices/*/hid"))
                    .as("a TPM 2.0")
                    .contains("MSFT0101");
            assertThat(shell.ask("cat /sys/class/misc/hw_random/rng_current")).startsWith("virtio_rng");
            String xml = world.one.virsh("dumpxml", domain(vm));
            assertThat(xml).contains("model='i6300esb' action='reset'");
            if (backupsAndThreadsGoTogether()) {
                assertThat(xml).contains("<iothreads>2</iothreads>", "iothread='1'");
            } else {
                assertThat(xml).doesNotContain("iothread");
            }
            aDiskOfTheScsiBusComesAndGoes(vm, shell);
            shell.ask("mount -t efivarfs efivarfs /sys/firmware/efi/efivars");
            shell.ask("printf '\\007\\000\\000\\000kept' >" + VARIABLE);
            assertThat(shell.ask("cat " + VARIABLE)).contains("kept");
        }
        assertThat(CommandLineRun.attempt(world.engine, "vm", "remove", "devices")
                        .output())
                .contains("protected");
        bw("vm shutdown devices");
        bw("vm update devices --no-protect --no-tpm --no-sound --watchdog off");
        largePagesMustBeThere();
        bw("vm start devices --host host2");
        world.guestAddress(vm);
        try (GuestShell shell = GuestShell.open(world, vm)) {
            shell.await("mount -t efivarfs efivarfs /sys/firmware/efi/efivars && echo here", "here");
            assertThat(shell.ask("cat " + VARIABLE)).as("on another host").contains("kept");
            assertThat(shell.ask("cat /sys/bus/acpi/devices/*/hid")).doesNotContain("MSFT0101");
            assertThat(shell.ask("cat /sys/bus/pci/devices/*/class")).doesNotContain(SOUND);
        }
        world.remove(vm);
    }

    /** What the agent found out of its QEMU, and wrote down. */
    private boolean backupsAndThreadsGoTogether() {
        return world.one
                .run(
                        "find",
                        world.one.directory().resolve("agent").toString(),
                        "-name",
                        "threads-survive",
                        "-exec",
                        "cat",
                        "{}",
                        "+")
                .contains("true");
    }

    private void aDiskOfTheScsiBusComesAndGoes(String vm, GuestShell shell) {
        bw("disk create devices-scsi --size 16M --storage shared");
        bw("vm disk attach devices devices-scsi --interface virtio_scsi");
        shell.await("cat /sys/block/sda/size 2>&1", "32768");
        bw("vm disk detach devices devices-scsi");
        shell.await("ls -d /sys/block/sda 2>/dev/null | wc -l", "0");
        bw("disk remove devices-scsi");
        assertThat(world.status(vm)).isEqualTo("up");
    }

    /** The kernel of the lab's hosts is this machine's, which has set none aside. */
    private void largePagesMustBeThere() {
        bw("vm update devices --huge-pages 2048");
        assertThat(CommandLineRun.attempt(world.engine, "vm", "start", "devices")
                        .output())
                .contains("free pages of 2048 KiB", "vm.nr_hugepages");
        bw("vm update devices --huge-pages 0");
    }

    @Test
    void a_watchdog_resets_a_guest_that_does_not_feed_it() {
        bw("vm create watched --template tiny --watchdog reset");
        String vm = world.api().named("/vms", "watched").path("id").asText();
        bw("vm start watched");
        String address = world.guestAddress(vm);
        String boot = world.heartbeat(address).boot();
        try (GuestShell shell = GuestShell.open(world, vm)) {
            shell.ask("{ (sleep 2; " + LET_THE_WATCHDOG_BITE + ") >/dev/null 2>&1 & }");
        }
        assertThat(Await.holds(World.BOOT, () -> {
                    String page = World.page("http://" + address + "/cgi-bin/heartbeat");
                    return !page.isBlank() && !page.contains(boot);
                }))
                .isTrue();
        assertThat(world.status(vm)).isEqualTo("up");
        world.remove(vm);
    }

    @Test
    void secure_boot_refuses_what_nobody_signed_and_a_machine_may_begin_standing_still() {
        bw("vm create secure --template tiny --firmware q35_secure_boot");
        String vm = world.api().named("/vms", "secure").path("id").asText();
        bw("vm start secure --host host1 --paused");
        assertThat(world.status(vm)).isEqualTo("paused");
        try (WebSocketTalk serial = GuestShell.serial(world, vm)) {
            bw("vm resume secure");
            serial.await("Access Denied");
        }
        world.stop(vm);
        bw("vm update secure --firmware q35_ovmf");
        bw("vm start secure --host host1");
        assertThat(world.heartbeat(world.guestAddress(vm)).boot()).isNotEmpty();
        world.remove(vm);
    }

    @Test
    void a_stateless_machine_is_told_everything_at_its_first_boot_and_forgets_what_it_wrote() {
        bw("vm create forgets --template tiny --stateless --host-name forgets.example.org --guest-user joe"
                + " --guest-time-zone Europe/Berlin --guest-nic eth0=192.0.2.7/24,192.0.2.1 --dns 192.0.2.2,192.0.2.3"
                + " --dns-search example.org");
        String vm = world.api().named("/vms", "forgets").path("id").asText();
        bw("vm start forgets");
        world.guestAddress(vm);
        String place = "/dev/vda bs=512 count=1 %s=77777 2>/dev/null";
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("cat /run/config/user-data"))
                    .contains("\"name\":\"joe\"", "\"timezone\":\"Europe/Berlin\"", "\"fqdn\":\"forgets.example.org\"");
            assertThat(shell.ask("cat /run/config/network-config"))
                    .contains("192.0.2.7", "255.255.255.0", "192.0.2.1", "192.0.2.2", "192.0.2.3", "example.org");
            shell.ask("echo remember-me | dd of=" + place.formatted("seek") + " conv=fsync");
            assertThat(shell.ask("dd if=" + place.formatted("skip"))).contains("remember-me");
        }
        CommandLineRun.bw(world.engine, "vm", "stop", "forgets", "--reason", "enough for today");
        assertThat(world.api().get("/vms/" + vm).path("stop_reason").asText()).isEqualTo("enough for today");
        bw("vm start forgets");
        world.guestAddress(vm);
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("dd if=" + place.formatted("skip"))).doesNotContain("remember-me");
        }
        world.remove(vm);
    }

    @Test
    void a_machine_without_a_screen_runs_and_its_serial_console_stays() {
        bw("vm create unseen --template tiny --headless");
        String vm = world.api().named("/vms", "unseen").path("id").asText();
        bw("vm start unseen --host host1");
        world.guestAddress(vm);
        String xml = world.one.virsh("dumpxml", domain(vm));
        assertThat(xml).doesNotContain("<graphics", "<model type='vga'").contains("<serial ");
        assertThat(world.api().get("/vms/" + vm + "/graphicsconsoles").path("graphics_console"))
                .isEmpty();
        assertThat(CommandLineRun.attempt(world.engine, "vm", "screenshot", "unseen")
                        .output())
                .contains("It runs without one");
        try (GuestShell shell = GuestShell.open(world, vm)) {
            assertThat(shell.ask("ls -d /sys/class/drm/card0 2>/dev/null | wc -l"))
                    .isEqualTo("0");
        }
        bw("vm update unseen --no-headless");
        assertThat(world.one.virsh("dumpxml", domain(vm)))
                .as("from its next start on")
                .doesNotContain("<graphics");
        world.stop(vm);
        bw("vm start unseen --host host1");
        world.guestAddress(vm);
        assertThat(world.one.virsh("dumpxml", domain(vm))).contains("<graphics type='vnc'");
        world.remove(vm);
    }

    @Test
    void the_parts_of_a_hosts_memory_are_told_as_its_kernel_has_them() {
        var host = world.api().named("/hosts", "host1").path("id").asText();
        var nodes = world.api().get("/hosts/" + host + "/numanodes").path("host_numa_node");
        var kernel = world.one
                .run("sh", "-c", "ls -d /sys/devices/system/node/node[0-9]* | wc -l")
                .strip();
        assertThat(nodes).hasSize(Integer.parseInt(kernel));
        for (var node : nodes) {
            String place = "/sys/devices/system/node/node" + node.path("index").asText();
            var threads = world.one.run("sh", "-c", "ls -d " + place + "/cpu[0-9]* | sed 's/.*cpu//' | sort -n");
            assertThat(node.at("/cpu/cores/core").findValuesAsText("index"))
                    .containsExactlyElementsOf(threads.strip().lines().toList());
            String total = world.one
                    .run("awk", "/MemTotal/ {print $4}", place + "/meminfo")
                    .strip();
            assertThat(node.path("memory").asLong()).isEqualTo(Long.parseLong(total) / 1024);
        }
        assertThat(CommandLineRun.bw(world.engine, "host", "numa", "host1"))
                .contains(
                        "PROCESSORS",
                        String.join(",", nodes.at("/0/cpu/cores/core").findValuesAsText("index")));
    }

    private String domain(String vm) {
        return world.one.virsh("domname", vm).strip();
    }

    private void bw(String words) {
        CommandLineRun.bw(world.engine, words.split(" "));
    }
}
