package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.bellwether.api.types.Bios;
import org.bellwether.api.types.BiosType;
import org.bellwether.api.types.Boot;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.CustomProperty;
import org.bellwether.api.types.DiskInterface;
import org.bellwether.api.types.HighAvailability;
import org.bellwether.api.types.Initialization;
import org.bellwether.api.types.MemoryPolicy;
import org.bellwether.api.types.OperatingSystem;
import org.bellwether.api.types.VmType;
import org.bellwether.api.types.Watchdog;
import org.bellwether.api.types.WatchdogModel;
import org.bellwether.engine.ovf.OvfEquipment;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.platform.PasswordCrypt;
import org.bellwether.engine.template.FirstBootSettings;

/** What becomes of a machine that comes with a document, whoever wrote that. */
final class OvfSpecs {

    private static final long MIB = 1L << 20;

    private final CustomProperties known;

    OvfSpecs(CustomProperties known) {
        this.known = known;
    }

    /**
     * A machine as it is decided here.
     *
     * @param lost what of it this engine does not take, in words
     * @param lease the id of the storage domain where its lease was; it has none here yet
     */
    record Arrived(org.bellwether.api.types.Vm spec, List<String> lost, Optional<String> lease) {
        Arrived {
            lost = List.copyOf(lost);
        }

        /** The same, with one more thing that is not taken. */
        Arrived but(String what) {
            var more = new ArrayList<>(lost);
            more.add(what);
            return new Arrived(spec, more, lease);
        }

        /** The end of a sentence that says so. */
        String without() {
            return lost.isEmpty() ? "" : ", without " + String.join(" and ", lost);
        }
    }

    Arrived of(OvfMachine machine) {
        var lost = new ArrayList<String>();
        var equipment = machine.equipment();
        var spec = plain(machine)
                .tpmEnabled(equipment.tpm())
                .soundcardEnabled(equipment.sound())
                .customProperties(properties(equipment, lost));
        equipment.firstBoot().ifPresent(init -> spec.initialization(kept(init, machine.osType(), lost)));
        var asked = org.bellwether.api.types.Vm.TYPE.merge(spec.build(), settings(equipment.settings(), lost));
        var decided = VmSpecs.over(VmSpecs.defaults(), asked);
        // A watchdog is an object of its own for clients, and no part of what they send with a machine.
        return new Arrived(
                equipment
                        .watchdog()
                        .map(action -> decided.toBuilder()
                                .watchdogs(List.of(Watchdog.builder()
                                        .id(UUID.randomUUID().toString())
                                        .model(WatchdogModel.I6300ESB)
                                        .action(action)
                                        .build()))
                                .build())
                        .orElse(decided),
                lost,
                Optional.ofNullable(equipment.settings().lease())
                        .filter(_ -> machine.highlyAvailable())
                        .map(lease -> lease.storageDomain())
                        .map(domain -> domain.id()));
    }

    /** What no machine here can have is left out; the machine itself comes all the same. */
    private static org.bellwether.api.types.Vm settings(org.bellwether.api.types.Vm told, List<String> lost) {
        var kept = told.toBuilder().lease(null);
        var zone = told.timeZone() == null ? null : told.timeZone().name();
        if (zone != null && TimeZones.zone(zone).isEmpty()) {
            lost.add("its time zone, which nobody here knows");
            kept.timeZone(null);
        }
        if (told.customEmulatedMachine() != null && !Devices.plain(told.customEmulatedMachine())) {
            lost.add("its kind of machine, which is none of libvirt's");
            kept.customEmulatedMachine(null);
        }
        if (told.customCpuModel() != null && !Devices.plain(told.customCpuModel())) {
            lost.add("its CPU model, which is none of libvirt's");
            kept.customCpuModel(null);
        }
        return kept.build();
    }

    private List<CustomProperty> properties(OvfEquipment equipment, List<String> lost) {
        var kept = new ArrayList<CustomProperty>();
        equipment.properties().forEach((name, value) -> {
            if (known.allow(name, value)) {
                kept.add(CustomProperty.builder().name(name).value_(value).build());
            } else {
                lost.add("its custom property " + (name.length() > 64 ? name.substring(0, 64) + "…" : name)
                        + ", which this engine does not have with such a value");
            }
        });
        return kept;
    }

    /** Windows takes no hash, and nothing else is kept; of other guests a password becomes its hash. */
    private static Initialization kept(Initialization init, String osType, List<String> lost) {
        var password = init.rootPassword();
        if (password == null
                || password.isEmpty()
                || PasswordCrypt.isHash(password)
                || !FirstBootSettings.windows(osType)) {
            return init;
        }
        lost.add("the password for its first boot, which cannot be kept for Windows");
        return init.toBuilder().rootPassword(null).build();
    }

    private static org.bellwether.api.types.Vm.Builder plain(OvfMachine machine) {
        var boot = machine.equipment().boot();
        return org.bellwether.api.types.Vm.builder()
                .description(machine.description())
                .memory(machine.memoryMib() * MIB)
                .memoryPolicy(MemoryPolicy.builder()
                        .guaranteed(Math.min(machine.guaranteedMib(), machine.memoryMib()) * MIB)
                        .max(machine.maxMib() * MIB)
                        .ballooning(machine.ballooning())
                        .build())
                .cpu(Cpu.builder()
                        .topology(CpuTopology.builder()
                                .sockets((long) machine.sockets())
                                .cores((long) machine.cores())
                                .threads((long) machine.threads())
                                .build())
                        .build())
                .os(OperatingSystem.builder()
                        .type(machine.osType())
                        .boot(
                                boot.isEmpty()
                                        ? null
                                        : Boot.builder().devices(boot).build())
                        .build())
                .bios(Bios.builder()
                        .type(
                                switch (machine.biosType()) {
                                    case 0 -> BiosType.I440FX_SEA_BIOS;
                                    case 2 -> BiosType.Q35_OVMF;
                                    case 3 -> BiosType.Q35_SECURE_BOOT;
                                    default -> BiosType.Q35_SEA_BIOS;
                                })
                        .build())
                .type(
                        machine.kind() == 0
                                ? VmType.DESKTOP
                                : machine.kind() == 2 ? VmType.HIGH_PERFORMANCE : VmType.SERVER)
                .highAvailability(HighAvailability.builder()
                        .enabled(machine.highlyAvailable())
                        .priority((long) machine.priority())
                        .build());
    }

    static DiskInterface bus(String bus) {
        return switch (bus) {
            case "virtio_scsi" -> DiskInterface.VIRTIO_SCSI;
            case "sata" -> DiskInterface.SATA;
            case "ide" -> DiskInterface.IDE;
            default -> DiskInterface.VIRTIO;
        };
    }
}
