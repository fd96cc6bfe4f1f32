package org.bellwether.engine.host;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import org.bellwether.api.types.Core;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.NumaNode;
import org.bellwether.api.types.Statistic;
import org.bellwether.api.types.StatisticUnit;
import org.bellwether.engine.inventory.StatisticsApi;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.platform.http.ApiRequest;
import org.bellwether.engine.platform.http.ApiRoutes;
import org.bellwether.engine.platform.http.Reply;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MemoryNode;

/**
 * The parts that a host's memory has (NUMA), each with the processors that are near to it, on the wire: what nodes of machines are
 * pinned to. As the host told them last; none of a host that was not heard of yet.
 */
public final class HostNumaApi {

    private static final long MIB = 1L << 20;

    private final Hosts hosts;

    public HostNumaApi(Hosts hosts) {
        this.hosts = hosts;
    }

    public void serve(ApiRoutes routes, StatisticsApi statistics) {
        routes.read("host_numa_nodes", "list", request -> {
            var host = host(request);
            return Reply.list(request.limited(nodes(host)).stream().map(node -> shown(host, node)));
        });
        routes.read("host_numa_node", "get", request -> {
            var host = host(request);
            return Reply.of(shown(host, node(request, host)));
        });
        statistics.source("host_numa_node", request -> statistics(node(request, host(request))));
    }

    private Host host(ApiRequest request) {
        return hosts.get(request.id(0));
    }

    private MemoryNode node(ApiRequest request, Host host) {
        return nodes(host).stream()
                .filter(node -> id(host.id(), node).equals(request.pathId(1)))
                .findFirst()
                .orElseThrow(() ->
                        Failure.notFound("Host " + host.name() + " has no NUMA node with the id " + request.pathId(1)));
    }

    private List<MemoryNode> nodes(Host host) {
        return description(host).map(HostDescription::getMemoryNodesList).orElse(List.of());
    }

    private Optional<HostDescription> description(Host host) {
        return hosts.observed(host.id()).description();
    }

    private static List<Statistic> statistics(MemoryNode node) {
        return List.of(StatisticsApi.whole("memory.total", "Total memory", StatisticUnit.BYTES, node.getMemoryBytes()));
    }

    /** What is called a core here is what the kernel numbers as a processor, as clients of the API know it. */
    private NumaNode shown(Host host, MemoryNode node) {
        var near = description(host).stream()
                .flatMap(description -> description.getCpu().getThreadsList().stream())
                .filter(thread -> thread.getNode() == node.getNumber())
                .map(thread -> Core.builder()
                        .index((long) thread.getNumber())
                        .socket((long) thread.getSocket())
                        .build())
                .toList();
        return NumaNode.builder()
                .id(id(host.id(), node))
                .name("node" + node.getNumber())
                .index((long) node.getNumber())
                .memory(node.getMemoryBytes() / MIB)
                .cpu(Cpu.builder().cores(near).build())
                .nodeDistance(
                        node.getDistancesList().stream().map(String::valueOf).collect(Collectors.joining(";")))
                .host(org.bellwether.api.types.Host.builder()
                        .id(host.id().toString())
                        .build())
                .build();
    }

    /** Stays the same as long as the host has that node. */
    private static String id(Id<Host> host, MemoryNode node) {
        return UUID.nameUUIDFromBytes((host + " node" + node.getNumber()).getBytes(StandardCharsets.UTF_8))
                .toString();
    }
}
