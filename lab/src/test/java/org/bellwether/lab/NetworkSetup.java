package org.bellwether.lab;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** Logical networks of a test on the world's two hosts, which two cables join; all of it goes when the test ends. */
final class NetworkSetup implements AutoCloseable {
    private final World world;
    private final List<String> made = new ArrayList<>();

    NetworkSetup(World world) {
        this.world = world;
    }

    /** Two cables between the hosts: eth1 and eth2 at both ends. */
    void plug() {
        List<String> names = List.of("eth1", "eth2");
        names.forEach(nic -> world.one.attempt(Duration.ofSeconds(10), "ip", "link", "delete", nic));
        // Those of the test before are not to be taken for these.
        awaitNics(names, false);
        names.forEach(nic -> world.one.cable(nic, world.two));
        awaitNics(names, true);
    }

    private void awaitNics(List<String> names, boolean there) {
        for (LabHost host : world.hosts()) {
            if (!Await.holds(
                    World.SOON,
                    () -> names.stream().allMatch(name -> nic(host, name).has("id") == there))) {
                throw new LabFailure(host.name()
                        + (there ? " does not tell of its new NICs" : " still tells of NICs that are gone"));
            }
        }
    }

    /** A network of the hosts' cluster; answers its id. */
    String network(String name) {
        return network(Inventory.object().put("name", name));
    }

    String network(ObjectNode network) {
        network.putObject("data_center").put("name", "Default");
        String id = world.api().post("/networks", network).path("id").asText();
        made.add(id);
        world.api().post(clusterNetworks(), Inventory.object().put("id", id).put("required", false));
        return id;
    }

    static ObjectNode attachment(String network, String nic, String address) {
        ObjectNode attachment = Inventory.object();
        attachment.putObject("network").put("id", network);
        attachment.putObject("host_nic").put("name", nic);
        ObjectNode assignment = attachment
                .putObject("ip_address_assignments")
                .putArray("ip_address_assignment")
                .addObject()
                .put("assignment_method", "static");
        assignment.putObject("ip").put("version", "v4").put("address", address).put("netmask", "255.255.255.0");
        return attachment;
    }

    void setUp(LabHost host, ObjectNode attachment) {
        ObjectNode action = Inventory.object().put("check_connectivity", true).put("commit_on_success", true);
        action.putObject("modified_network_attachments")
                .putArray("network_attachment")
                .add(attachment);
        world.api().post(path(host) + "/setupnetworks", action);
    }

    JsonNode attachment(LabHost host, String network) {
        return world.api().list(path(host) + "/networkattachments").stream()
                .filter(each -> each.path("network").path("id").asText().equals(network))
                .findFirst()
                .orElse(Inventory.object());
    }

    /** What the API says of a NIC; nothing when the host has none of that name. */
    JsonNode nic(LabHost host, String name) {
        return world.api().list(path(host) + "/nics").stream()
                .filter(each -> each.path("name").asText().equals(name))
                .findFirst()
                .orElse(Inventory.object());
    }

    String path(LabHost host) {
        return "/hosts/" + world.api().named("/hosts", host.name()).path("id").asText();
    }

    String clusterNetworks() {
        return "/clusters/"
                + world.api().named("/clusters", "Default").path("id").asText() + "/networks";
    }

    @Override
    public void close() {
        for (JsonNode vm : world.api().list("/vms")) {
            world.remove(vm.path("id").asText());
        }
        for (String network : made) {
            world.api().call("PUT", clusterNetworks() + "/" + network, "{\"required\":false}");
            for (LabHost host : world.hosts()) {
                String attachment = attachment(host, network).path("id").asText();
                if (!attachment.isEmpty()) {
                    world.api().call("DELETE", path(host) + "/networkattachments/" + attachment, "");
                }
            }
            world.api().call("DELETE", "/networks/" + network, "");
        }
    }
}
