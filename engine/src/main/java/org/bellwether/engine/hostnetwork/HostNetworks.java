package org.bellwether.engine.hostnetwork;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Stored;

/**
 * What people decided of a host's networks. A host has one of these at most, so that a change of several networks is one
 * change of one record. The id is the host's.
 */
public record HostNetworks(
        Id<HostNetworks> id, String name, List<Bond> bonds, List<Attachment> attachments, List<Label> labels)
        implements Stored<HostNetworks> {

    public HostNetworks {
        bonds = List.copyOf(bonds);
        attachments = List.copyOf(attachments);
        labels = List.copyOf(labels);
    }

    /** @param options as the kernel names them; the mode is a number or a name */
    public record Bond(String name, List<String> ports, Map<String, String> options) {
        public Bond {
            ports = List.copyOf(ports);
            options = Map.copyOf(options);
        }
    }

    /**
     * A logical network on a NIC or bond.
     *
     * @param byLabel whether it is there because both bear the same label
     * @param spec its addresses and the like, as the API's own document
     */
    public record Attachment(Id<Network> network, String nic, boolean byLabel, NetworkAttachment spec) {}

    /** Every network of the label is attached to the NIC. */
    public record Label(String nic, String label) {}

    static HostNetworks none(Host host) {
        return new HostNetworks(Id.of(host.id().value()), host.name(), List.of(), List.of(), List.of());
    }

    Optional<Attachment> attachment(Id<Network> network) {
        return attachments.stream()
                .filter(each -> each.network().equals(network))
                .findFirst();
    }

    Optional<Bond> bond(String nic) {
        return bonds.stream().filter(each -> each.name().equals(nic)).findFirst();
    }

    HostNetworks with(Attachment attachment) {
        return withAttachments(all -> Stream.concat(
                        all.stream().filter(each -> !each.network().equals(attachment.network())),
                        Stream.of(attachment))
                .toList());
    }

    HostNetworks without(Id<Network> network) {
        return withAttachments(all ->
                all.stream().filter(each -> !each.network().equals(network)).toList());
    }

    HostNetworks withAttachments(UnaryOperator<List<Attachment>> change) {
        return new HostNetworks(id, name, bonds, change.apply(attachments), labels);
    }

    HostNetworks with(Bond bond) {
        return withBonds(all -> Stream.concat(
                        all.stream().filter(each -> !each.name().equals(bond.name())), Stream.of(bond))
                .toList());
    }

    HostNetworks withBonds(UnaryOperator<List<Bond>> change) {
        return new HostNetworks(id, name, change.apply(bonds), attachments, labels);
    }

    HostNetworks withLabels(UnaryOperator<List<Label>> change) {
        return new HostNetworks(id, name, bonds, attachments, change.apply(labels));
    }
}
