package org.bellwether.engine.vm;

import java.util.Set;
import org.bellwether.api.StructBuilder;
import org.bellwether.engine.placement.CpuPlan;
import org.jspecify.annotations.Nullable;

/**
 * What a machine that a host has runs with: what was decided of it when it was started, and what was changed on it since.
 * What was decided meanwhile and cannot be changed while it runs waits in the machine's own record for its next start.
 *
 * @param once whether it was started with other settings than its own, for this one run
 * @param pending whether something waits for its next start
 * @param firstBoot whether its guest finds the settings for its first boot
 * @param cd the disk that is in its CD drive
 * @param cpus where on its host its processors run; null: anywhere
 */
public record Running(
        org.bellwether.api.types.Vm spec,
        boolean once,
        boolean pending,
        boolean firstBoot,
        @Nullable String cd,
        @Nullable CpuPlan cpus) {

    /** What makes a running machine what it is: QEMU would have to be started anew for it. */
    private static final Set<String> COLD = Set.of(
            "bios",
            "console",
            "cpu",
            "cpu_pinning_policy",
            "cpu_tune",
            "custom_cpu_model",
            "custom_emulated_machine",
            "custom_properties",
            "display",
            "host_devices",
            "initialization",
            "io",
            "memory",
            "memory_policy",
            "multi_queues_enabled",
            "numa_nodes",
            "numa_tune_mode",
            "os",
            "rng_device",
            "serial_number",
            "soundcard_enabled",
            "stateless",
            "storage_error_resume_behaviour",
            "time_zone",
            "tpm_enabled",
            "usb",
            "virtio_scsi",
            "virtio_scsi_multi_queues",
            "virtio_scsi_multi_queues_enabled",
            "watchdogs");

    static Running asDecided(Vm vm) {
        return new Running(vm.spec(), false, false, firstBoot(vm), vm.cd(), null);
    }

    /** The settings for the first boot are there for a machine that has never been started. */
    static boolean firstBoot(Vm vm) {
        return vm.started() == null;
    }

    /** What runs on after a new decision: the new one, but for what only a new start brings. */
    static org.bellwether.api.types.Vm keeping(org.bellwether.api.types.Vm now, org.bellwether.api.types.Vm decided) {
        StructBuilder<org.bellwether.api.types.Vm> kept = org.bellwether.api.types.Vm.TYPE.newBuilder();
        for (var attribute : org.bellwether.api.types.Vm.TYPE.attributes()) {
            kept.set(attribute, (COLD.contains(attribute.name()) ? now : decided).value(attribute));
        }
        return kept.build();
    }

    /** This, going on with other settings after a decision. */
    Running with(org.bellwether.api.types.Vm changed, boolean waits) {
        return new Running(changed, once, waits, firstBoot, cd, cpus);
    }

    Running withCd(@Nullable String disk) {
        return new Running(spec, once, pending, firstBoot, disk, cpus);
    }

    /** This, on a host where it was decided to run there. */
    Running on(@Nullable CpuPlan plan) {
        return new Running(spec, once, pending, firstBoot, cd, plan == null || plan.anywhere() ? null : plan);
    }
}
