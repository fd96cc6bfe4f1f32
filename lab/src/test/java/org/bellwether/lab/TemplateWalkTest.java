package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Machines made of templates and of each other: thin, whole, of a version, and cloned; and what a template's disks hold up. */
@InTurn(of = 2, on = 0)
@ExtendWith(World.Extension.class)
final class TemplateWalkTest {
    private static final String NOTHING = "00000000-0000-0000-0000-000000000000";

    private final World world;

    TemplateWalkTest(World world) {
        this.world = world;
    }

    @Test
    void a_template_has_versions_and_machines_stand_on_it_or_not() {
        String first = world.machine("walk-first");
        ObjectNode version = Inventory.object().put("name", "tiny");
        version.putObject("vm").put("id", first);
        ObjectNode wish = version.putObject("version").put("version_name", "second");
        wish.putObject("base_template").put("name", "tiny");
        String second = api().post("/templates", version).path("id").asText();
        api().awaitStatus("/templates/" + second, "ok", World.SOON);
        assertThat(api().get("/templates/" + second)
                        .path("version")
                        .path("version_number")
                        .asText())
                .isEqualTo("2");
        assertThat(api().get("/templates/" + second).path("name").asText()).isEqualTo("tiny");

        unsealed(first);
        String extra = anotherNic(second);

        String thin = made("", "walk-thin", named("tiny"));
        assertThat(api().list("/vms/" + thin + "/nics"))
                .extracting(nic -> nic.path("name").asText())
                .containsExactly("nic1", "other");
        api().delete("/templates/" + second + "/nics/" + extra);
        assertThat(api().list("/templates/" + second + "/nics")).hasSize(1);
        assertThat(template(thin)).as("the newest version is taken").isEqualTo(second);
        assertThat(api().call("DELETE", "/templates/" + second, "").text()).contains("walk-thin");

        ObjectNode full = named("tiny");
        full.withObject("/template").putObject("version").put("version_number", "1");
        String whole = made("?clone=true", "walk-whole", full);
        assertThat(template(whole)).as("a whole copy stands on no template").isEqualTo(NOTHING);
        assertThat(api().get("/vms/" + whole)
                        .path("original_template")
                        .path("id")
                        .asText())
                .isNotIn(second, NOTHING);

        ObjectNode clone = Inventory.object();
        clone.putObject("vm").put("name", "walk-clone");
        api().post("/vms/" + thin + "/clone", clone);
        String cloned = api().named("/vms", "walk-clone").path("id").asText();
        world.awaitStatus(cloned, "down", World.BOOT);
        assertThat(template(cloned)).isEqualTo(NOTHING);
        assertThat(mac(cloned)).isNotEqualTo(mac(thin));

        world.remove(thin);
        world.remove(first);
        api().delete("/templates/" + second);
        world.awaitQuiet();
        assertThat(api().call("GET", "/templates/" + second, "").status()).isEqualTo(404);
        for (String vm : new String[] {cloned, whole}) {
            api().post("/vms/" + vm + "/start", Inventory.object());
        }
        assertThat(world.heartbeat(world.guestAddress(cloned)).boot()).isNotEmpty();
        assertThat(world.heartbeat(world.guestAddress(whole)).boot()).isNotEmpty();
        assertThat(api().call("POST", "/vms/" + cloned + "/clone", "{\"vm\":{\"name\":\"walk-live\"}}")
                        .status())
                .as("a running machine is not cloned")
                .isEqualTo(409);
    }

    /** A template's network interfaces are changed as a machine's are, and have no address. */
    private String anotherNic(String template) {
        String nics = "/templates/" + template + "/nics";
        String id = api().post(nics, Inventory.object().put("name", "extra"))
                .path("id")
                .asText();
        assertThat(api().call(
                                "POST",
                                nics,
                                Inventory.object().put("name", "extra").toString())
                        .status())
                .as("a name is there once")
                .isEqualTo(409);
        ObjectNode addressed = Inventory.object().put("name", "addressed");
        addressed.putObject("mac").put("address", "56:6f:00:00:00:77");
        assertThat(api().call("POST", nics, addressed.toString()).status()).isEqualTo(400);
        api().call(
                        "PUT",
                        nics + "/" + id,
                        Inventory.object().put("name", "other").toString());
        JsonNode changed = api().get(nics + "/" + id);
        assertThat(changed.path("name").asText()).isEqualTo("other");
        assertThat(changed.has("mac")).isFalse();
        assertThat(api().list("/templates/" + template + "/cdroms"))
                .singleElement()
                .satisfies(cd -> assertThat(cd.path("id").asText()).isEqualTo(NOTHING));
        return id;
    }

    /** Where no host has virt-sysprep, a template that is to be sealed is refused at once, with what is missing. */
    private void unsealed(String vm) {
        if (java.nio.file.Files.exists(java.nio.file.Path.of("/usr/bin/virt-sysprep"))) {
            return;
        }
        ObjectNode sealed = Inventory.object().put("name", "walk-sealed");
        sealed.putObject("vm").put("id", vm);
        ApiClient.Reply refused = api().call("POST", "/templates?seal=true", sealed.toString());
        assertThat(refused.status()).as("before anything is copied").isEqualTo(409);
        assertThat(refused.text()).contains("Install libguestfs-tools on one of them", "host1", "host2");
        assertThat(api().list("/templates?search=name%3Dwalk-sealed")).isEmpty();
        assertThat(world.status(vm)).isEqualTo("down");
    }

    private String made(String query, String name, ObjectNode vm) {
        vm.put("name", name);
        String id = api().post("/vms" + query, vm).path("id").asText();
        world.awaitStatus(id, "down", World.BOOT);
        return id;
    }

    private static ObjectNode named(String template) {
        ObjectNode vm = Inventory.object();
        vm.putObject("cluster").put("name", "Default");
        vm.putObject("template").put("name", template);
        return vm;
    }

    private String template(String vm) {
        return api().get("/vms/" + vm).path("template").path("id").asText();
    }

    private String mac(String vm) {
        JsonNode nic = api().list("/vms/" + vm + "/nics").get(0);
        return nic.path("mac").path("address").asText();
    }

    private ApiClient api() {
        return world.api();
    }
}
