package org.bellwether.engine.vm;

import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import org.bellwether.engine.host.Hosts;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.placement.Resident;
import org.bellwether.engine.placement.Resident.Proof;
import org.bellwether.engine.placement.WhatIf;
import org.bellwether.engine.placement.WhatIf.Fate;
import org.bellwether.engine.placement.WhatIf.Loss;
import org.bellwether.engine.placement.WhatIf.Risk;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.power.HostPower;

/** What would follow if a part of a cluster failed, asked of placement with what is known now. Nothing is done. */
final class Foresight {

    private final Vms vms;
    private final Hosts hosts;
    private final ClusterView view;
    private final HostPower power;

    Foresight(Vms vms, Hosts hosts, ClusterView view, HostPower power) {
        this.vms = vms;
        this.hosts = hosts;
        this.view = view;
        this.power = power;
    }

    List<Fate> follows(Id<Cluster> cluster, Loss loss) {
        return WhatIf.follows(loss, residents(cluster, _ -> true), view.situation(cluster));
    }

    List<Risk> ofEachHost(Id<Cluster> cluster) {
        var machines = residents(cluster, Vm::highlyAvailable);
        return machines.isEmpty() ? List.of() : WhatIf.ofEachHost(machines, view.situation(cluster));
    }

    private List<Resident> residents(Id<Cluster> cluster, Predicate<Vm> wanted) {
        return vms.ofCluster(cluster).stream()
                .filter(wanted)
                .flatMap(vm -> view
                        .place(vm)
                        .map(host -> new Resident(
                                view.demand(vm, Optional.empty(), Optional.empty(), false)
                                        .anew(),
                                host.value(),
                                proof(vm)))
                        .stream())
                .toList();
    }

    /** As restarts do: the lease is the proof where there is one, because it also binds a machine whose host is off. */
    private Proof proof(Vm vm) {
        if (vm.leaseDomain().isPresent()) {
            return Proof.LEASE;
        }
        return view.place(vm)
                        .flatMap(hosts.model()::find)
                        .filter(host -> power.managed(host) && power.hasProxy(host))
                        .isPresent()
                ? Proof.POWER
                : Proof.PERSON;
    }
}
