package org.bellwether.engine.ovf;

import java.util.List;
import java.util.Optional;
import org.bellwether.engine.ovf.OvfMachine.OvfNic;

/**
 * A machine as an archive (OVA) tells of it, whoever made that.
 *
 * @param id what it had where it came from; empty when that is no UUID
 * @param biosType as in {@link OvfMachine}
 * @param conduct absent where its maker knows no such thing
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
        Optional<Conduct> conduct,
        OvfEquipment equipment,
        List<ArchivedDisk> disks,
        List<OvfNic> nics) {

    public ArchivedMachine {
        disks = List.copyOf(disks);
        nics = List.copyOf(nics);
    }

    /**
     * How it is run; sizes in MiB, the rest as in {@link OvfMachine}.
     *
     * @param guaranteedMib at most its memory
     * @param maxMib at least its memory
     */
    public record Conduct(
            int kind, long guaranteedMib, long maxMib, boolean ballooning, boolean highlyAvailable, int priority) {}

    /**
     * A disk of it.
     *
     * @param file its name in the archive; empty for a disk without content
     * @param capacityBytes what the document says, which need not be what the file has
     * @param bus virtio, virtio_scsi, sata or ide
     */
    public record ArchivedDisk(
            String file,
            String alias,
            String description,
            long capacityBytes,
            String bus,
            boolean bootable,
            Manner manner) {}

    /** How a disk is used. */
    public record Manner(
            boolean readOnly,
            boolean shareable,
            boolean wipeAfterDelete,
            boolean passDiscard,
            boolean incrementalBackup) {

        static final Manner USUAL = new Manner(false, false, false, false, false);
    }
}
