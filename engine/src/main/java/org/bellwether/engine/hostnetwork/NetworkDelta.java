package org.bellwether.engine.hostnetwork;

import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.bellwether.api.types.Action;
import org.bellwether.api.types.Bonding;
import org.bellwether.api.types.HostNic;
import org.bellwether.api.types.NetworkAttachment;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.hostnetwork.HostNetworks.Attachment;
import org.bellwether.engine.hostnetwork.HostNetworks.Bond;
import org.bellwether.engine.hostnetwork.HostNetworks.Label;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.HostDescription;
import org.jspecify.annotations.Nullable;

/**
 * What somebody wants changed of a host's networks, laid over what is decided. Pure: the networks that the host's cluster
 * has, and what the host has, are given.
 */
final class NetworkDelta {

    private final Host host;
    private final HostDescription description;
    private final FoundNetworks found;
    private final Collection<Network> known;
    private final HostNetworks before;
    private HostNetworks now;
    private final Set<String> synchronised = new LinkedHashSet<>();

    NetworkDelta(Host host, HostDescription description, HostNetworks decided, Collection<Network> known) {
        this.host = host;
        this.description = description;
        this.found = new FoundNetworks(description);
        this.known = known;
        this.before = found.adopted(decided, known);
        this.now = before;
    }

    HostNetworks before() {
        return before;
    }

    HostNetworks wanted() {
        return now;
    }

    /** Everything that an action {@code setupnetworks} asks for. */
    NetworkDelta with(Action action) {
        list(action.removedNetworkAttachments()).forEach(this::remove);
        list(action.removedBonds()).forEach(this::removeBond);
        list(action.modifiedBonds()).forEach(this::bond);
        list(action.modifiedNetworkAttachments()).forEach(this::attach);
        list(action.synchronizedNetworkAttachments()).forEach(this::synchronise);
        for (var label : list(action.removedLabels())) {
            now = now.withLabels(all -> all.stream()
                    .filter(each -> !each.label().equals(label.id()))
                    .toList());
        }
        for (var label : list(action.modifiedLabels())) {
            label(NicNames.referred(host, description, label.hostNic()), NetworkLabelsApi.checked(label.id()));
        }
        return followLabels();
    }

    private static <T> List<T> list(@Nullable List<T> maybe) {
        return maybe == null ? List.of() : maybe;
    }

    NetworkDelta remove(NetworkAttachment sent) {
        var network = network(sent);
        if (network.name().equals(Networks.MANAGEMENT)) {
            throw Failure.conflict("Cannot take the network " + network.name() + " off host " + host.name())
                    .because("engine and host talk over it");
        }
        now = now.without(network.id());
        return this;
    }

    private void removeBond(HostNic sent) {
        var name = NicNames.referred(host, description, sent);
        if (now.bond(name).isEmpty() && found.bond(name).isEmpty()) {
            throw Failure.notFound("The host " + host.name() + " has no bond " + name);
        }
        // So that the host is told that it is known, and not wanted any more.
        now = now.withBonds(
                all -> all.stream().filter(each -> !each.name().equals(name)).toList());
    }

    /** Names of bonds that were asked to go and that this engine never made. */
    List<String> strangeBonds(Action action) {
        return list(action.removedBonds()).stream()
                .map(sent -> NicNames.referred(host, description, sent))
                .filter(name -> now.bond(name).isEmpty())
                .toList();
    }

    private void bond(HostNic sent) {
        var name = NicNames.referred(host, description, sent);
        var known = now.bond(name).or(() -> found.bond(name));
        var bonding =
                Optional.ofNullable(sent.bonding()).orElse(Bonding.builder().build());
        Map<String, String> options = new HashMap<>();
        known.ifPresent(bond -> options.putAll(bond.options()));
        if (bonding.options() != null) {
            options.clear();
            for (var option : list(bonding.options())) {
                options.put(String.valueOf(option.name()), String.valueOf(option.value_()));
            }
        }
        var ports = bonding.slaves() == null
                ? known.map(Bond::ports).orElse(List.of())
                : list(bonding.slaves()).stream()
                        .map(port -> NicNames.referred(host, description, port))
                        .toList();
        if (ports.isEmpty()) {
            throw Failure.badRequest("The bond " + name + " has no NIC").next("Say its slaves");
        }
        now = now.with(new Bond(name, ports, options));
    }

    NetworkDelta attach(NetworkAttachment sent) {
        var network = network(sent);
        var earlier = now.attachment(network.id());
        var nic = sent.hostNic() == null && earlier.isPresent()
                ? earlier.get().nic()
                : NicNames.referred(host, description, sent.hostNic());
        var carrier = baseOf(nic);
        if (found.link(carrier).isEmpty() && now.bond(carrier).isEmpty()) {
            throw Failure.notFound("The host " + host.name() + " has no NIC or bond " + carrier);
        }
        var spec =
                earlier.map(Attachment::spec).orElse(NetworkAttachment.builder().build()).toBuilder();
        if (sent.ipAddressAssignments() != null) {
            spec.ipAddressAssignments(sent.ipAddressAssignments());
        }
        if (sent.dnsResolverConfiguration() != null) {
            spec.dnsResolverConfiguration(sent.dnsResolverConfiguration());
        }
        if (sent.properties() != null) {
            spec.properties(sent.properties());
        }
        now = now.with(new Attachment(network.id(), carrier, false, spec.build()));
        return this;
    }

    /** A VLAN stands for the NIC that it is on. */
    private String baseOf(String nic) {
        return found.link(nic)
                .filter(link -> link.getKind().equals("vlan"))
                .map(link -> link.getParent())
                .orElse(nic);
    }

    NetworkDelta synchronise(NetworkAttachment sent) {
        var network = network(sent);
        if (now.attachment(network.id()).isEmpty()) {
            throw Failure.notFound("The network " + network.name() + " is not attached to host " + host.name());
        }
        synchronised.add(network.name());
        now.attachment(network.id())
                .flatMap(each -> now.bond(each.nic()))
                .ifPresent(bond -> synchronised.add(bond.name()));
        return this;
    }

    Network network(NetworkAttachment sent) {
        var id = sent.id();
        var reference = sent.network();
        return known.stream()
                .filter(each -> is(each, sent))
                .findFirst()
                .orElseThrow(() -> Failure.notFound("The cluster of host " + host.name() + " has no network "
                                + (reference == null
                                        ? "of the attachment " + id
                                        : Objects.requireNonNullElse(reference.name(), reference.id())))
                        .next("Attach the network to the cluster first"));
    }

    /** An attachment is known by its own id, or by its network's id or name. */
    private boolean is(Network network, NetworkAttachment sent) {
        if (sent.id() != null) {
            return NicNames.attachmentId(host.id(), network.id()).equals(sent.id());
        }
        var reference = sent.network();
        if (reference == null) {
            return false;
        }
        return reference.id() == null
                ? network.name().equals(reference.name())
                : network.id().toString().equals(reference.id());
    }

    /** The label is on one NIC of a host at most. */
    NetworkDelta label(String nic, String label) {
        now = now.withLabels(all -> Stream.concat(
                        all.stream().filter(each -> !each.label().equals(label)), Stream.of(new Label(nic, label)))
                .toList());
        return followLabels();
    }

    NetworkDelta unlabel(String nic, String label) {
        now = now.withLabels(all ->
                all.stream().filter(each -> !each.equals(new Label(nic, label))).toList());
        return followLabels();
    }

    /** Networks come to the NIC that bears their label; those that came by a label leave with it. */
    NetworkDelta followLabels() {
        for (var network : known) {
            var nic = label(network)
                    .flatMap(label -> now.labels().stream()
                            .filter(each -> each.label().equals(label))
                            .map(Label::nic)
                            .findFirst());
            var attached = now.attachment(network.id());
            if (nic.isPresent() && attached.isEmpty()) {
                now = now.with(new Attachment(
                        network.id(),
                        nic.get(),
                        true,
                        NetworkAttachment.builder().build()));
            } else if (attached.filter(Attachment::byLabel).isPresent() && !nic.equals(attached.map(Attachment::nic))) {
                now = nic.isEmpty()
                        ? now.without(network.id())
                        : now.with(new Attachment(
                                network.id(), nic.get(), true, attached.get().spec()));
            }
        }
        return this;
    }

    static Optional<String> label(Network network) {
        return list(network.spec().networkLabels()).stream()
                .flatMap(label -> Optional.ofNullable(label.id()).stream())
                .findFirst();
    }

    /** A network that the cluster does not have any more is not wanted either. */
    NetworkDelta forget(String name, Networks networks) {
        networks.model().named(name).forEach(network -> now = now.without(network.id()));
        return this;
    }

    /** What is to become as it is decided: what somebody changed, and what they want repaired. */
    List<String> apply() {
        var names = new LinkedHashSet<>(synchronised);
        for (var bond : now.bonds()) {
            if (before.bond(bond.name()).filter(bond::equals).isEmpty()) {
                names.add(bond.name());
            }
        }
        for (var network : known) {
            var wanted = now.attachment(network.id());
            if (wanted.isPresent() && !wanted.equals(before.attachment(network.id()))) {
                names.add(network.name());
            }
        }
        return List.copyOf(names);
    }
}
