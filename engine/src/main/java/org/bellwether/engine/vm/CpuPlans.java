package org.bellwether.engine.vm;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuPinningPolicy;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.CpuTune;
import org.bellwether.api.types.DynamicCpu;
import org.bellwether.api.types.VcpuPin;
import org.bellwether.engine.placement.CpuDemand;
import org.bellwether.engine.placement.CpuPlan;
import org.bellwether.engine.placement.CpuSet;
import org.bellwether.engine.placement.HostThread;
import org.bellwether.engine.platform.Failure;
import org.bellwether.protocol.CpuPin;
import org.bellwether.protocol.CpuPlacement;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MachineDefinition;
import org.jspecify.annotations.Nullable;

/** Where machines' processors run: what people say of it, what placement makes of that, and what agents are told. */
public final class CpuPlans {

    private CpuPlans() {}

    /** Refuses pins that libvirt would not read. */
    static void check(org.bellwether.api.types.Vm spec) {
        for (VcpuPin pin : pinsOf(spec)) {
            var set = pin.cpuSet();
            if (pin.vcpu() == null || pin.vcpu() < 0 || set == null) {
                throw Failure.badRequest("A CPU is pinned by its number and a set of the host's CPUs");
            }
            if (!CpuSet.valid(set)) {
                throw Failure.badRequest("'" + set + "' is no set of CPUs")
                        .because("a set is numbers and ranges, such as 0-3,^2,8");
            }
        }
    }

    /**
     * What a machine wants of a host's processors.
     *
     * @param nodes of the host, that its memory is to come from
     * @param plan what it was given when it was started, if it runs or was saved; null: nothing
     */
    static CpuDemand demand(
            org.bellwether.api.types.Vm spec,
            Optional<CpuDemand.Licence> licence,
            Set<Integer> nodes,
            @Nullable CpuPlan plan) {
        var pins = pins(spec);
        var kind = Optional.ofNullable(spec.cpuPinningPolicy())
                .map(policy -> switch (policy) {
                    case DEDICATED -> CpuDemand.Kind.DEDICATED;
                    case ISOLATE_THREADS -> CpuDemand.Kind.ISOLATED;
                    case RESIZE_AND_PIN_NUMA -> CpuDemand.Kind.RESIZED;
                    case NONE, MANUAL -> pins.isEmpty() ? CpuDemand.Kind.SHARED : CpuDemand.Kind.PINNED;
                })
                .orElse(pins.isEmpty() ? CpuDemand.Kind.SHARED : CpuDemand.Kind.PINNED);
        if (kind == CpuDemand.Kind.SHARED && licence.isEmpty() && nodes.isEmpty()) {
            return CpuDemand.SHARED;
        }
        return new CpuDemand(
                kind,
                Optional.ofNullable(spec.cpu())
                        .map(Cpu::topology)
                        .map(CpuTopology::threads)
                        .map(Math::toIntExact)
                        .orElse(1),
                kind == CpuDemand.Kind.PINNED ? pins : Map.of(),
                licence,
                nodes,
                Optional.ofNullable(plan).flatMap(given -> Optional.ofNullable(given.shape())));
    }

    /** Whether its processors are chosen when it starts: then it gets no further ones while it runs. */
    static boolean chosenAtStart(org.bellwether.api.types.Vm spec) {
        return spec.cpuPinningPolicy() == CpuPinningPolicy.DEDICATED
                || spec.cpuPinningPolicy() == CpuPinningPolicy.ISOLATE_THREADS
                || resized(spec);
    }

    /** Whether it has as many processors as the host on which it is started. */
    static boolean resized(org.bellwether.api.types.Vm spec) {
        return spec.cpuPinningPolicy() == CpuPinningPolicy.RESIZE_AND_PIN_NUMA;
    }

    /** A machine as it is where it runs: its processors are those that were decided, or follow from the host. */
    static org.bellwether.api.types.Vm shaped(org.bellwether.api.types.Vm spec, @Nullable CpuPlan plan) {
        var shape = plan == null ? null : plan.shape();
        if (shape == null) {
            return spec;
        }
        var cpu = Optional.ofNullable(spec.cpu()).orElse(Cpu.builder().build());
        return spec.toBuilder()
                .cpu(cpu.toBuilder().topology(topology(shape)).build())
                .build();
    }

    private static CpuTopology topology(CpuPlan.Shape shape) {
        return CpuTopology.builder()
                .sockets((long) shape.sockets())
                .cores((long) shape.cores())
                .threads((long) shape.threads())
                .build();
    }

    /** Where they run now, as the API shows what the engine chose; empty where it chose nothing. */
    static Optional<DynamicCpu> shown(Vm vm) {
        var running = vm.running();
        if (running == null || !chosenAtStart(running.spec())) {
            return Optional.empty();
        }
        var plan = running.cpus();
        if (plan == null || plan.pins().isEmpty()) {
            return Optional.empty();
        }
        var pins = new TreeMap<>(plan.pins())
                .entrySet().stream()
                        .map(pin -> VcpuPin.builder()
                                .vcpu((long) pin.getKey())
                                .cpuSet(pin.getValue())
                                .build())
                        .toList();
        var shown =
                DynamicCpu.builder().cpuTune(CpuTune.builder().vcpuPins(pins).build());
        Optional.ofNullable(shaped(running.spec(), plan).cpu())
                .map(Cpu::topology)
                .ifPresent(shown::topology);
        return Optional.of(shown.build());
    }

    private static Map<Integer, String> pins(org.bellwether.api.types.Vm spec) {
        Map<Integer, String> pins = new TreeMap<>();
        long cpus = count(spec);
        for (var pin : pinsOf(spec)) {
            if (pin.vcpu() != null && pin.cpuSet() != null && pin.vcpu() < cpus) {
                pins.put(Math.toIntExact(pin.vcpu()), pin.cpuSet());
            }
        }
        return pins;
    }

    private static List<VcpuPin> pinsOf(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.cpu())
                .map(Cpu::cpuTune)
                .map(CpuTune::vcpuPins)
                .orElse(List.of());
    }

    /** How many processors a machine has. */
    public static long count(org.bellwether.api.types.Vm spec) {
        var topology = Optional.ofNullable(spec.cpu()).map(Cpu::topology);
        return topology.map(CpuTopology::sockets).orElse(1L)
                * topology.map(CpuTopology::cores).orElse(1L)
                * topology.map(CpuTopology::threads).orElse(1L);
    }

    /** @param plan what was decided for the host where it is; null: nothing, as before the engine decided such things */
    static void add(MachineDefinition.Builder machine, org.bellwether.api.types.Vm spec, @Nullable CpuPlan plan) {
        var placement = placement(plan == null ? new CpuPlan(null, pins(spec), Set.of(), null) : plan);
        machine.setCpuSet(placement.getCpuSet())
                .setExclusiveCpus(placement.getExclusiveCpus())
                .addAllCpuPins(placement.getCpuPinsList());
    }

    /** The same for a host to which it goes. */
    static CpuPlacement placement(@Nullable CpuPlan plan) {
        var placement = CpuPlacement.newBuilder();
        if (plan != null) {
            placement.setExclusiveCpus(!plan.exclusive().isEmpty());
            Optional.ofNullable(plan.allowed()).ifPresent(placement::setCpuSet);
            new TreeMap<>(plan.pins())
                    .forEach((vcpu, set) -> placement.addCpuPins(
                            CpuPin.newBuilder().setVcpu(vcpu).setCpuSet(set)));
        }
        return placement.build();
    }

    /** A host's hardware threads, as it tells them. */
    public static List<HostThread> threads(HostDescription host) {
        return host.getCpu().getThreadsList().stream()
                .map(each -> new HostThread(each.getNumber(), each.getSocket(), each.getCore(), each.getNode()))
                .toList();
    }
}
