package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The host that is a virtual machine, with the storage that only it can use, as tests talk of them. */
final class KernelSite {
    static final Duration SLOW = Duration.ofMinutes(15);
    static final long GIB = 1L << 30;
    static final String WWN = "5000c500a1b2c3d4";
    /** The LUN of the fabric as hosts name it. */
    static final String FABRIC_LUN = "3" + WWN;

    static final long FABRIC_LUN_BYTES = 12 * GIB;

    private final World world;
    final VmHost host;
    private final VmHost.Lun fabric;

    KernelSite(World world) {
        this.world = world;
        Path lun = world.lab.directory().resolve("fc-lun.raw");
        if (!lun.toFile().exists()) {
            Command.run("truncate", "-s", Long.toString(FABRIC_LUN_BYTES), lun.toString());
        }
        this.fabric = new VmHost.Lun(lun, WWN, "FC0001");
        this.host = world.vmHost(fabric);
    }

    /** Pulls the host's plug, and switches it on again; its agent starts. */
    void cutPower() {
        host.powerOff();
        host.powerOn(fabric);
        host.startAgent();
    }

    ApiClient api() {
        return world.api();
    }

    /** The host in the API. */
    String path() {
        return "/hosts/" + api().named("/hosts", host.name()).path("id").asText();
    }

    String attached() {
        return "/datacenters/"
                + api().named("/datacenters", World.KERNEL).path("id").asText() + "/storagedomains";
    }

    String domainId(String name) {
        return api().named("/storagedomains", name).path("id").asText();
    }

    JsonNode lun(String id) {
        return api().list(path() + "/storage").stream()
                .filter(each -> each.path("id").asText().equals(id))
                .findFirst()
                .orElseThrow();
    }

    String lunStatus(String id) {
        return unit(lun(id)).path("status").asText();
    }

    static JsonNode unit(JsonNode lun) {
        return lun.path("logical_units").path("logical_unit").get(0);
    }

    /** What a domain is made of, or extended with. */
    static ObjectNode storage(String type, String... luns) {
        ObjectNode storage = Inventory.object().put("type", type);
        var units = storage.putObject("logical_units").putArray("logical_unit");
        for (String lun : luns) {
            units.addObject().put("id", lun);
        }
        return storage;
    }

    void makeDomain(String name, ObjectNode storage) {
        new Inventory(api()).domain(name, storage, host.name(), World.KERNEL);
    }

    String disk(String name, String domain, String format, long bytes) {
        return disk(name, domain, format, bytes, Inventory.object());
    }

    /** @param more of the disk */
    String disk(String name, String domain, String format, long bytes, ObjectNode more) {
        ObjectNode disk = more.deepCopy()
                .put("name", name)
                .put("format", format)
                .put("sparse", Boolean.toString(format.equals("cow")))
                .put("provisioned_size", Long.toString(bytes));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("name", domain);
        String id = api().post("/disks", disk).path("id").asText();
        api().awaitStatus("/disks/" + id, "ok", SLOW);
        return id;
    }

    void deleteDisk(String id) {
        api().delete("/disks/" + id);
        gone("/disks/" + id);
    }

    void gone(String path) {
        assertThat(Await.holds(SLOW, () -> api().call("GET", path, "").status() == 404))
                .as(path + " is gone")
                .isTrue();
    }

    void deactivate(String domain) {
        api().post(attached() + "/" + domain + "/deactivate", Inventory.object());
        api().awaitStatus(attached() + "/" + domain, "maintenance", SLOW);
    }

    void activate(String domain) {
        api().post(attached() + "/" + domain + "/activate", Inventory.object());
        api().awaitStatus(attached() + "/" + domain, "active", SLOW);
    }

    /** Formats a domain in maintenance. */
    void format(String domain) {
        api().delete(attached() + "/" + domain);
        gone(attached() + "/" + domain);
        api().delete("/storagedomains/" + domain + "?format=true&host=" + host.name());
        gone("/storagedomains/" + domain);
        assertThat(host.run("vgs", "--nohints", "--noheadings", "-o", "name")).doesNotContain(domain);
    }

    /** All logical volumes of a domain: size, name, where they lie, and tags. One that has grown has a line for each piece of it. */
    List<String> volumes(String domain) {
        Map<String, String> volumes = new LinkedHashMap<>();
        host.run(
                        "lvs",
                        "--nohints",
                        "--noheadings",
                        "--units",
                        "b",
                        "--nosuffix",
                        "-o",
                        "lv_size,lv_name,devices,lv_tags",
                        domain)
                .lines()
                .map(line -> line.strip().split(" +"))
                .forEach(words -> volumes.merge(
                        words[1],
                        String.join(" ", words),
                        (known, _) -> known.replaceFirst(" /dev/", " " + words[2] + ",/dev/")));
        return List.copyOf(volumes.values());
    }

    /** Those of one disk. */
    List<String> volumes(String domain, String image) {
        return volumes(domain).stream()
                .filter(line -> line.contains("IU_" + image))
                .toList();
    }

    long bytes(String domain, String image) {
        return volumes(domain, image).stream()
                .mapToLong(line -> Long.parseLong(line.split(" +")[0]))
                .sum();
    }
}
