package org.bellwether.engine.ovf;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * A machine or a template as it stands in an OVF document.
 *
 * @param memoryMib what it starts with
 * @param biosType 0 i440fx with SeaBIOS, 1 q35 with SeaBIOS, 2 q35 with UEFI, 3 q35 with secure boot
 * @param kind 0 desktop, 1 server, 2 high performance
 * @param templateId what it was made from; its own id for a template
 */
public record OvfMachine(
        UUID id,
        String name,
        String description,
        boolean template,
        Instant created,
        long memoryMib,
        long guaranteedMib,
        long maxMib,
        int sockets,
        int cores,
        int threads,
        String osType,
        int biosType,
        int kind,
        boolean highlyAvailable,
        int priority,
        boolean ballooning,
        String clusterName,
        UUID templateId,
        String templateName,
        OvfEquipment equipment,
        List<OvfDisk> disks,
        List<OvfNic> nics) {

    public OvfMachine {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /** The same machine with other disks. */
    public OvfMachine with(List<OvfDisk> others) {
        return new OvfMachine(
                id,
                name,
                description,
                template,
                created,
                memoryMib,
                guaranteedMib,
                maxMib,
                sockets,
                cores,
                threads,
                osType,
                biosType,
                kind,
                highlyAvailable,
                priority,
                ballooning,
                clusterName,
                templateId,
                templateName,
                equipment,
                others,
                nics);
    }

    /** The same machine, with other equipment. */
    public OvfMachine with(OvfEquipment other) {
        return new OvfMachine(
                id,
                name,
                description,
                template,
                created,
                memoryMib,
                guaranteedMib,
                maxMib,
                sockets,
                cores,
                threads,
                osType,
                biosType,
                kind,
                highlyAvailable,
                priority,
                ballooning,
                clusterName,
                templateId,
                templateName,
                other,
                disks,
                nics);
    }

    /**
     * A disk, with all its volumes.
     *
     * @param bus virtio, virtio_scsi, sata or ide
     * @param domain where it lies; empty when the document does not say
     * @param layers base first; at least one
     */
    public record OvfDisk(
            UUID id,
            String alias,
            String description,
            String bus,
            boolean bootable,
            boolean readOnly,
            boolean shareable,
            boolean wipeAfterDelete,
            boolean passDiscard,
            boolean incrementalBackup,
            boolean plugged,
            Optional<UUID> domain,
            List<OvfLayer> layers) {

        public OvfDisk {
            layers = List.copyOf(layers);
        }

        public OvfDisk with(List<OvfLayer> others) {
            return new OvfDisk(
                    id,
                    alias,
                    description,
                    bus,
                    bootable,
                    readOnly,
                    shareable,
                    wipeAfterDelete,
                    passDiscard,
                    incrementalBackup,
                    plugged,
                    domain,
                    others);
        }

        public OvfLayer top() {
            return layers.getLast();
        }
    }

    /** @param parent empty for a base */
    public record OvfLayer(
            UUID volume, Optional<UUID> parent, boolean cow, boolean sparse, long capacityBytes, long actualBytes) {}

    /**
     * A network interface.
     *
     * @param mac empty in a template
     * @param model virtio, e1000, e1000e or rtl8139
     */
    public record OvfNic(
            UUID id,
            String name,
            String mac,
            String network,
            String profile,
            String model,
            boolean linked,
            boolean plugged) {}
}
