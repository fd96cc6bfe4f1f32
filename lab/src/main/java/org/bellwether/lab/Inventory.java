package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** Makes what a new engine needs, through its public API; each thing only where it is not there yet. */
public final class Inventory {
    private static final Duration HOST_UP = Duration.ofMinutes(3);
    private static final Duration STORAGE = Duration.ofMinutes(4);

    private final ApiClient api;

    public Inventory(ApiClient api) {
        this.api = api;
    }

    /** The data center of that name, and in it the cluster of the same name. Answers the cluster. */
    public JsonNode cluster(String name) {
        JsonNode center = api.named("/datacenters", name);
        if (center.isMissingNode()) {
            center = api.post("/datacenters", object().put("name", name).put("local", "false"));
        }
        JsonNode cluster = api.named("/clusters", name);
        if (cluster.isMissingNode()) {
            ObjectNode fresh = object().put("name", name);
            fresh.putObject("data_center").put("id", center.path("id").asText());
            cluster = api.post("/clusters", fresh);
        }
        return cluster;
    }

    /** A token with which one host can enrol into a cluster. */
    public String hostToken(JsonNode cluster) {
        ObjectNode fresh = object();
        fresh.putObject("cluster").put("id", cluster.path("id").asText());
        return api.post("/ovirt-engine/services/host-token", fresh)
                .path("token")
                .asText();
    }

    public void awaitHost(String name) {
        awaitHost(name, HOST_UP);
    }

    void awaitHost(String name, Duration within) {
        JsonNode host = api.named("/hosts", name);
        api.awaitStatus("/hosts/" + host.path("id").asText(), "up", within);
    }

    /** A storage domain on a directory of this machine, which every host of the lab can mount. */
    public JsonNode directoryDomain(String name, Path directory, String host, String center) {
        ObjectNode storage = object().put("type", "posixfs")
                .put("path", directory.toString())
                .put("vfs_type", "none")
                .put("mount_options", "bind");
        return domain(name, storage, host, center);
    }

    public JsonNode glusterDomain(String name, String address, String volume, String host, String center) {
        ObjectNode storage = object().put("type", "glusterfs")
                .put("address", address)
                .put("path", "/" + volume)
                .put("vfs_type", "glusterfs");
        return domain(name, storage, host, center);
    }

    /** A data domain there, attached and active. */
    public JsonNode domain(String name, ObjectNode storage, String host, String center) {
        JsonNode domain = api.named("/storagedomains", name);
        if (domain.isMissingNode()) {
            ObjectNode fresh = object().put("name", name).put("type", "data");
            fresh.set("storage", storage);
            fresh.putObject("host").put("name", host);
            domain = api.post("/storagedomains", fresh);
            // The engine answers before it is made when that takes long.
            api.awaitStatus("/storagedomains/" + domain.path("id").asText(), "unattached", STORAGE);
        }
        String id = domain.path("id").asText();
        String attached =
                "/datacenters/" + api.named("/datacenters", center).path("id").asText() + "/storagedomains";
        if (api.named(attached, name).isMissingNode()) {
            api.post(attached, object().put("id", id));
        }
        api.awaitStatus(attached + "/" + id, "active", STORAGE);
        return api.get("/storagedomains/" + id);
    }

    /** The template of an image: its bytes go through the engine into a disk, of which a machine is the template. */
    public JsonNode template(String name, Path image, String cluster, String domain, long memoryBytes) {
        JsonNode template = api.named("/templates", name);
        if (!template.isMissingNode()) {
            return api.awaitStatus("/templates/" + template.path("id").asText(), "ok", STORAGE);
        }
        String making = "making-" + name;
        removeUnfinished(making);
        String disk = upload(making, image, domain);
        ObjectNode fresh = object().put("name", making).put("memory", Long.toString(memoryBytes));
        fresh.putObject("memory_policy").put("guaranteed", Long.toString(memoryBytes / 2));
        fresh.putObject("cluster").put("name", cluster);
        fresh.putObject("template").put("name", "Blank");
        fresh.putObject("os").put("type", "other_linux");
        String vm = api.post("/vms", fresh).path("id").asText();
        api.awaitStatus("/vms/" + vm, "down", STORAGE);
        ObjectNode attachment =
                object().put("interface", "virtio").put("bootable", "true").put("active", "true");
        attachment.putObject("disk").put("id", disk);
        api.post("/vms/" + vm + "/diskattachments", attachment);
        ObjectNode nic = object().put("name", "nic1").put("interface", "virtio");
        JsonNode profile = api.named("/vnicprofiles", "ovirtmgmt");
        nic.putObject("vnic_profile").put("id", profile.path("id").asText());
        api.post("/vms/" + vm + "/nics", nic);
        api.call("PUT", "/disks/" + disk, object().put("name", name).toString());
        ObjectNode made = object().put("name", name);
        made.putObject("vm").put("id", vm);
        JsonNode result = api.post("/templates", made);
        JsonNode ready = api.awaitStatus("/templates/" + result.path("id").asText(), "ok", STORAGE);
        api.awaitStatus("/vms/" + vm, "down", STORAGE);
        api.delete("/vms/" + vm);
        return ready;
    }

    /** What an attempt that was cut short left. */
    private void removeUnfinished(String making) {
        JsonNode vm = api.named("/vms", making);
        if (!vm.isMissingNode()) {
            api.delete("/vms/" + vm.path("id").asText());
            api.await("/vms", STORAGE, all -> api.named("/vms", making).isMissingNode());
        }
        JsonNode disk = api.named("/disks", making);
        if (!disk.isMissingNode()) {
            api.delete("/disks/" + disk.path("id").asText());
            api.await("/disks", STORAGE, all -> api.named("/disks", making).isMissingNode());
        }
    }

    /** Uploads a qcow2 image as a new disk and answers the disk's id. */
    public String upload(String name, Path image, String domain) {
        JsonNode facts = ApiClient.parse(Command.run("qemu-img", "info", "--output=json", image.toString()));
        ObjectNode disk = object().put("name", name)
                .put("format", "cow")
                .put("sparse", "true")
                .put("provisioned_size", facts.path("virtual-size").asText())
                .put("initial_size", Long.toString(size(image)));
        disk.putObject("storage_domains").putArray("storage_domain").addObject().put("name", domain);
        String id = api.post("/disks", disk).path("id").asText();
        api.awaitStatus("/disks/" + id, "ok", STORAGE);
        ObjectNode transfer = object().put("direction", "upload").put("format", "cow");
        transfer.putObject("disk").put("id", id);
        String path = "/imagetransfers/"
                + api.post("/imagetransfers", transfer).path("id").asText();
        JsonNode ready =
                api.await(path, STORAGE, state -> state.path("phase").asText().equals("transferring"));
        api.upload(ready.path("proxy_url").asText(), image);
        api.post(path + "/finalize", object());
        JsonNode ended =
                api.await(path, STORAGE, state -> state.path("phase").asText().startsWith("finished"));
        if (!ended.path("phase").asText().equals("finished_success")) {
            throw new LabFailure("the upload of %s ended as %s; the engine's events say why"
                    .formatted(name, ended.path("phase").asText()));
        }
        api.awaitStatus("/disks/" + id, "ok", STORAGE);
        return id;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new LabFailure("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    static ObjectNode object() {
        return JsonNodeFactory.instance.objectNode();
    }
}
