package org.bellwether.agent.storage;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Compares what a volume's text says with what its data file says, in words. A pure function. */
final class VolumeCheck {
    private VolumeCheck() {}

    /**
     * What does not agree; empty: nothing.
     *
     * @param header of the data file, null when it is no qcow2
     * @param length of the data file in bytes, -1 when there is none
     * @param siblings the texts of the image's directory by volume id, this one too
     */
    static String trouble(
            String id,
            VolumeMetadata metadata,
            @Nullable Qcow2Header header,
            long length,
            Map<String, VolumeMetadata> siblings) {
        List<String> trouble = new ArrayList<>();
        legality(metadata, trouble);
        if (length < 0) {
            trouble.add("its data file is missing");
        } else {
            data(metadata, header, length, trouble);
        }
        chain(id, metadata, siblings, trouble);
        return String.join("; ", trouble);
    }

    /** As above, of a volume whose data was not looked at. */
    static String troubleOfTexts(String id, VolumeMetadata metadata, Map<String, VolumeMetadata> siblings) {
        List<String> trouble = new ArrayList<>();
        legality(metadata, trouble);
        chain(id, metadata, siblings, trouble);
        return String.join("; ", trouble);
    }

    private static void legality(VolumeMetadata metadata, List<String> trouble) {
        if (metadata.legality() == VolumeMetadata.Legality.ILLEGAL) {
            trouble.add("it is marked illegal: work on it did not come to its end");
        }
    }

    private static void data(VolumeMetadata metadata, @Nullable Qcow2Header header, long length, List<String> trouble) {
        switch (metadata.format()) {
            case RAW -> {
                // A file that is shorter is normal for OVF stores only; a guest would read errors past its end.
                if (length < metadata.capacity() && !metadata.diskType().equals("OVFS")) {
                    trouble.add("its raw data has " + length + " bytes but its metadata says " + metadata.capacity());
                }
            }
            case COW -> {
                if (header == null) {
                    trouble.add("its metadata says qcow2 but its data is none");
                    return;
                }
                if (header.size() > metadata.capacity()) {
                    trouble.add("its qcow2 header says " + header.size() + " bytes but its metadata says "
                            + metadata.capacity());
                }
                String parent = metadata.hasParent() ? metadata.parent() : "";
                if (!header.backingName().equals(parent)) {
                    trouble.add("its qcow2 header names " + named(header.backingName())
                            + " as its parent but its metadata names " + named(parent));
                }
                if (header.corrupt()) {
                    trouble.add("its qcow2 header says that it is corrupt");
                }
                if (header.externalData()) {
                    trouble.add("its qcow2 header keeps the data in another file");
                }
            }
        }
    }

    private static void chain(
            String id, VolumeMetadata metadata, Map<String, VolumeMetadata> siblings, List<String> trouble) {
        if (metadata.hasParent() && !siblings.containsKey(metadata.parent())) {
            trouble.add("its parent " + metadata.parent() + " is not in the image");
        }
        List<String> children = siblings.entrySet().stream()
                .filter(entry -> entry.getValue().parent().equals(id))
                .map(Map.Entry::getKey)
                .toList();
        if (metadata.role() == VolumeMetadata.Role.LEAF && !children.isEmpty()) {
            trouble.add("it is marked as a leaf but has the child " + children.getFirst());
        }
        if (metadata.role() == VolumeMetadata.Role.INTERNAL && children.isEmpty()) {
            trouble.add("it is marked as internal but has no child");
        }
    }

    private static String named(String parent) {
        return parent.isEmpty() ? "nothing" : parent;
    }
}
