package org.bellwether.engine.vm;

import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.bellwether.api.types.BiosType;
import org.bellwether.api.types.BootDevice;
import org.bellwether.api.types.Cpu;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.DiskInterface;
import org.bellwether.api.types.ScsiGenericIO;
import org.bellwether.api.types.VmStorageErrorResumeBehaviour;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.inventory.CpuTypes;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.storage.Volumes;
import org.bellwether.engine.template.Screens;
import org.bellwether.protocol.CpuDefinition;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.GraphicsDevice;
import org.bellwether.protocol.IoLimits;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NicDevice;
import org.bellwether.protocol.StorageErrorBehaviour;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.jspecify.annotations.Nullable;

/** Says to agents, in their words, what a machine is made of. */
public final class MachineDefinitions {

    /** What a machine has that was added without saying. */
    static final long DEFAULT_MEMORY_BYTES = 1L << 30;

    /** What clients know a machine's one CD drive by. */
    static final String CD_DRIVE = "00000000-0000-0000-0000-000000000000";

    private static final long USUAL_SOCKETS = 16;
    /** More need an interrupt controller that not every guest knows. */
    private static final long MOST_PLUGGABLE_CPUS = 240;

    private final Clusters clusters;
    private final CpuTypes cpuTypes;
    private final NicDevices nics;
    private final Disks disks;
    private final Function<Disk, Optional<IoLimits>> limits;

    /** @param limits what a disk's I/O is held to */
    public MachineDefinitions(
            Clusters clusters,
            CpuTypes cpuTypes,
            NicDevices nics,
            Disks disks,
            Function<Disk, Optional<IoLimits>> limits) {
        this.clusters = clusters;
        this.cpuTypes = cpuTypes;
        this.nics = nics;
        this.disks = disks;
        this.limits = limits;
    }

    static long memoryBytes(Vm vm) {
        return memoryBytes(vm.effective());
    }

    /** The memory that it has whatever happens to its host's. */
    static long guaranteedBytes(Vm vm) {
        return guaranteed(vm.effective());
    }

    static long memoryBytes(org.bellwether.api.types.Vm spec) {
        return Optional.ofNullable(spec.memory()).orElse(DEFAULT_MEMORY_BYTES);
    }

    /** Up to where the memory of a running machine can be raised. */
    static long mostMemory(org.bellwether.api.types.Vm spec) {
        var policy = spec.memoryPolicy();
        var most = policy == null ? null : policy.max();
        return most == null ? memoryBytes(spec) : Math.max(most, memoryBytes(spec));
    }

    /** Up to where the processors of a running machine can be raised. */
    static long mostSockets(org.bellwether.api.types.Vm spec) {
        var topology = Optional.ofNullable(spec.cpu()).map(Cpu::topology);
        if (CpuPlans.resized(spec)) {
            return count(topology.map(CpuTopology::sockets));
        }
        long perSocket = (long) count(topology.map(CpuTopology::cores)) * count(topology.map(CpuTopology::threads));
        return Math.max(
                count(topology.map(CpuTopology::sockets)), Math.min(USUAL_SOCKETS, MOST_PLUGGABLE_CPUS / perSocket));
    }

    MachineDefinition of(Vm vm, Collection<DiskAttachment> attachments, Collection<Nic> nics) {
        var with = vm.startedWith();
        var spec = CpuPlans.shaped(vm.effective(), with.cpus());
        var order = new BootOrder(bootDevices(spec));
        var definition = MachineDefinition.newBuilder()
                .setId(vm.id().toString())
                .setName(vm.name())
                .setMemoryBytes(memoryBytes(spec))
                .setMaxMemoryBytes(mostMemory(spec))
                .setGuaranteedMemoryBytes(guaranteed(spec))
                .setCpu(cpu(vm, spec))
                .setFirmware(firmware(clusters.get(vm.cluster()).spec().biosType(), spec))
                .setBalloon(spec.memoryPolicy() == null
                        || !Boolean.FALSE.equals(spec.memoryPolicy().ballooning()))
                .setGeneration(vm.generation())
                .setSerialConsole(spec.console() == null
                        || !Boolean.FALSE.equals(spec.console().enabled()));
        if (!Screens.headless(spec.display())) {
            definition.addGraphics(GraphicsDevice.newBuilder().setProtocol("vnc"));
        }
        Optional.ofNullable(spec.os()).map(os -> os.type()).ifPresent(definition::setOsType);
        vm.leaseDomain().map(Id::toString).ifPresent(definition::setLeaseDomainId);
        Optional.ofNullable(spec.storageErrorResumeBehaviour())
                .map(MachineDefinitions::storageError)
                .ifPresent(definition::setStorageError);
        Devices.add(definition, spec);
        Numa.add(definition, spec, Numa.of(spec, with.cpus(), vm.numa()));
        CpuPlans.add(definition, spec, with.cpus());
        bootDevices(spec).forEach(definition::addBootDevices);
        if (with.firstBoot()) {
            FirstBoot.of(vm, spec).ifPresent(definition::setConfigDrive);
        }
        attachments.stream()
                .filter(DiskAttachment::active)
                .sorted(Comparator.comparing((DiskAttachment each) ->
                                !Boolean.TRUE.equals(each.spec().bootable()))
                        .thenComparing(each -> each.disk()))
                .map(this::disk)
                .map(device -> device.toBuilder().setBootOrder(order.ofDisk()).build())
                .forEach(definition::addDisks);
        definition.addDisks(cd(with.cd(), order.ofCd()));
        nics.stream()
                .filter(nic -> !Boolean.FALSE.equals(nic.spec().plugged()))
                .sorted(Comparator.comparing(Nic::name))
                .map(this::nic)
                .map(device -> device.toBuilder().setBootOrder(order.ofNic()).build())
                .forEach(definition::addNics);
        return definition.build();
    }

    /** The CD drive, with a disk in it or empty; a disk that is gone is not missed. */
    DiskDevice cd(@Nullable String disk, int bootOrder) {
        var device = DiskDevice.newBuilder()
                .setDiskId(CD_DRIVE)
                .setCdrom(true)
                .setReadOnly(true)
                .setBus(DiskBus.IDE)
                .setFormat(VolumeFormat.RAW)
                .setBootOrder(bootOrder);
        Optional.ofNullable(disk)
                .flatMap(id -> disks.model().find(Id.of(id)))
                .filter(each -> each.domainId().isPresent())
                .map(Volumes::reference)
                .ifPresent(device::setVolume);
        return device.build();
    }

    private static long guaranteed(org.bellwether.api.types.Vm spec) {
        var policy = spec.memoryPolicy();
        var guaranteed = policy == null ? null : policy.guaranteed();
        return guaranteed == null ? memoryBytes(spec) : guaranteed;
    }

    private CpuDefinition cpu(Vm vm, org.bellwether.api.types.Vm spec) {
        var topology = Optional.ofNullable(spec.cpu()).map(Cpu::topology);
        var cpu = CpuDefinition.newBuilder()
                .setSockets(count(topology.map(CpuTopology::sockets)))
                .setCoresPerSocket(count(topology.map(CpuTopology::cores)))
                .setThreadsPerCore(count(topology.map(CpuTopology::threads)))
                .setMaxSockets(Math.toIntExact(mostSockets(spec)));
        Optional.ofNullable(clusters.get(vm.cluster()).cpuType())
                .flatMap(cpuTypes::named)
                .ifPresent(type -> cpu.setModel(type.machineModel()).addAllFeatures(type.machineFeatures()));
        return cpu.build();
    }

    private static int count(Optional<Long> number) {
        return number.map(Math::toIntExact).orElse(1);
    }

    /** What a machine boots with: its own choice, or that of its cluster. */
    static Firmware firmware(@Nullable BiosType ofCluster, org.bellwether.api.types.Vm spec) {
        var own = spec.bios() == null ? null : spec.bios().type();
        var type = own == null || own == BiosType.CLUSTER_DEFAULT ? ofCluster : own;
        return type == null
                ? Firmware.Q35_SEABIOS
                : switch (type) {
                    case CLUSTER_DEFAULT, Q35_SEA_BIOS -> Firmware.Q35_SEABIOS;
                    case I440FX_SEA_BIOS -> Firmware.I440FX_SEABIOS;
                    case Q35_OVMF -> Firmware.Q35_UEFI;
                    case Q35_SECURE_BOOT -> Firmware.Q35_UEFI_SECURE_BOOT;
                };
    }

    private static StorageErrorBehaviour storageError(VmStorageErrorResumeBehaviour wish) {
        return switch (wish) {
            case AUTO_RESUME -> StorageErrorBehaviour.AUTO_RESUME;
            case LEAVE_PAUSED -> StorageErrorBehaviour.LEAVE_PAUSED;
            case KILL -> StorageErrorBehaviour.KILL;
        };
    }

    private static List<org.bellwether.protocol.BootDevice> bootDevices(org.bellwether.api.types.Vm spec) {
        var os = spec.os();
        var boot = os == null ? null : os.boot();
        var devices = boot == null ? null : boot.devices();
        if (devices == null || devices.isEmpty()) {
            return List.of(org.bellwether.protocol.BootDevice.HARD_DISK);
        }
        return devices.stream().map(MachineDefinitions::bootDevice).toList();
    }

    private static org.bellwether.protocol.BootDevice bootDevice(BootDevice device) {
        return switch (device) {
            case HD -> org.bellwether.protocol.BootDevice.HARD_DISK;
            case CDROM -> org.bellwether.protocol.BootDevice.CDROM;
            case NETWORK -> org.bellwether.protocol.BootDevice.NETWORK;
        };
    }

    /** A disk as a machine is to have it. */
    DiskDevice disk(DiskAttachment attachment) {
        var disk = disks.get(attachment.disk());
        var spec = attachment.spec();
        var device = DiskDevice.newBuilder()
                .setDiskId(disk.id().toString())
                .setBus(bus(spec.interface_()))
                .setFormat(disk.format() == Disk.Format.COW ? VolumeFormat.QCOW2 : VolumeFormat.RAW)
                .setReadOnly(Boolean.TRUE.equals(spec.readOnly()))
                .setShareable(Boolean.TRUE.equals(disk.spec().shareable()))
                .setDiscard(Boolean.TRUE.equals(spec.passDiscard()))
                .setBootOrder(Boolean.TRUE.equals(spec.bootable()) ? 1 : 0);
        limits.apply(disk).ifPresent(device::setLimits);
        disk.lunId()
                .ifPresent(
                        lun -> device.setLunId(lun).setPassthrough(disk.spec().sgio() == ScsiGenericIO.FILTERED));
        disk.domainId()
                .ifPresent(domain -> device.setVolume(VolumeReference.newBuilder()
                        .setDomainId(domain.toString())
                        .setImageId(disk.id().toString())
                        .setVolumeId(disk.volume().toString())));
        return device.build();
    }

    private static DiskBus bus(@Nullable DiskInterface bus) {
        if (bus == null) {
            return DiskBus.VIRTIO;
        }
        return switch (bus) {
            case VIRTIO -> DiskBus.VIRTIO;
            case VIRTIO_SCSI, SPAPR_VSCSI -> DiskBus.VIRTIO_SCSI;
            case SATA -> DiskBus.SATA;
            case IDE -> DiskBus.IDE;
        };
    }

    NicDevice nic(Nic nic) {
        return nics.of(nic);
    }
}
