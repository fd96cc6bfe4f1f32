package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;

/** A storage domain of a test beside the world's, in a directory of this machine that every host of the lab can mount. */
final class SecondDomain {
    private static final String NAME = "second";

    private final World world;
    private final Path directory;

    SecondDomain(World world, Path directory) {
        this.world = world;
        this.directory = directory;
    }

    private ApiClient api() {
        return world.api();
    }

    /** Made, attached and active; answers its id. */
    String make() {
        return attach(api().post("/storagedomains", place().put("name", NAME))
                .path("id")
                .asText());
    }

    private String attach(String id) {
        api().post(attached(), Inventory.object().put("id", id));
        api().awaitStatus(attached() + "/" + id, "active", World.SOON);
        return id;
    }

    /** The engine forgets it with all that it carries, whose descriptions are kept on it. */
    void forget(String id) {
        api().post("/storagedomains/" + id + "/updateovfstore", Inventory.object());
        deactivate(id);
        api().delete("/storagedomains/" + id + "?destroy=true");
    }

    /** Imports the one that was forgotten. */
    void takeIn(String id) {
        api().post("/storagedomains", place().put("id", id));
        attach(id);
    }

    void remove(String id) {
        deactivate(id);
        api().delete(attached() + "/" + id);
        world.awaitQuiet();
        api().delete("/storagedomains/" + id + "?format=true&host=host1");
        world.awaitQuiet();
        assertThat(directory).isEmptyDirectory();
    }

    private void deactivate(String id) {
        api().post(attached() + "/" + id + "/deactivate", Inventory.object());
        api().awaitStatus(attached() + "/" + id, "maintenance", World.SOON);
    }

    private ObjectNode place() {
        ObjectNode place = Inventory.object().put("type", "data");
        place.putObject("storage")
                .put("type", "posixfs")
                .put("path", directory.toString())
                .put("vfs_type", "none")
                .put("mount_options", "bind");
        place.putObject("host").put("name", "host1");
        return place;
    }

    private String attached() {
        return "/datacenters/"
                + api().named("/datacenters", "Default").path("id").asText() + "/storagedomains";
    }
}
