package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.api.types.Core;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.NumaNodePin;
import org.bellwether.api.types.NumaTuneMode;
import org.bellwether.api.types.VirtualNumaNode;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NumaNode;
import org.jspecify.annotations.Nullable;

/** Which processors and which memory of a guest lie together, and where on the host: said to agents, and checked. */
final class Numa {

    private static final long MIB = 1L << 20;
    private static final int MOST_NODES = 64;
    private static final long MOST_HOST_NODES = 1024;

    private Numa() {}

    /** Refuses what no guest can have. */
    static void check(String name, org.bellwether.api.types.Vm spec, List<VirtualNumaNode> nodes) {
        if (nodes.size() > MOST_NODES) {
            throw Failure.badRequest("A machine can have at most " + MOST_NODES + " NUMA nodes");
        }
        Set<Long> indexes = new HashSet<>();
        Set<Long> taken = new HashSet<>();
        long memory = 0;
        long cpus = cpus(spec);
        for (var node : nodes) {
            long index = Objects.requireNonNullElse(node.index(), -1L);
            if (index < 0 || index >= MOST_NODES || !indexes.add(index)) {
                throw Failure.badRequest("NUMA nodes are numbered from 0, and each number is there once")
                        .because("one has the number " + index);
            }
            long mib = Objects.requireNonNullElse(node.memory(), 0L);
            if (mib < 1) {
                throw Failure.badRequest("The NUMA node " + index + " has no memory");
            }
            memory = Math.addExact(memory, mib);
            for (long cpu : cpus(node)) {
                if (cpu < 0 || cpu >= cpus || !taken.add(cpu)) {
                    throw Failure.badRequest("The CPU " + cpu + " cannot be in the NUMA node " + index)
                            .because(
                                    cpu < 0 || cpu >= cpus
                                            ? "VM " + name + " has the CPUs 0 to " + (cpus - 1)
                                            : "it is in another one already");
                }
            }
            for (long host : hostNodes(node)) {
                if (host < 0 || host >= MOST_HOST_NODES) {
                    throw Failure.badRequest("No host has a NUMA node " + host);
                }
            }
        }
        if (memory > MachineDefinitions.memoryBytes(spec) / MIB) {
            throw Failure.badRequest("The NUMA nodes of VM " + name + " have more memory than the machine")
                    .because("they have " + memory + " MiB, and it has " + MachineDefinitions.memoryBytes(spec) / MIB);
        }
    }

    /** The nodes of its host that its memory is to come from. */
    static Set<Integer> pinnedTo(Vm vm) {
        return CpuPlans.resized(vm.effective())
                ? Set.of()
                : vm.numa().stream()
                        .flatMap(node -> hostNodes(node).stream())
                        .map(Math::toIntExact)
                        .collect(Collectors.toSet());
    }

    /** Those that were decided, or those that the machine has because its host has them. */
    static List<VirtualNumaNode> of(
            org.bellwether.api.types.Vm spec, @Nullable CpuPlan plan, List<VirtualNumaNode> decided) {
        var shape = plan == null ? null : plan.shape();
        if (shape == null) {
            return decided;
        }
        long each = MachineDefinitions.memoryBytes(spec) / MIB / shape.cells().size();
        List<VirtualNumaNode> nodes = new ArrayList<>();
        for (var cell : shape.cells()) {
            nodes.add(VirtualNumaNode.builder()
                    .index((long) nodes.size())
                    .memory(each)
                    .cpu(Cpu.builder()
                            .cores(cell.cpus().stream()
                                    .map(cpu -> Core.builder().index((long) cpu).build())
                                    .toList())
                            .build())
                    .numaTuneMode(spec.numaTuneMode())
                    .numaNodePins(List.of(
                            NumaNodePin.builder().index((long) cell.node()).build()))
                    .build());
        }
        return nodes;
    }

    /**
     * What belongs to no node, memory and processors that can be plugged in among them, belongs to the last one: a guest whose
     * nodes do not have all of it does not start.
     */
    static void add(MachineDefinition.Builder machine, org.bellwether.api.types.Vm spec, List<VirtualNumaNode> nodes) {
        long left = MachineDefinitions.memoryBytes(spec);
        Set<Long> rest = new HashSet<>();
        for (long cpu = 0; cpu < MachineDefinitions.mostSockets(spec) * perSocket(spec); cpu++) {
            rest.add(cpu);
        }
        nodes.forEach(node -> cpus(node).forEach(rest::remove));
        for (int at = 0; at < nodes.size(); at++) {
            var node = nodes.get(at);
            boolean last = at == nodes.size() - 1;
            long bytes = last ? left : Math.min(left, Objects.requireNonNullElse(node.memory(), 0L) * MIB);
            left -= bytes;
            var wire = NumaNode.newBuilder().setMemoryBytes(bytes).setTuneMode(mode(node));
            cpus(node).forEach(cpu -> wire.addCpus(Math.toIntExact(cpu)));
            if (last) {
                rest.stream().sorted().forEach(cpu -> wire.addCpus(Math.toIntExact(cpu)));
            }
            hostNodes(node).forEach(host -> wire.addHostNodes(Math.toIntExact(host)));
            machine.addNumaNodes(wire);
        }
    }

    private static List<Long> cpus(VirtualNumaNode node) {
        return Optional.ofNullable(node.cpu()).map(Cpu::cores).orElse(List.of()).stream()
                .map(Core::index)
                .filter(Objects::nonNull)
                .toList();
    }

    private static List<Long> hostNodes(VirtualNumaNode node) {
        return Optional.ofNullable(node.numaNodePins()).orElse(List.of()).stream()
                .map(NumaNodePin::index)
                .filter(Objects::nonNull)
                .toList();
    }

    private static String mode(VirtualNumaNode node) {
        var mode = node.numaTuneMode();
        return (mode == null ? NumaTuneMode.INTERLEAVE : mode).wire();
    }

    private static long perSocket(org.bellwether.api.types.Vm spec) {
        var topology = Optional.ofNullable(spec.cpu()).map(Cpu::topology);
        return topology.map(CpuTopology::cores).orElse(1L)
                * topology.map(CpuTopology::threads).orElse(1L);
    }

    private static long cpus(org.bellwether.api.types.Vm spec) {
        return CpuPlans.count(spec);
    }
}
