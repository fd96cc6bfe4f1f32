package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A domain brings a machine whose networks are called otherwise here. */
@ExtendWith(World.Extension.class)
@InTurn(of = 3, on = 0)
final class MappedImportTest {
    private static final String ELSEWHERE = "Elsewhere";

    private final World world;
    private final NetworkSetup setup;

    @TempDir
    Path directory;

    MappedImportTest(World world) {
        this.world = world;
        this.setup = new NetworkSetup(world);
    }

    @AfterEach
    void take_networks_away() {
        setup.close();
    }

    @Test
    void a_machine_of_an_imported_domain_is_plugged_into_the_networks_that_stand_for_its_own() {
        SecondDomain domain = new SecondDomain(world, directory);
        String id = domain.make();
        String vm = machine();
        for (String network : new String[] {"theirs", "others"}) {
            plug(vm, network, setup.network(network));
        }
        JsonNode left = equipped(vm);
        domain.forget(id);
        world.remove(vm);
        // Its networks are not known here any more.
        setup.close();
        domain.takeIn(id);

        String register = "/storagedomains/" + id + "/vms/" + vm + "/register";
        new Inventory(api()).cluster(ELSEWHERE);
        ApiClient.Reply refused =
                api().call("POST", register, mappings(profile(ELSEWHERE)).toString());
        assertThat(refused.status()).isEqualTo(400);
        assertThat(refused.text()).contains("of another data center than the storage domain second");
        assertThat(api().list("/storagedomains/" + id + "/vms?unregistered=true"))
                .as("nothing was registered")
                .hasSize(1);

        String ours = profile("Default");
        api().post(register, mappings(ours));
        assertThat(api().list("/vms/" + vm + "/nics"))
                .hasSize(2)
                .allMatch(
                        nic -> nic.path("vnic_profile").path("id").asText().equals(ours),
                        "plugged into what it was mapped to");
        broughtAll(vm, left);
        api().post("/vms/" + vm + "/start", Inventory.object());
        assertThat(world.heartbeat(world.guestAddress(vm)).boot())
                .as("it is reached over the network that it was given")
                .isNotEmpty();
        world.stop(vm);
        world.remove(vm);
        world.awaitQuiet();
        domain.remove(id);
    }

    /** Down, with its own disk on the second domain. */
    private String machine() {
        ObjectNode vm = Inventory.object().put("name", "foreign").put("memory", Long.toString(Testbed.TINY_MEMORY));
        vm.putObject("cluster").put("name", "Default");
        vm.putObject("template").put("name", "Blank");
        String id = api().post("/vms", vm).path("id").asText();
        world.awaitStatus(id, "down", World.SOON);
        ObjectNode attachment = Inventory.object()
                .put("interface", "virtio")
                .put("bootable", "true")
                .put("active", "true");
        attachment.putObject("disk").put("id", new Inventory(api()).upload("foreign", GuestImages.tiny(), "second"));
        api().post("/vms/" + id + "/diskattachments", attachment);
        return id;
    }

    /** What its description on the domain is to keep beside the usual; as it is then. */
    private JsonNode equipped(String vm) {
        ObjectNode wish = Inventory.object().put("soundcard_enabled", true);
        wish.withObject("/os/boot/devices").putArray("device").add("hd").add("network");
        wish.putObject("initialization").put("host_name", "walk").put("root_password", "secret");
        api().put("/vms/" + vm, wish.toString());
        api().post(
                        "/vms/" + vm + "/watchdogs",
                        Inventory.object().put("model", "i6300esb").put("action", "poweroff"));
        String disk = disk(vm);
        api().put(
                        "/disks/" + disk,
                        Inventory.object().put("wipe_after_delete", true).toString());
        api().put(
                        "/vms/" + vm + "/diskattachments/" + disk,
                        Inventory.object().put("pass_discard", true).toString());
        return api().get("/vms/" + vm);
    }

    private void broughtAll(String vm, JsonNode left) {
        JsonNode come = api().get("/vms/" + vm);
        for (String part : new String[] {"soundcard_enabled", "os", "initialization"}) {
            assertThat(left.path(part).isMissingNode()).as(part).isFalse();
            assertThat(come.path(part)).as(part).isEqualTo(left.path(part));
        }
        assertThat(api().list("/vms/" + vm + "/watchdogs").get(0).path("action").asText())
                .isEqualTo("poweroff");
        String disk = disk(vm);
        assertThat(api().get("/disks/" + disk).path("wipe_after_delete").asBoolean())
                .isTrue();
        assertThat(api().get("/vms/" + vm + "/diskattachments/" + disk)
                        .path("pass_discard")
                        .asBoolean())
                .isTrue();
    }

    private String disk(String vm) {
        return api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
    }

    private void plug(String vm, String name, String network) {
        ObjectNode nic = Inventory.object().put("name", "to-" + name).put("interface", "virtio");
        nic.putObject("vnic_profile")
                .put(
                        "id",
                        api().list("/networks/" + network + "/vnicprofiles")
                                .get(0)
                                .path("id")
                                .asText());
        api().post("/vms/" + vm + "/nics", nic);
    }

    /** One of the two in the words of now, the other in those that older clients know. */
    private static ObjectNode mappings(String profile) {
        ObjectNode action = Inventory.object();
        ObjectNode mapping = action.putObject("registration_configuration")
                .putObject("vnic_profile_mappings")
                .putArray("registration_vnic_profile_mapping")
                .addObject();
        mapping.putObject("from").put("name", "theirs").putObject("network").put("name", "theirs");
        mapping.putObject("to").put("id", profile);
        ObjectNode older = action.putObject("vnic_profile_mappings")
                .putArray("vnic_profile_mapping")
                .addObject()
                .put("source_network_name", "others")
                .put("source_network_profile_name", "others");
        older.putObject("target_vnic_profile").put("id", profile);
        return action;
    }

    /** That of the management network of a data center. */
    private String profile(String center) {
        String networks =
                "/datacenters/" + api().named("/datacenters", center).path("id").asText() + "/networks";
        JsonNode management = api().named(networks, "ovirtmgmt");
        return api().list("/networks/" + management.path("id").asText() + "/vnicprofiles")
                .get(0)
                .path("id")
                .asText();
    }

    private ApiClient api() {
        return world.api();
    }
}
