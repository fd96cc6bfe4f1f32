package org.bellwether.agent.storage;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** Takes logical volumes away, one or a whole image. All of it may be repeated. */
final class BlockRemoval {
    private static final Duration WIPING = Duration.ofMinutes(10);
    private static final String REMOVED = "_remove_me_";
    private static final String REMOVED_TO_WIPE = REMOVED + "ZERO_";

    private final Lvm lvm;

    BlockRemoval(Lvm lvm) {
        this.lvm = lvm;
    }

    /** Whoever stood on a volume that was merged says so in its text; its tag follows before the volume goes. */
    void repairTags(String group, String parent, List<Lvm.Logical> all) throws IOException {
        for (Lvm.Logical each : all) {
            if (each.tag(BlockVolumes.PARENT).filter(parent::equals).isPresent()) {
                String now = VolumeSlots.text(group, each)
                        .map(VolumeMetadata::parent)
                        .orElse(parent);
                if (!now.equals(parent)) {
                    lvm.run(
                            "lvchange",
                            "--deltag",
                            BlockVolumes.PARENT + parent,
                            "--addtag",
                            BlockVolumes.PARENT + now,
                            group + "/" + each.name());
                }
            }
        }
    }

    /** LVM takes them out of use first, and refuses one that is open. */
    void remove(String group, List<String> ids) {
        List<String> words = new ArrayList<>(List.of("--yes", "--force"));
        ids.forEach(id -> words.add(group + "/" + id));
        lvm.run("lvremove", words);
    }

    /** Deletes an image: one change of tags takes it away at once, what follows may be repeated. */
    void image(DomainPlace domain, String image, boolean wipe) throws IOException {
        String group = domain.id();
        String removed = (wipe ? REMOVED_TO_WIPE : REMOVED) + image;
        List<Lvm.Logical> all = lvm.volumes(group);
        List<Lvm.Logical> own = all.stream()
                .filter(each ->
                        each.tag(BlockVolumes.IMAGE).filter(image::equals).isPresent())
                .toList();
        for (Lvm.Logical each : own) {
            if (each.open()) {
                throw Refusal.of(
                        Error.Code.IN_USE,
                        "Image " + image + " is not deleted: its volume " + each.name() + " is open on this host");
            }
            boolean template = all.stream()
                    .anyMatch(other -> other.tag(BlockVolumes.PARENT)
                                    .filter(each.name()::equals)
                                    .isPresent()
                            && !Objects.equals(other.tag(BlockVolumes.IMAGE), each.tag(BlockVolumes.IMAGE)));
            if (template) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Image " + image + " of storage domain " + domain.id()
                                        + " is not deleted: disks made from this template are still there")
                        .next("Delete those disks first.");
            }
        }
        if (!own.isEmpty()) {
            List<String> words = new ArrayList<>(
                    List.of("--deltag", BlockVolumes.IMAGE + image, "--addtag", BlockVolumes.IMAGE + removed));
            own.forEach(each -> words.add(group + "/" + each.name()));
            lvm.run("lvchange", words);
        }
        List<String> gone = new ArrayList<>();
        for (Lvm.Logical each : lvm.volumes(group)) {
            String tag = each.tag(BlockVolumes.IMAGE).orElse("");
            if (tag.equals(REMOVED + image) || tag.equals(REMOVED_TO_WIPE + image)) {
                if (tag.startsWith(REMOVED_TO_WIPE)) {
                    wipe(group, each.name());
                }
                gone.add(each.name());
            }
        }
        if (!gone.isEmpty()) {
            remove(group, gone);
        }
        Domains.deleteTree(domain.image(image));
    }

    private void wipe(String group, String id) {
        lvm.run("lvchange", "--activate", "y", group + "/" + id);
        Command.Outcome outcome = Command.of(
                        "blkdiscard",
                        "--zeroout",
                        BlockVolumes.device(group, id).toString())
                .run(WIPING);
        if (!outcome.worked()) {
            throw Refusal.of(Error.Code.REFUSED, "Volume " + id + " could not be overwritten")
                    .because(outcome.words());
        }
    }
}
