package org.bellwether.agent.vm;

import org.bellwether.protocol.DiskBus;
import org.bellwether.protocol.DiskDevice;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.MachineDefinition;

/** What a machine's board decides for its devices: its chipset, its firmware and the buses that it has. */
record Board(String type, Firmware firmware) {
    static Board of(MachineDefinition machine) {
        Firmware firmware = machine.getFirmware();
        String type = !machine.getMachineType().isEmpty()
                ? machine.getMachineType()
                : firmware == Firmware.I440FX_SEABIOS ? "pc" : "q35";
        return new Board(type, firmware);
    }

    boolean uefi() {
        return firmware == Firmware.Q35_UEFI || secure();
    }

    boolean secure() {
        return firmware == Firmware.Q35_UEFI_SECURE_BOOT;
    }

    boolean i440fx() {
        return !type.contains("q35");
    }

    /** QEMU's q35 has no IDE, and its i440fx no SATA. */
    DiskBus bus(DiskDevice disk) {
        return switch (disk.getBus()) {
            case VIRTIO, VIRTIO_SCSI -> disk.getBus();
            case SATA, IDE -> cdBus();
            case DISK_BUS_UNSPECIFIED, UNRECOGNIZED -> disk.getCdrom() ? cdBus() : DiskBus.VIRTIO;
        };
    }

    /** Of what every guest can read without drivers of its own. */
    DiskBus cdBus() {
        return i440fx() ? DiskBus.IDE : DiskBus.SATA;
    }
}
