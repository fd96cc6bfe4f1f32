package org.bellwether.agent.vm;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.agent.storage.Storage.PreparedVolume;
import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.IoLimits;
import org.bellwether.protocol.MachineDefinition;

/** Disks and CD drives in libvirt's words. */
final class DiskXml {
    private final MachineDefinition machine;
    private final Board board;
    private final Map<String, PreparedVolume> volumes;
    private final XmlText xml;

    /** @param volumes by disk id, for each disk that has a volume */
    DiskXml(MachineDefinition machine, Map<String, PreparedVolume> volumes, XmlText xml) {
        this.machine = machine;
        this.board = Board.of(machine);
        this.volumes = volumes;
        this.xml = xml;
    }

    /**
     * One disk's element, to be plugged into a machine that runs.
     *
     * @param taken names of disks that it has already
     */
    static String disk(MachineDefinition machine, DiskDevice disk, PreparedVolume volume, Set<String> taken) {
        return XmlText.of(
                xml -> new DiskXml(machine, Map.of(disk.getDiskId(), volume), xml).disk(disk, new DiskTargets(taken)));
    }

    /** The CD drive as it is to be: with a volume in it, or empty. */
    static String cd(MachineDefinition machine, DiskDevice cd, Map<String, PreparedVolume> volumes, String target) {
        return XmlText.of(xml -> new DiskXml(machine, volumes, xml).disk(cd, new DiskTargets(Set.of(), target)));
    }

    /** Where a disk is mirrored to, as libvirt's block copy wants it said. */
    static String mirror(PreparedVolume volume) {
        return XmlText.of(xml -> {
            xml.open("disk", "type", volume.block() ? "block" : "file");
            xml.empty(
                    "driver",
                    "name",
                    "qemu",
                    "type",
                    volume.qcow2() ? "qcow2" : "raw",
                    "cache",
                    volume.direct() ? "none" : "writeback");
            xml.open("source", volume.block() ? "dev" : "file", volume.path().toString());
            xml.empty("seclabel", "model", "dac", "relabel", "no");
            xml.close();
            xml.close();
        });
    }

    /** All that the machine has, the one for its first boot last. */
    void all() {
        DiskTargets targets = new DiskTargets(Set.of());
        machine.getDisksList().forEach(disk -> disk(disk, targets));
        configDrive();
    }

    private void disk(DiskDevice disk, DiskTargets targets) {
        PreparedVolume volume = volumes.get(disk.getDiskId());
        DiskBus bus = board.bus(disk);
        boolean block = volume != null && volume.block();
        boolean lun = !disk.getLunId().isEmpty();
        // QEMU hands the guest's SCSI commands to the device itself only where the bus is one of SCSI.
        boolean passthrough = lun && disk.getPassthrough() && bus == DiskBus.VIRTIO_SCSI;
        String device = disk.getCdrom() ? "cdrom" : passthrough ? "lun" : "disk";
        String target = targets.next(bus);
        xml.open("disk", "type", block ? "block" : "file", "device", device);
        if (disk.getCdrom()) {
            // The same for a full and an empty drive: a CD is changed only where nothing else of the drive does.
            xml.empty("driver", "name", "qemu", "type", "raw", "error_policy", "report");
        } else if (volume != null) {
            List<String> driver = new ArrayList<>(List.of("name", "qemu", "type", volume.qcow2() ? "qcow2" : "raw"));
            driver.addAll(List.of("cache", volume.direct() ? "none" : "writeback", "error_policy", "stop"));
            driver.addAll(List.of("io", "threads", "discard", disk.getDiscard() ? "unmap" : "ignore"));
            if (bus == DiskBus.VIRTIO && machine.getIoThreads() > 0) {
                // One after the other, by their places on the bus; those of SCSI share their controller's.
                int place = target.charAt(target.length() - 1) - 'a';
                driver.addAll(List.of("iothread", Integer.toString(1 + place % machine.getIoThreads())));
            }
            xml.empty("driver", driver.toArray(String[]::new));
        }
        if (volume != null) {
            xml.open("source", block ? "dev" : "file", volume.path().toString());
            if (!lun) {
                // Owner and mode of a shared volume are the storage domain's; libvirt must not change them on each
                // host.
                xml.empty("seclabel", "model", "dac", "relabel", "no");
            }
            xml.close();
        }
        xml.empty("target", "dev", target, "bus", busName(bus));
        if (disk.getCdrom() || disk.getReadOnly()) {
            xml.empty("readonly");
        }
        if (disk.getShareable()) {
            xml.empty("shareable");
        }
        // Such a LUN tells the guest its own.
        if (!disk.getCdrom() && !passthrough) {
            xml.text("serial", disk.getSerial().isEmpty() ? disk.getDiskId() : disk.getSerial());
        }
        if (disk.getBootOrder() > 0) {
            xml.empty("boot", "order", Integer.toString(disk.getBootOrder()));
        }
        if (disk.hasLimits()) {
            limits(disk.getLimits());
        }
        xml.empty("alias", "name", DomainXml.ALIAS_PREFIX + disk.getDiskId());
        xml.close();
    }

    /** Made by the agent for this one run: libvirt may give it to QEMU's user. */
    private void configDrive() {
        if (!machine.hasConfigDrive()) {
            return;
        }
        boolean cd = machine.getConfigDrive().getAsCd();
        DiskBus bus = cd ? board.cdBus() : DiskBus.VIRTIO;
        xml.open("disk", "type", "file", "device", cd ? "cdrom" : "disk");
        xml.empty("driver", "name", "qemu", "type", "raw");
        xml.empty("source", "file", ConfigDrives.file(machine.getId()).toString());
        // Names that no disk gets which is plugged in later.
        String name = switch (bus) {
            case SATA -> "sdf";
            case IDE -> "hdd";
            case VIRTIO, VIRTIO_SCSI, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "vdz";
        };
        xml.empty("target", "dev", name, "bus", busName(bus));
        xml.empty("readonly");
        xml.close();
    }

    private void limits(IoLimits limits) {
        xml.open("iotune");
        limit("total_bytes_sec", limits.getTotalBytesPerSecond());
        limit("read_bytes_sec", limits.getReadBytesPerSecond());
        limit("write_bytes_sec", limits.getWriteBytesPerSecond());
        limit("total_iops_sec", limits.getTotalOpsPerSecond());
        limit("read_iops_sec", limits.getReadOpsPerSecond());
        limit("write_iops_sec", limits.getWriteOpsPerSecond());
        xml.close();
    }

    private void limit(String name, long most) {
        if (most > 0) {
            xml.text(name, Long.toUnsignedString(most));
        }
    }

    private static String busName(DiskBus bus) {
        return switch (bus) {
            case VIRTIO, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "virtio";
            case VIRTIO_SCSI -> "scsi";
            case SATA -> "sata";
            case IDE -> "ide";
        };
    }

    /** Names of disks inside libvirt: vda, vdb … sda, sdb … hda, hdb …; the kinds that share a prefix share the letters. */
    private static final class DiskTargets {
        private final Set<String> taken;
        private final String only;
        private int virtio;
        private int scsi;
        private int ide;

        DiskTargets(Set<String> taken) {
            this(taken, "");
        }

        /** @param only the one name that is given, when it is not empty */
        DiskTargets(Set<String> taken, String only) {
            this.taken = taken;
            this.only = only;
        }

        String next(DiskBus bus) {
            if (!only.isEmpty()) {
                return only;
            }
            String name = following(bus);
            while (taken.contains(name)) {
                name = following(bus);
            }
            return name;
        }

        private String following(DiskBus bus) {
            return switch (bus) {
                case VIRTIO, DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> "vd" + letters(virtio++);
                case VIRTIO_SCSI, SATA -> "sd" + letters(scsi++);
                case IDE -> "hd" + letters(ide++);
            };
        }

        private static String letters(int number) {
            String last = String.valueOf((char) ('a' + number % 26));
            return number < 26 ? last : letters(number / 26 - 1) + last;
        }
    }
}
