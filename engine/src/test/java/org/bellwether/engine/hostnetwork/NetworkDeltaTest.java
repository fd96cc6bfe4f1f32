package org.bellwether.engine.hostnetwork;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.bellwether.api.types.HostNic;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.api.types.NetworkLabel;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.NetworkInterface;
import org.junit.jupiter.api.Test;

/** What somebody wants changed, laid over what a host has. */
final class NetworkDeltaTest {
    private final Network management = network("ovirtmgmt", List.of());
    private final Network red = network("red", List.of());
    private final Network blue = network("blue", List.of("storage"));
    private final Host host = new Host(
            Id.random(),
            "one",
            Id.random(),
            "10.0.0.5",
            54321,
            Host.Wanted.ACTIVE,
            org.bellwether.api.types.Host.builder().build());
    private final HostDescription description = HostDescription.newBuilder()
            .addInterfaces(nic("eth0").setBridge("ovirtmgmt"))
            .addInterfaces(nic("eth1"))
            .addInterfaces(NetworkInterface.newBuilder()
                    .setName("ovirtmgmt")
                    .setKind("bridge")
                    .setMtu(1500)
                    .addPorts("eth0")
                    .addAddresses("10.0.0.5/24")
                    .setIpv4Method("static"))
            .build();

    @Test
    void what_the_host_has_is_taken_along_and_not_touched() {
        var delta = delta(HostNetworks.none(host)).attach(on(red, "eth1"));
        assertThat(delta.wanted().attachments()).hasSize(2);
        assertThat(delta.apply()).containsExactly("red");
    }

    @Test
    void the_management_network_stays() {
        assertThatThrownBy(() -> delta(HostNetworks.none(host)).remove(on(management, "eth0")))
                .isInstanceOf(Failure.class)
                .hasMessageContaining("ovirtmgmt");
    }

    @Test
    void a_network_that_is_not_the_clusters_is_refused() {
        var strange = network("strange", List.of());
        assertThatThrownBy(() -> delta(HostNetworks.none(host)).attach(on(strange, "eth1")))
                .isInstanceOf(Failure.class);
    }

    @Test
    void networks_come_and_go_with_the_label_of_a_nic() {
        var labelled = delta(HostNetworks.none(host)).label("eth1", "storage");
        assertThat(labelled.apply()).containsExactly("blue");
        assertThat(labelled.wanted().attachment(blue.id()).orElseThrow().byLabel())
                .isTrue();
        var without = delta(labelled.wanted()).unlabel("eth1", "storage");
        assertThat(without.wanted().attachment(blue.id())).isEmpty();
    }

    @Test
    void a_network_that_somebody_attached_stays_without_its_label() {
        var attached = delta(HostNetworks.none(host)).attach(on(blue, "eth1")).wanted();
        var labelled = delta(attached).label("eth1", "storage").wanted();
        assertThat(delta(labelled).unlabel("eth1", "storage").wanted().attachment(blue.id()))
                .isPresent();
    }

    private NetworkDelta delta(HostNetworks decided) {
        return new NetworkDelta(host, description, decided, List.of(management, red, blue));
    }

    private static NetworkAttachment on(Network network, String nic) {
        return NetworkAttachment.builder()
                .network(org.bellwether.api.types.Network.builder()
                        .id(network.id().toString())
                        .build())
                .hostNic(HostNic.builder().name(nic).build())
                .build();
    }

    private static Network network(String name, List<String> labels) {
        return new Network(
                Id.random(),
                name,
                Id.random(),
                org.bellwether.api.types.Network.builder()
                        .networkLabels(labels.stream()
                                .map(label -> NetworkLabel.builder().id(label).build())
                                .toList())
                        .build());
    }

    private static NetworkInterface.Builder nic(String name) {
        return NetworkInterface.newBuilder()
                .setName(name)
                .setKind("nic")
                .setMtu(1500)
                .setUp(true);
    }
}
