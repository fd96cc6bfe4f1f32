package org.bellwether.agent.storage;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the texts of an image must say so that they agree with its data. A merge that was cut off leaves qcow2 headers
 * that are right and texts that are late: the headers count. A pure function.
 */
final class ChainRepair {
    private ChainRepair() {}

    /** What a data file says of itself. */
    record Data(String backing, long size) {}

    /**
     * The texts that have to be written anew.
     *
     * @param image whose own volumes may be changed; a template's, linked beside them, never
     * @param texts by volume id
     * @param data of the volumes whose files could be read
     */
    static Map<String, VolumeMetadata> corrections(
            String image, Map<String, VolumeMetadata> texts, Map<String, Data> data) {
        Map<String, VolumeMetadata> right = new LinkedHashMap<>(texts);
        texts.forEach((id, text) -> {
            Data found = data.get(id);
            if (found == null || !text.image().equals(image)) {
                return;
            }
            if (found.size > text.capacity()) {
                right.computeIfPresent(id, (same, now) -> now.withCapacity(found.size));
            }
            if (text.format() == VolumeMetadata.Format.COW) {
                skipped(text.parent(), found.backing, texts).ifPresent(merged -> {
                    right.computeIfPresent(id, (same, now) -> now.onParent(found.backing));
                    merged.stream()
                            .filter(each -> texts.get(each) != null
                                    && texts.get(each).image().equals(image))
                            .forEach(
                                    each -> right.computeIfPresent(each, (same, now) -> now.mergedInto(found.backing)));
                });
            }
        });
        Map<String, VolumeMetadata> changed = new LinkedHashMap<>();
        right.forEach((id, text) -> {
            VolumeMetadata settled = withRole(id, text, right);
            if (text.image().equals(image) && !settled.equals(texts.get(id))) {
                changed.put(id, settled);
            }
        });
        return changed;
    }

    /** The volumes between a parent of old and a backing file below it; nothing when the two are not of one chain. */
    private static Optional<List<String>> skipped(String parent, String backing, Map<String, VolumeMetadata> texts) {
        if (parent.equals(backing) || backing.isEmpty()) {
            return Optional.empty();
        }
        List<String> between = new ArrayList<>();
        String id = parent;
        while (texts.containsKey(id) && !between.contains(id)) {
            if (id.equals(backing)) {
                return Optional.of(between);
            }
            between.add(id);
            id = texts.get(id).parent();
        }
        return Optional.empty();
    }

    private static VolumeMetadata withRole(String id, VolumeMetadata text, Map<String, VolumeMetadata> all) {
        if (text.role() == VolumeMetadata.Role.SHARED) {
            return text;
        }
        boolean stoodOn = all.values().stream().anyMatch(other -> other.parent().equals(id));
        return text.withRole(stoodOn ? VolumeMetadata.Role.INTERNAL : VolumeMetadata.Role.LEAF);
    }
}
