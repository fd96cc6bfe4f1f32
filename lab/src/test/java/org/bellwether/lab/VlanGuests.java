package org.bellwether.lab;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;

/** Two machines of QEMU on the host that is a machine, beside the namespaces that stand for others on its VLANs. */
final class VlanGuests {
    private static final String DOMAIN = "guests";
    private static final String FIRST = "10.99.0.11";
    private static final String SECOND = "10.99.0.12";

    private final World world;
    private final KernelSite site;

    VlanGuests(World world) {
        this.world = world;
        this.site = new KernelSite(world);
    }

    /** Both on red first; then the second moves to blue while it runs. */
    void reachTheirOwnVlanOnly(String red, String blue, String neighbourOnRed, String neighbourOnBlue) {
        StorageServer server = world.lab.storageServer();
        server.export("/guests");
        site.makeDomain(
                DOMAIN,
                Inventory.object()
                        .put("type", "nfs")
                        .put("address", server.address())
                        .put("path", "/guests"));
        KernelMachine first = machine("vlan-first", red);
        KernelMachine second = machine("vlan-second", red);
        List.of(first, second).forEach(KernelMachine::begin);
        List.of(first, second).forEach(KernelMachine::awaitGuest);
        assertThat(site.host.run("virsh", "dumpxml", first.id))
                .as("a disk on NFS, which other hosts read too")
                .contains("cache='none'");
        address(first, FIRST);
        address(second, SECOND);

        assertThat(pings(first, SECOND)).as("the other guest of its VLAN").isTrue();
        assertThat(pings(first, neighbourOnRed)).as("its VLAN, another machine").isTrue();
        assertThat(pings(first, neighbourOnBlue)).as("another VLAN").isFalse();

        ObjectNode moved = Inventory.object();
        moved.putObject("vnic_profile").put("id", profileOf(blue));
        String nics = "/vms/" + second.id + "/nics";
        ApiClient.Reply reply = world.api()
                .call(
                        "PUT",
                        nics + "/"
                                + world.api().list(nics).getFirst().path("id").asText(),
                        moved.toString());
        assertThat(reply.succeeded()).as(reply.text()).isTrue();
        assertThat(pings(second, neighbourOnBlue)).as("its new VLAN").isTrue();
        assertThat(pings(second, FIRST)).as("a guest of the VLAN it left").isFalse();
        assertThat(pings(first, SECOND)).as("a guest that went elsewhere").isFalse();
        assertThat(pings(first, neighbourOnRed)).as("still its VLAN").isTrue();

        world.remove(first.id);
        world.remove(second.id);
        String domain = site.domainId(DOMAIN);
        site.deactivate(domain);
        site.format(domain);
    }

    private KernelMachine machine(String name, String network) {
        KernelMachine machine = new KernelMachine(world, site.host, World.KERNEL, name, DOMAIN);
        ObjectNode nic = Inventory.object().put("name", "nic1").put("interface", "virtio");
        nic.putObject("vnic_profile").put("id", profileOf(network));
        world.api().post("/vms/" + machine.id + "/nics", nic);
        return machine;
    }

    private String profileOf(String network) {
        return world.api()
                .list("/networks/" + network + "/vnicprofiles")
                .getFirst()
                .path("id")
                .asText();
    }

    private static void address(KernelMachine machine, String address) {
        machine.run("ip link set eth0 up && ip address replace " + address + "/24 dev eth0");
    }

    private static boolean pings(KernelMachine machine, String address) {
        return machine.run("ping -c3 -W5 " + address + " >/dev/null 2>&1; echo $?")
                .equals("0");
    }
}
