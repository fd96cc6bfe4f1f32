package org.bellwether.engine.hostnetwork;

import java.util.Map;
import java.util.Optional;
import org.bellwether.engine.host.Host;
import org.bellwether.engine.host.HostFitness;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Database;
import org.bellwether.engine.platform.store.ObjectTable;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.NetworkInterface;

/** What was decided of the networks of all hosts. */
public final class Decisions implements HostFitness.Carriers {

    private final Database database;
    private final ObjectTable<HostNetworks> table =
            new ObjectTable<>("host_networks", "networks of the host", HostNetworks.class, _ -> Map.of());

    public Decisions(Database database) {
        this.database = database;
    }

    public void load() {
        table.load(database);
    }

    /** What was decided; empty for a host whose networks nobody has touched from here. */
    Optional<HostNetworks> find(Id<Host> host) {
        return table.model().find(Id.of(host.value()));
    }

    @Override
    public Optional<NetworkInterface> device(Host host, Network network, HostDescription description) {
        var nic = find(host.id())
                .flatMap(decided -> decided.attachment(network.id()))
                .map(HostNetworks.Attachment::nic)
                .orElse("");
        return new FoundNetworks(description).device(network, nic);
    }

    void put(Transaction tx, HostNetworks decided) {
        if (table.model().find(decided.id()).isPresent()) {
            table.update(tx, decided.id(), _ -> decided);
        } else {
            table.insert(tx, decided);
        }
    }

    /** The row goes with its host's; so does what is kept here. */
    public void forget(Transaction tx, Id<Host> host) {
        Id<HostNetworks> id = Id.of(host.value());
        if (table.model().find(id).isPresent()) {
            table.delete(tx, id);
        }
    }
}
