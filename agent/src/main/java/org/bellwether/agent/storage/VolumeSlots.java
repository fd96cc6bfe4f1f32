package org.bellwether.agent.storage;

import java.io.IOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** A logical volume's slot: where in the domain's special volumes its text and its lease are. A tag names the slot. */
final class VolumeSlots {
    static final String TAG = "MD_";
    private static final long FIRST_TEXT_AT = 1L << 20;
    private static final long SLOT_BYTES = 8192;
    private static final int TEXT_BYTES = 512;
    private static final int MOST_VOLUMES = 1947;
    private static final long FIRST_LEASE = 100;

    private VolumeSlots() {}

    static Optional<VolumeMetadata> text(String group, Lvm.Logical volume) throws IOException {
        if (volume.tags().contains(BlockVolumes.INITIALIZING) || volume.tag(TAG).isEmpty()) {
            return Optional.empty();
        }
        byte[] slot = BlockDevice.read(BlockVolumes.device(group, "metadata"), slotAt(slot(volume)), TEXT_BYTES);
        if (slot[0] == 0) {
            return Optional.empty();
        }
        return Optional.of(VolumeMetadata.parse(slot, volume.name()));
    }

    private static int slot(Lvm.Logical volume) {
        String slot = volume.tag(TAG).orElse("");
        if (!slot.matches("\\d{1,5}")) {
            throw Refusal.broken("Volume " + volume.name() + " has no slot for its metadata");
        }
        return Integer.parseInt(slot);
    }

    private static long slotAt(int slot) {
        return FIRST_TEXT_AT + slot * SLOT_BYTES;
    }

    static void writeText(String group, Lvm.Logical volume, VolumeMetadata metadata) throws IOException {
        writeText(group, slot(volume), metadata);
    }

    /** The text of a volume that is to get this slot. */
    static void writeText(String group, int slot, VolumeMetadata metadata) throws IOException {
        byte[] text = metadata.render();
        BlockDevice.write(BlockVolumes.device(group, "metadata"), slotAt(slot), Arrays.copyOf(text, TEXT_BYTES));
    }

    static void writeLease(String group, Lvm.Logical volume, byte[] lease) throws IOException {
        BlockDevice.write(
                BlockVolumes.device(group, "leases"), (FIRST_LEASE + slot(volume)) * LeaseArea.ALIGNMENT, lease);
    }

    static int free(List<Lvm.Logical> all) {
        Set<Integer> taken = new HashSet<>();
        for (Lvm.Logical each : all) {
            each.tag(TAG)
                    .filter(text -> text.matches("\\d{1,5}"))
                    .map(Integer::parseInt)
                    .ifPresent(taken::add);
        }
        for (int slot = 1; slot <= MOST_VOLUMES; slot++) {
            if (!taken.contains(slot)) {
                return slot;
            }
        }
        throw Refusal.of(Error.Code.NO_SPACE, "The storage domain has " + MOST_VOLUMES + " volumes and takes no more")
                .next("Delete snapshots or disks, or use another storage domain.");
    }
}
