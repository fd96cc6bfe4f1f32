package org.bellwether.engine.vm;

import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bellwether.api.types.NicInterface;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.DataCenter;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.network.VnicProfile;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.store.Transaction;
import org.bellwether.engine.template.Template;

/** Network interfaces as they come from a document of a machine: plugged into what is here, with addresses that are free. */
final class OvfNics {

    private final Vms vms;
    private final Networks networks;

    OvfNics(Vms vms, Networks networks) {
        this.vms = vms;
        this.networks = networks;
    }

    /**
     * Writes them down for a machine or a template.
     *
     * @param cluster the machine's; a template's interfaces have no addresses
     * @param mapped profiles by the name of an interface or of its network, for what is to be plugged in elsewhere
     */
    void insert(
            Transaction tx,
            Optional<Id<DataCenter>> dataCenter,
            Optional<Id<Cluster>> cluster,
            List<OvfNic> nics,
            Map<String, Id<VnicProfile>> mapped,
            Optional<Id<Vm>> vm,
            Optional<Id<Template>> template,
            boolean freshMacs) {
        for (OvfNic nic : nics) {
            Id<Nic> id = Id.random();
            boolean keep = !freshMacs && !nic.mac().isEmpty() && vms.macIsFree(nic.mac());
            var profile = Optional.ofNullable(mapped.get(nic.name()))
                    .or(() -> Optional.ofNullable(mapped.get(nic.network())))
                    .or(() -> profile(dataCenter, nic).map(VnicProfile::id));
            vms.insertNic(
                    tx,
                    new Nic(
                            id,
                            nic.name(),
                            vm.orElse(null),
                            template.orElse(null),
                            profile.orElse(null),
                            cluster.isEmpty() ? null : keep ? nic.mac() : vms.freeMac(cluster.get(), id),
                            org.bellwether.api.types.Nic.builder()
                                    .interface_(
                                            switch (nic.model()) {
                                                case "e1000" -> NicInterface.E1000;
                                                case "e1000e" -> NicInterface.E1000E;
                                                case "rtl8139" -> NicInterface.RTL8139;
                                                default -> NicInterface.VIRTIO;
                                            })
                                    .linked(nic.linked())
                                    .plugged(nic.plugged())
                                    .build()));
        }
    }

    /** The profile of that name on the network of that name; a network that is not here leaves the interface unplugged. */
    private Optional<VnicProfile> profile(Optional<Id<DataCenter>> dataCenter, OvfNic nic) {
        return dataCenter.stream()
                .flatMap(id -> networks.ofDataCenter(id).stream())
                .filter(network -> network.name().equals(nic.network()))
                .flatMap(network -> networks.profilesOf(network.id()).stream())
                .sorted(Comparator.comparing(profile -> !profile.name().equals(nic.profile())))
                .findFirst();
    }
}
