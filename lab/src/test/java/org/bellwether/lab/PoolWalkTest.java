package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A pool: one machine runs ahead of its user, is taken, given back, and forgets. */
@InTurn(of = 2, on = 1)
@ExtendWith(World.Extension.class)
final class PoolWalkTest {
    private final World world;

    PoolWalkTest(World world) {
        this.world = world;
    }

    @Test
    void a_machine_of_a_pool_is_taken_given_back_and_forgets() {
        ObjectNode wish = Inventory.object()
                .put("name", "walk-pool-??")
                .put("size", "2")
                .put("prestarted_vms", "1")
                .put("type", "automatic");
        wish.putObject("cluster").put("name", "Default");
        wish.putObject("template").put("name", "tiny");
        wish.putObject("instance_type").put("name", "Tiny");
        String pool = api().post("/vmpools", wish).path("id").asText();
        try {
            world.awaitQuiet();
            assertThat(members(pool)).hasSize(2);
            String ahead = awaitRunning(pool);
            assertThat(api().get("/vms/" + ahead).path("memory").asText()).isEqualTo("536870912");
            String image = image(ahead);

            JsonNode taken = api().post("/vmpools/" + pool + "/allocatevm", Inventory.object());
            assertThat(taken.path("vm").path("id").asText())
                    .as("the one that runs is given")
                    .isEqualTo(ahead);
            ApiClient.Reply second = api().call("POST", "/vmpools/" + pool + "/allocatevm", "{}");
            assertThat(second.status()).isEqualTo(409);
            assertThat(second.text()).contains("user may have 1");
            assertThat(api().call("DELETE", "/vmpools/" + pool, "").text()).contains("These machines of it run");
            ObjectNode none = Inventory.object().put("prestarted_vms", "0");
            api().put("/vmpools/" + pool, none.toString());
            world.stop(ahead);
            assertThat(Await.holds(World.SOON, () -> !image(ahead).equals(image)))
                    .as("the disk is what it was before")
                    .isTrue();
            assertThat(Await.holds(
                            World.SOON,
                            () -> api().call("POST", "/vmpools/" + pool + "/allocatevm", "{}")
                                    .succeeded()))
                    .as("what was given back can be taken again")
                    .isTrue();
        } finally {
            api().put(
                            "/vmpools/" + pool,
                            Inventory.object().put("prestarted_vms", "0").toString());
            assertThat(Await.holds(World.BOOT, () -> {
                        // One that is just being started is stopped when it can be.
                        members(pool).stream()
                                .filter(vm -> !world.status(vm).equals("down"))
                                .forEach(vm -> api().call("POST", "/vms/" + vm + "/stop", "{}"));
                        return api().call("DELETE", "/vmpools/" + pool, "").succeeded();
                    }))
                    .isTrue();
            world.awaitQuiet();
        }
        assertThat(api().call("GET", "/vmpools/" + pool, "").status()).isEqualTo(404);
        assertThat(members(pool)).isEmpty();
    }

    private String awaitRunning(String pool) {
        String[] found = {""};
        assertThat(Await.holds(World.BOOT, () -> {
                    found[0] = members(pool).stream()
                            .filter(vm -> world.status(vm).equals("up"))
                            .findFirst()
                            .orElse("");
                    return !found[0].isEmpty();
                }))
                .as("one runs ahead")
                .isTrue();
        return found[0];
    }

    private List<String> members(String pool) {
        return api().list("/vms").stream()
                .filter(vm -> vm.path("vm_pool").path("id").asText().equals(pool))
                .map(vm -> vm.path("id").asText())
                .toList();
    }

    private String image(String vm) {
        String disk =
                api().list("/vms/" + vm + "/diskattachments").get(0).path("id").asText();
        return api().get("/disks/" + disk).path("image_id").asText();
    }

    private ApiClient api() {
        return world.api();
    }
}
