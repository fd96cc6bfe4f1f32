package org.bellwether.engine.vm;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.bellwether.api.types.BiosType;
import org.bellwether.api.types.CpuTopology;
import org.bellwether.api.types.DiskBackup;
import org.bellwether.api.types.DiskInterface;
import org.bellwether.api.types.VmType;
import org.bellwether.api.types.WatchdogAction;
import org.bellwether.engine.inventory.Cluster;
import org.bellwether.engine.inventory.Clusters;
import org.bellwether.engine.network.Networks;
import org.bellwether.engine.ovf.OvfEquipment;
import org.bellwether.engine.ovf.OvfMachine;
import org.bellwether.engine.ovf.OvfMachine.OvfDisk;
import org.bellwether.engine.ovf.OvfMachine.OvfLayer;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;
import org.bellwether.engine.platform.Id;
import org.bellwether.engine.storage.Disk;
import org.bellwether.engine.storage.DiskAttachment;
import org.bellwether.engine.storage.Disks;
import org.bellwether.engine.template.Template;
import org.bellwether.engine.template.Templates;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.jspecify.annotations.Nullable;

/** Machines and templates as documents for storage, with the volumes of their disks as they were seen there. */
final class OvfDocuments {

    private static final long MIB = 1L << 20;

    private final Vms vms;
    private final Templates templates;
    private final Disks disks;
    private final Clusters clusters;
    private final Networks networks;

    OvfDocuments(Vms vms, Templates templates, Disks disks, Clusters clusters, Networks networks) {
        this.vms = vms;
        this.templates = templates;
        this.disks = disks;
        this.clusters = clusters;
        this.networks = networks;
    }

    /** @param images what was seen on storage */
    OvfMachine of(Vm vm, Collection<ImageDescription> images) {
        var spec = vm.spec();
        return machine(
                vm.id().value(),
                vm.name(),
                false,
                vm.created(),
                spec,
                Optional.of(vm.cluster()),
                vm.template().value(),
                templates.model().find(vm.template()).map(Template::name).orElse("Blank"),
                disks.ofVm(vm.id()),
                vms.nicsOf(vm.id()),
                images);
    }

    /** The machine as it was when a snapshot was taken. */
    OvfMachine of(Vm vm, Snapshot snapshot) {
        var attachments = disks.ofVm(vm.id()).stream()
                .filter(each -> snapshot.disk(each.disk()).isPresent())
                .toList();
        var spec = snapshot.machine().spec();
        var now = machine(
                vm.id().value(),
                vm.name(),
                false,
                vm.created(),
                spec,
                Optional.of(vm.cluster()),
                vm.template().value(),
                templates.model().find(vm.template()).map(Template::name).orElse("Blank"),
                attachments,
                snapshot.machine().nics(),
                List.of());
        return now.with(now.disks().stream()
                .map(disk -> {
                    var saved = snapshot.disk(Id.of(disk.id())).orElseThrow();
                    return disk.with(List.of(new OvfLayer(
                            saved.volume(),
                            Optional.empty(),
                            saved.format() == Disk.Format.COW,
                            saved.sparse(),
                            saved.provisionedBytes(),
                            0)));
                })
                .toList());
    }

    OvfMachine of(Template template, Collection<ImageDescription> images) {
        return machine(
                template.id().value(),
                template.name(),
                true,
                template.created(),
                templates.described(template),
                Optional.ofNullable(template.cluster()),
                template.id().value(),
                template.name(),
                disks.ofTemplate(template.id()),
                vms.nicsOfTemplate(template.id()),
                images);
    }

    private OvfMachine machine(
            UUID id,
            String name,
            boolean template,
            java.time.Instant created,
            org.bellwether.api.types.Vm spec,
            Optional<Id<Cluster>> cluster,
            UUID from,
            String fromName,
            Collection<DiskAttachment> attachments,
            Collection<Nic> nics,
            Collection<ImageDescription> images) {
        var topology = Optional.ofNullable(spec.cpu()).map(cpu -> cpu.topology());
        long memory = Optional.ofNullable(spec.memory()).orElse(MachineDefinitions.DEFAULT_MEMORY_BYTES) / MIB;
        var policy = Optional.ofNullable(spec.memoryPolicy());
        var availability = Optional.ofNullable(spec.highAvailability());
        var seen = new HashMap<String, ImageDescription>();
        images.forEach(image -> seen.put(image.getImageId(), image));
        return new OvfMachine(
                id,
                name,
                Optional.ofNullable(spec.description()).orElse(""),
                template,
                created,
                memory,
                policy.map(each -> each.guaranteed()).map(bytes -> bytes / MIB).orElse(memory),
                policy.map(each -> each.max()).map(bytes -> bytes / MIB).orElse(memory),
                count(topology.map(CpuTopology::sockets)),
                count(topology.map(CpuTopology::cores)),
                count(topology.map(CpuTopology::threads)),
                Optional.ofNullable(spec.os()).map(os -> os.type()).orElse("other"),
                bios(spec.bios() == null ? null : spec.bios().type()),
                spec.type() == VmType.DESKTOP ? 0 : spec.type() == VmType.HIGH_PERFORMANCE ? 2 : 1,
                availability.map(each -> Boolean.TRUE.equals(each.enabled())).orElse(false),
                availability.map(each -> each.priority()).map(Math::toIntExact).orElse(0),
                policy.map(each -> !Boolean.FALSE.equals(each.ballooning())).orElse(true),
                cluster.map(clusters::get).map(Cluster::name).orElse(""),
                from,
                fromName,
                equipment(spec),
                attachments.stream()
                        // A LUN is no volume that could be found on a storage domain.
                        .filter(each -> disks.get(each.disk()).lun().isEmpty())
                        .sorted(java.util.Comparator.comparing(DiskAttachment::name)
                                .thenComparing(DiskAttachment::disk))
                        .map(attachment -> disk(attachment, seen))
                        .toList(),
                nics.stream()
                        .sorted(java.util.Comparator.comparing(Nic::name))
                        .map(this::nic)
                        .toList());
    }

    static OvfEquipment equipment(org.bellwether.api.types.Vm spec) {
        var boot = spec.os() == null || spec.os().boot() == null
                ? null
                : spec.os().boot().devices();
        return new OvfEquipment(
                Watchdogs.of(spec.watchdogs()).stream()
                        .findFirst()
                        .map(dog -> dog.action() == null ? WatchdogAction.RESET : dog.action()),
                Boolean.TRUE.equals(spec.tpmEnabled()),
                Boolean.TRUE.equals(spec.soundcardEnabled()),
                boot == null ? List.of() : boot,
                CustomProperties.of(spec),
                Optional.ofNullable(spec.initialization()),
                OvfEquipment.settings(spec));
    }

    private static int count(Optional<Long> number) {
        return number.map(Math::toIntExact).orElse(1);
    }

    private static int bios(@Nullable BiosType type) {
        return type == null
                ? 1
                : switch (type) {
                    case I440FX_SEA_BIOS -> 0;
                    case CLUSTER_DEFAULT, Q35_SEA_BIOS -> 1;
                    case Q35_OVMF -> 2;
                    case Q35_SECURE_BOOT -> 3;
                };
    }

    private OvfDisk disk(DiskAttachment attachment, Map<String, ImageDescription> seen) {
        var disk = disks.get(attachment.disk());
        var spec = attachment.spec();
        return new OvfDisk(
                disk.id().value(),
                disk.name(),
                Optional.ofNullable(disk.spec().description()).orElse(""),
                Optional.ofNullable(spec.interface_()).map(DiskInterface::wire).orElse("virtio"),
                Boolean.TRUE.equals(spec.bootable()),
                Boolean.TRUE.equals(spec.readOnly()),
                Boolean.TRUE.equals(disk.spec().shareable()),
                Boolean.TRUE.equals(disk.spec().wipeAfterDelete()),
                Boolean.TRUE.equals(spec.passDiscard()),
                disk.spec().backup() == DiskBackup.INCREMENTAL,
                attachment.active(),
                disk.domainId().map(Id::value),
                layers(disk, Optional.ofNullable(seen.get(disk.id().toString()))));
    }

    /** Its own volumes; what is not on a domain that was looked at is told as one, as the engine knows it. */
    private static List<OvfLayer> layers(Disk disk, Optional<ImageDescription> image) {
        List<OvfLayer> layers = new ArrayList<>();
        var seen = image.map(ImageDescription::getVolumesList).orElse(List.of());
        var chain = chain(disk, seen);
        for (VolumeDescription volume : seen) {
            if (chain.contains(volume.getVolume().getVolumeId()) && volume.getLegal()) {
                layers.add(new OvfLayer(
                        UUID.fromString(volume.getVolume().getVolumeId()),
                        volume.getParentVolumeId().isEmpty()
                                ? Optional.empty()
                                : Optional.of(UUID.fromString(volume.getParentVolumeId())),
                        volume.getFormat() == VolumeFormat.QCOW2,
                        !volume.getPreallocated(),
                        volume.getCapacityBytes(),
                        volume.getAllocatedBytes()));
            }
        }
        if (layers.isEmpty()) {
            layers.add(new OvfLayer(
                    disk.volume(),
                    Optional.empty(),
                    disk.format() == Disk.Format.COW,
                    disk.sparse(),
                    disk.provisionedBytes(),
                    disk.actualBytes()));
        }
        return layers;
    }

    /** Its own volumes from the top down; beside them may lie what a preview has put aside, and what was merged. */
    private static Set<String> chain(Disk disk, List<VolumeDescription> seen) {
        var own = new HashMap<String, String>();
        seen.stream()
                .filter(volume ->
                        volume.getVolume().getImageId().equals(disk.id().toString()))
                .forEach(volume -> own.put(volume.getVolume().getVolumeId(), volume.getParentVolumeId()));
        var chain = new HashSet<String>();
        String id = disk.volume().toString();
        while (id != null && own.containsKey(id) && chain.add(id)) {
            id = own.get(id);
        }
        return chain;
    }

    private OvfNic nic(Nic nic) {
        var profile = nic.profileId().flatMap(id -> networks.profiles().find(id));
        return new OvfNic(
                nic.id().value(),
                nic.name(),
                Optional.ofNullable(nic.mac()).orElse(""),
                profile.map(each -> networks.get(each.network()).name()).orElse(""),
                profile.map(each -> each.name()).orElse(""),
                nic.spec().interface_() == null
                        ? "virtio"
                        : switch (nic.spec().interface_()) {
                            case E1000 -> "e1000";
                            case E1000E -> "e1000e";
                            case RTL8139, RTL8139_VIRTIO -> "rtl8139";
                            case VIRTIO, SPAPR_VLAN, PCI_PASSTHROUGH -> "virtio";
                        },
                !Boolean.FALSE.equals(nic.spec().linked()),
                !Boolean.FALSE.equals(nic.spec().plugged()));
    }
}
