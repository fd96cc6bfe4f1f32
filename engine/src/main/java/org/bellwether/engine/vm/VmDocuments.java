package org.bellwether.engine.vm;

import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Architecture;
import org.bellwether.api.types.Cluster;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuProfile;
import org.bellwether.api.types.GuestOperatingSystem;
import org.bellwether.api.types.Host;
import org.bellwether.api.types.Icon;
import org.bellwether.api.types.Kernel;
import org.bellwether.api.types.Quota;
import org.bellwether.api.types.Template;
import org.bellwether.api.types.TimeZone;
import org.bellwether.api.types.Version;
import org.bellwether.engine.inventory.Seeds;
import org.bellwether.engine.template.FirstBootSettings;
import org.bellwether.protocol.GuestData;
import org.bellwether.protocol.MachineState;

/** Machines as the API shows them: what was decided, and what is observed. */
final class VmDocuments {

    private final Vms vms;
    private final ObservedMachines observed;
    private final VmRules rules;

    VmDocuments(Vms vms, ObservedMachines observed, VmRules rules) {
        this.vms = vms;
        this.observed = observed;
        this.rules = rules;
    }

    /**
     * @param administrator only administrators see on which host a machine runs
     * @param nextRun whether what it has at its next start is wanted, and not what it runs with
     */
    org.bellwether.api.types.Vm of(Vm vm, boolean administrator, boolean nextRun) {
        var status = vms.status(vm);
        var running = vm.running();
        var spec = nextRun ? vm.spec() : vm.effective();
        var document = spec.toBuilder()
                .id(vm.id().toString())
                .name(vm.name())
                .status(wire(status))
                .cluster(Cluster.builder().id(vm.cluster().toString()).build())
                .template(template(vm.template().value()))
                .originalTemplate(
                        vm.spec().originalTemplate() == null
                                ? template(vm.template().value())
                                : vm.spec().originalTemplate())
                .smallIcon(Icon.builder().id(Seeds.SMALL_ICON.toString()).build())
                .largeIcon(Icon.builder().id(Seeds.LARGE_ICON.toString()).build())
                .creationTime(vm.created())
                .nextRunConfigurationExists(running != null && running.pending())
                .watchdogs(null)
                .hostDevices(null)
                .runOnce(running != null && running.once())
                .initialization(FirstBootSettings.shown(spec.initialization()));
        if (spec.cpuProfile() == null) {
            rules.cpuProfile()
                    .apply(vm.cluster())
                    .ifPresent(id -> document.cpuProfile(
                            CpuProfile.builder().id(id.toString()).build()));
        }
        if (spec.quota() == null) {
            rules.quota()
                    .apply(vm.cluster())
                    .ifPresent(id ->
                            document.quota(Quota.builder().id(id.toString()).build()));
        }
        document.cpu(Optional.ofNullable(spec.cpu())
                .map(Cpu::toBuilder)
                .orElseGet(Cpu::builder)
                .architecture(Architecture.X86_64)
                .build());
        Optional.ofNullable(vm.started()).filter(any -> vm.host() != null).ifPresent(document::startTime);
        Optional.ofNullable(vm.stopped()).filter(any -> vm.host() == null).ifPresent(document::stopTime);
        Optional.ofNullable(vm.stopReason()).filter(any -> vm.host() == null).ifPresent(document::stopReason);
        document.dynamicCpu(null);
        vm.hostId().ifPresent(host -> {
            if (administrator) {
                // The host's processors by their numbers are nobody else's business.
                CpuPlans.shown(vm).ifPresent(document::dynamicCpu);
                document.host(Host.builder().id(host.toString()).build());
            }
            observed.on(host, vm.id()).ifPresent(machine -> observe(document, machine));
        });
        return document.build();
    }

    private static Template template(UUID id) {
        return Template.builder().id(id.toString()).build();
    }

    private static void observe(org.bellwether.api.types.Vm.Builder document, MachineState machine) {
        if (machine.hasGuest()) {
            guest(document, machine.getGuest());
        }
        switch (machine.getPauseReason()) {
            case PAUSE_NO_SPACE -> document.statusDetail("enospc");
            case PAUSE_IO_ERROR -> document.statusDetail("eio");
            case PAUSE_OTHER, PAUSE_POSTCOPY_FAILED -> document.statusDetail("eother");
            case PAUSE_NONE, PAUSE_USER, PAUSE_MIGRATION, PAUSE_STARTING, UNRECOGNIZED -> {
                // A pause that somebody wanted needs no detail.
            }
        }
    }

    private static void guest(org.bellwether.api.types.Vm.Builder document, GuestData guest) {
        document.fqdn(guest.getHostName());
        document.guestOperatingSystem(GuestOperatingSystem.builder()
                .architecture(guest.getArchitecture())
                .codename("")
                .distribution(guest.getOsPrettyName().isBlank() ? guest.getOsName() : guest.getOsPrettyName())
                .family("Linux")
                .kernel(Kernel.builder()
                        .version(version(guest.getKernelRelease()))
                        .build())
                .version(version(guest.getOsVersion()))
                .build());
        document.guestTimeZone(TimeZone.builder()
                .name(guest.getTimeZone())
                .utcOffset(offset(guest.getUtcOffsetSeconds()))
                .build());
    }

    private static String offset(int seconds) {
        int minutes = Math.abs(seconds) / 60;
        return String.format(java.util.Locale.ROOT, "%s%02d:%02d", seconds < 0 ? "-" : "+", minutes / 60, minutes % 60);
    }

    /** "12.5" as its numbers, and whole as it was. */
    private static Version version(String text) {
        var numbers = text.split("[^0-9]+");
        var version = Version.builder().fullVersion(text);
        if (numbers.length > 0 && !numbers[0].isEmpty()) {
            version.major(Long.parseLong(numbers[0]));
        }
        if (numbers.length > 1 && !numbers[1].isEmpty()) {
            version.minor(Long.parseLong(numbers[1]));
        }
        return version.build();
    }

    private static org.bellwether.api.types.VmStatus wire(VmStatus status) {
        return switch (status) {
            case DOWN -> org.bellwether.api.types.VmStatus.DOWN;
            case IMAGE_LOCKED -> org.bellwether.api.types.VmStatus.IMAGE_LOCKED;
            case MIGRATING -> org.bellwether.api.types.VmStatus.MIGRATING;
            case NOT_RESPONDING -> org.bellwether.api.types.VmStatus.NOT_RESPONDING;
            case PAUSED -> org.bellwether.api.types.VmStatus.PAUSED;
            case POWERING_DOWN -> org.bellwether.api.types.VmStatus.POWERING_DOWN;
            case POWERING_UP -> org.bellwether.api.types.VmStatus.POWERING_UP;
            case REBOOT_IN_PROGRESS -> org.bellwether.api.types.VmStatus.REBOOT_IN_PROGRESS;
            case RESTORING_STATE -> org.bellwether.api.types.VmStatus.RESTORING_STATE;
            case SAVING_STATE -> org.bellwether.api.types.VmStatus.SAVING_STATE;
            case SUSPENDED -> org.bellwether.api.types.VmStatus.SUSPENDED;
            case UNKNOWN -> org.bellwether.api.types.VmStatus.UNKNOWN;
            case UP -> org.bellwether.api.types.VmStatus.UP;
            case WAIT_FOR_LAUNCH -> org.bellwether.api.types.VmStatus.WAIT_FOR_LAUNCH;
        };
    }
}
