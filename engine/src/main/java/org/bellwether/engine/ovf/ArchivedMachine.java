package org.bellwether.engine.ovf;

import java.util.List;
import java.util.Optional;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;

/**
 * A machine as an archive (OVA) tells of it, whoever made that.
 *
 * @param id what it had where it came from; empty when that is no UUID
 * @param biosType as in {@link OvfMachine}
 */
public record ArchivedMachine(
        Optional<java.util.UUID> id,
        String name,
        String description,
        boolean template,
        long memoryMib,
        int sockets,
        int cores,
        int threads,
        String osType,
        int biosType,
        List<ArchivedDisk> disks,
        List<OvfNic> nics) {

    public ArchivedMachine {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /**
     * A disk of it.
     *
     * @param file its name in the archive; empty for a disk without content
     * @param capacityBytes what the document says, which need not be what the file has
     * @param bus virtio, virtio_scsi, sata or ide
     */
    public record ArchivedDisk(
            String file, String alias, String description, long capacityBytes, String bus, boolean bootable) {}
}
