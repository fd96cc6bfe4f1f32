package org.bellwether.engine.host;

import java.util.ArrayList;
import java.util.List;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.network.Networks;
import org.bellwether.protocol.Bridge;
import org.bellwether.protocol.HostDescription;

/** Whether a host can serve its cluster: its processor, and the networks it must have. */
public final class HostFitness {

    private final Clusters clusters;
    private final CpuTypes cpuTypes;
    private final Networks networks;

    public HostFitness(Clusters clusters, CpuTypes cpuTypes, Networks networks) {
        this.clusters = clusters;
        this.cpuTypes = cpuTypes;
        this.networks = networks;
    }

    /** Why it cannot, in words; empty when it can. The first host of a cluster without a CPU type decides the type. */
    List<String> unfit(Host host, HostDescription description) {
        var reasons = new ArrayList<String>();
        var cluster = clusters.get(host.cluster());
        if (cluster.cpuType() == null) {
            cpuTypes.detect(description)
                    .ifPresentOrElse(
                            type -> clusters.decideCpuType(cluster.id(), type),
                            () -> reasons.add("no known CPU type fits its processor "
                                    + description.getCpu().getModelName()));
        }
        var decided = clusters.get(host.cluster());
        reasons.addAll(missingForCpu(decided, description));
        var bridges = description.getBridgesList().stream().map(Bridge::getName).toList();
        networks.requiredIn(decided.id()).stream()
                .filter(network -> !bridges.contains(network))
                .forEach(network -> reasons.add("it lacks the required network " + network));
        return reasons;
    }

    private List<String> missingForCpu(Cluster cluster, HostDescription description) {
        var name = cluster.cpuType();
        if (name == null) {
            return List.of();
        }
        return cpuTypes.named(name).map(type -> cpuTypes.missing(type, description)).orElse(List.of()).stream()
                .map(missing -> "for the cluster's CPU type " + name + " it lacks " + missing)
                .toList();
    }
}
