package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A Debian as people have it, with their own cloud-init and guest agent: what they make of what a machine is told, and tell. */
@InTurn(of = 4, on = 1)
@ExtendWith(World.Extension.class)
final class DebianGuestTest {
    private static final String BOOT_ID = "cat /proc/sys/kernel/random/boot_id";

    private final World world;
    private final DebianGuest guest;

    DebianGuestTest(World world) throws IOException {
        this.world = world;
        this.guest = new DebianGuest(world, 70);
    }

    @Test
    void a_template_becomes_a_machine_with_its_own_name_people_and_address_that_tells_of_itself() {
        ApiClient api = world.api();
        String template = template();
        String vm = api.post("/vms", machine("debian")).path("id").asText();
        world.awaitStatus(vm, "down", World.BOOT);
        guest.firstBoot(vm);

        assertThat(guest.run("hostname")).isEqualTo(DebianGuest.HOST_NAME);
        assertThat(guest.run("cat /etc/timezone")).isEqualTo("Europe/Berlin");
        assertThat(guest.run("sudo -n id -u"))
                .as("the first user may become root")
                .isEqualTo("0");
        assertThat(guest.run("cat /var/lib/told")).as("the script ran, once").isEqualTo("told");
        assertThat(guest.run("sudo grep ^anna: /etc/shadow")).startsWith("anna:$6$");
        tells(vm);

        String boot = guest.run(BOOT_ID);
        api.post("/vms/" + vm + "/reboot", Inventory.object());
        assertThat(Await.holds(DebianGuest.FIRST_BOOT, () -> {
                    Command.Outcome now = guest.inside(BOOT_ID);
                    return now.succeeded() && !now.output().strip().equals(boot);
                }))
                .as("it has started anew")
                .isTrue();
        assertThat(Await.holds(
                        DebianGuest.FIRST_BOOT,
                        () -> guest.inside("cloud-init status").output().contains("done")))
                .isTrue();
        assertThat(guest.run("cat /var/lib/told"))
                .as("a second boot is no first boot")
                .isEqualTo("told");
        frozen(vm);

        guest.shutDown(vm);
        world.remove(vm);
        api.delete("/templates/" + template);
        world.awaitQuiet();
    }

    private String template() {
        ApiClient api = world.api();
        String vm = guest.original("debian-first");
        ObjectNode wish = Inventory.object().put("name", "debian-template");
        wish.putObject("vm").put("id", vm);
        String template = api.post("/templates", wish).path("id").asText();
        api.awaitStatus("/templates/" + template, "ok", DebianGuest.FIRST_BOOT);
        world.awaitQuiet();
        world.remove(vm);
        return template;
    }

    private ObjectNode machine(String name) {
        ObjectNode vm = Inventory.object().put("name", name);
        vm.putObject("cluster").put("name", Testbed.CLUSTER);
        vm.putObject("template").put("name", "debian-template");
        guest.tell(vm);
        return vm;
    }

    /** What the agent in the guest lets the engine know. */
    private void tells(String vm) {
        ApiClient api = world.api();
        JsonNode told = api.await(
                "/vms/" + vm,
                DebianGuest.FIRST_BOOT,
                now -> now.path("fqdn").asText().equals(DebianGuest.HOST_NAME));
        JsonNode system = told.path("guest_operating_system");
        assertThat(system.path("distribution").asText()).contains("Debian");
        assertThat(system.path("kernel").path("version").path("full_version").asText())
                .isEqualTo(guest.run("uname -r"));
        assertThat(told.path("guest_time_zone").path("utc_offset").asText()).startsWith("+0");
        assertThat(world.addresses(vm)).contains(guest.address());
        assertThat(Await.holds(
                        DebianGuest.FIRST_BOOT,
                        () -> api.list("/vms/" + vm + "/statistics").stream()
                                .anyMatch(each -> each.path("name").asText().equals("disks.usage")
                                        && each.path("values")
                                                .path("value")
                                                .get(0)
                                                .path("detail")
                                                .asText()
                                                .contains("\"/\""))))
                .as(() -> "the usage of its file systems: " + api.list("/vms/" + vm + "/statistics"))
                .isTrue();
    }

    /** Nothing is written while its file systems are frozen, and all that was is written then. */
    private void frozen(String vm) {
        ApiClient api = world.api();
        api.post("/vms/" + vm + "/freezefilesystems", Inventory.object());
        assertThat(guest.inside("sudo timeout -s KILL 5 sh -c 'echo more >/var/lib/more && sync'")
                        .succeeded())
                .as("frozen")
                .isFalse();
        api.post("/vms/" + vm + "/thawfilesystems", Inventory.object());
        assertThat(guest.run("sudo sh -c 'echo more >/var/lib/more && sync' && cat /var/lib/more"))
                .isEqualTo("more");
    }
}
