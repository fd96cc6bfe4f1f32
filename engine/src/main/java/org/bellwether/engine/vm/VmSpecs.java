package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.Set;
import org.bellwether.api.types.MemoryPolicy;
import org.bellwether.engine.platform.Decided;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.template.FirstBootSettings;

/** The decided part of machines: what is taken from a request, its defaults and its limits. */
final class VmSpecs {

    private static final Set<String> OBSERVED = Set.of(
            "creation_time",
            "custom_compatibility_version",
            "dynamic_cpu",
            "fqdn",
            "guest_operating_system",
            "guest_time_zone",
            "has_illegal_images",
            "next_run_configuration_exists",
            "origin",
            "payloads",
            "run_once",
            "start_time",
            "status",
            "status_detail",
            "stop_reason",
            "stop_time");
    private static final Set<String> KEPT_LINKS = Set.of("cpu_profile", "quota", "instance_type");

    private static final long LEAST_MEMORY_BYTES = 16L << 20;
    private static final long MOST_MEMORY_BYTES = 16L << 40;
    /** How much larger than its memory a machine may grow by hot-plug unless it says more or less. */
    private static final long HOT_PLUG_FACTOR = 4;

    private static final long MOST_CPUS = 710;

    private VmSpecs() {}

    static org.bellwether.api.types.Vm defaults() {
        return Holder.DEFAULTS;
    }

    private static final class Holder {
        static final org.bellwether.api.types.Vm DEFAULTS =
                Decided.defaults(VmSpecs.class, "vm-defaults.json", org.bellwether.api.types.Vm.TYPE);
    }

    /** What a request decides, over what was decided before. */
    static org.bellwether.api.types.Vm over(org.bellwether.api.types.Vm before, org.bellwether.api.types.Vm request) {
        var decided = Decided.of(org.bellwether.api.types.Vm.TYPE, request, OBSERVED, KEPT_LINKS);
        var merged = org.bellwether.api.types.Vm.TYPE.merge(before, decided);
        if (decided.initialization() != null) {
            merged = merged.toBuilder()
                    .initialization(FirstBootSettings.over(
                            before.initialization(), decided.initialization(), FirstBootSettings.windows(merged.os())))
                    .build();
        }
        return checked(merged, request);
    }

    private static org.bellwether.api.types.Vm checked(
            org.bellwether.api.types.Vm spec, org.bellwether.api.types.Vm request) {
        long memory = Optional.ofNullable(spec.memory()).orElse(MachineDefinitions.DEFAULT_MEMORY_BYTES);
        if (memory < LEAST_MEMORY_BYTES || memory > MOST_MEMORY_BYTES) {
            throw Failure.badRequest("The memory of a machine must be between 16 MiB and 16 TiB")
                    .because("it is " + memory + " bytes");
        }
        checkTopology(spec);
        Devices.check(spec);
        TimeZones.check(request);
        var asked = Optional.ofNullable(request.memoryPolicy());
        var known = Optional.ofNullable(spec.memoryPolicy())
                .orElse(MemoryPolicy.builder().build());
        // A new memory moves the limits that nobody gave with it; a limit that was given stays and is checked.
        boolean memoryAsked = request.memory() != null;
        long guaranteed = asked.map(MemoryPolicy::guaranteed)
                .orElseGet(() -> memoryAsked || known.guaranteed() == null ? memory : known.guaranteed());
        long most = asked.map(MemoryPolicy::max)
                .orElseGet(() -> memoryAsked || known.max() == null
                        ? Math.min(memory * HOT_PLUG_FACTOR, MOST_MEMORY_BYTES)
                        : known.max());
        if (guaranteed > memory) {
            throw Failure.badRequest("The guaranteed memory cannot be more than the memory")
                    .because("guaranteed are " + guaranteed + " bytes of " + memory);
        }
        if (most < memory) {
            throw Failure.badRequest("The maximum memory cannot be less than the memory")
                    .because("the maximum is " + most + " bytes, the memory " + memory);
        }
        return spec.toBuilder()
                .memory(memory)
                .memoryPolicy(known.toBuilder().guaranteed(guaranteed).max(most).build())
                .build();
    }

    private static void checkTopology(org.bellwether.api.types.Vm spec) {
        var cpu = spec.cpu();
        var topology = cpu == null ? null : cpu.topology();
        if (topology == null) {
            return;
        }
        long sockets =
                positive("sockets", Optional.ofNullable(topology.sockets()).orElse(1L));
        long cores = positive("cores", Optional.ofNullable(topology.cores()).orElse(1L));
        long threads =
                positive("threads", Optional.ofNullable(topology.threads()).orElse(1L));
        if (Math.multiplyExact(Math.multiplyExact(sockets, cores), threads) > MOST_CPUS) {
            throw Failure.badRequest("A machine can have at most " + MOST_CPUS + " CPUs")
                    .because(sockets + " sockets with " + cores + " cores with " + threads + " threads are more");
        }
    }

    private static long positive(String what, long number) {
        if (number < 1 || number > MOST_CPUS) {
            throw Failure.badRequest("The number of " + what + " must be between 1 and " + MOST_CPUS)
                    .because("it is " + number);
        }
        return number;
    }
}
