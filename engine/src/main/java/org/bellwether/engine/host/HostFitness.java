package org.bellwether.engine.host;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.network.Network;
import org.bellwether.engine.network.Networks;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.NetworkInterface;

/** Whether a host can serve its cluster: its processor, and the networks it must have. */
public final class HostFitness {

    private final Clusters clusters;
    private final CpuTypes cpuTypes;
    private final Networks networks;
    private final Carriers carriers;

    /** Finds a network on a host: where it is to be is decided by a feature above this one. */
    public interface Carriers {
        /** What bears the network's name or addresses there. */
        Optional<NetworkInterface> device(Host host, Network network, HostDescription description);
    }

    public HostFitness(Clusters clusters, CpuTypes cpuTypes, Networks networks, Carriers carriers) {
        this.clusters = clusters;
        this.cpuTypes = cpuTypes;
        this.networks = networks;
        this.carriers = carriers;
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
        networks.requiredIn(decided.id())
                .forEach(network -> lacking(host, description, network).ifPresent(reasons::add));
        return reasons;
    }

    /** Why the host cannot serve a network: it does not have it, or all that carries it is without a link. */
    Optional<String> lacking(Host host, HostDescription description, Network network) {
        var device = carriers.device(host, network, description);
        if (device.isEmpty()) {
            return Optional.of("it lacks the required network " + network.name());
        }
        var ports = Networks.forMachines(network)
                ? description.getInterfacesList().stream()
                        .filter(link -> link.getBridge().equals(network.name()))
                        .toList()
                : List.of(device.get());
        if (!ports.isEmpty() && ports.stream().noneMatch(NetworkInterface::getUp)) {
            return Optional.of("the required network " + network.name() + " has no link on "
                    + ports.stream().map(NetworkInterface::getName).collect(Collectors.joining(", ")));
        }
        return Optional.empty();
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
