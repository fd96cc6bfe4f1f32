package org.bellwether.engine.hostnetwork;

import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.hostnetwork.NetworkPlans.Roles;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.platform.Id;

/** Where a host is reached in the network that its cluster has for a purpose. */
public final class RoleAddresses {

    private final Hosts hosts;
    private final Networks networks;
    private final Decisions decisions;

    public RoleAddresses(Hosts hosts, Networks networks, Decisions decisions) {
        this.hosts = hosts;
        this.networks = networks;
        this.decisions = decisions;
    }

    /** For migrations; empty where this is the management network, or the host has no address in it. */
    public Optional<String> migration(Id<Host> host) {
        return of(host, Roles::migration);
    }

    /** For consoles, likewise. */
    public Optional<String> display(Id<Host> host) {
        return of(host, Roles::display);
    }

    private Optional<String> of(Id<Host> id, Function<Roles, Set<Id<Network>>> role) {
        var host = hosts.get(id);
        var documents = new HostNetworkDocuments(hosts, networks, decisions);
        var found = new FoundNetworks(documents.description(host));
        var all = documents.all(host);
        return role.apply(Roles.of(networks.ofCluster(host.cluster()))).stream()
                .flatMap(network -> networks.model().find(network).stream())
                .filter(network -> !network.name().equals(Networks.MANAGEMENT))
                .flatMap(
                        network -> all
                                .attachment(network.id())
                                .flatMap(attachment -> found.device(network, attachment.nic()))
                                .stream())
                .filter(device -> device.getUp())
                .flatMap(device ->
                        FoundNetworks.address(device, false).or(() -> FoundNetworks.address(device, true)).stream())
                .map(address -> address.split("/", -1)[0])
                .findFirst();
    }
}
