package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ImageDescription;
import org.bellwether.protocol.VolumeDescription;
import org.bellwether.protocol.VolumeFormat;
import org.bellwether.protocol.VolumeReference;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Disks on a domain as they are on storage. Each call is made on the lane of the domain's mount. */
final class Images {
    private static final Logger LOG = LoggerFactory.getLogger(Images.class);

    private final VolumeFiles files;

    Images(VolumeFiles files) {
        this.files = files;
    }

    ImageDescription inspect(DomainPlace domain, String imageId) throws IOException {
        return inspect(domain, imageId, true);
    }

    /** @param whole look also into logical volumes that are not active here, which makes them so */
    private ImageDescription inspect(DomainPlace domain, String imageId, boolean whole) throws IOException {
        Path image = domain.image(imageId);
        if (domain.block() ? files.all(image).isEmpty() && files.orphans(image).isEmpty() : !Files.isDirectory(image)) {
            throw Refusal.notFound("There is no image " + imageId + " on storage domain " + domain.id());
        }
        Map<String, VolumeMetadata> texts = new LinkedHashMap<>();
        List<VolumeDescription> broken = new ArrayList<>();
        for (String id : files.volumes(image)) {
            try {
                files.find(new VolumePlace(image, id)).ifPresent(text -> texts.put(id, text));
            } catch (Refusal e) {
                broken.add(unreadable(domain, imageId, id, e.getMessage()));
            }
        }
        for (String id : files.orphans(image)) {
            broken.add(unreadable(domain, imageId, id, "it has no metadata: its creation did not come to its end"));
        }
        ImageDescription.Builder description =
                ImageDescription.newBuilder().setDomainId(domain.id()).setImageId(imageId);
        for (String id : baseFirst(texts)) {
            description.addVolumes(describe(domain, new VolumePlace(image, id), texts, whole));
        }
        return description.addAllVolumes(broken).build();
    }

    /** As {@link Storage#requireNewest}, for what is on one domain. */
    void requireNewest(DomainPlace domain, VolumeReference reference) throws IOException {
        Path image = domain.image(reference.getImageId());
        if (domain.block() ? files.all(image).isEmpty() : !Files.isDirectory(image, LinkOption.NOFOLLOW_LINKS)) {
            return;
        }
        if (!domain.id().equals(reference.getDomainId())) {
            throw stale(reference, "it is on storage domain " + domain.id() + " too, where it may have moved");
        }
        for (Map.Entry<String, VolumeMetadata> each : files.all(image).entrySet()) {
            if (each.getValue().parent().equals(reference.getVolumeId())) {
                throw stale(reference, "the volume " + each.getKey() + " stands on it");
            }
        }
    }

    private static Refusal stale(VolumeReference reference, String why) {
        return Refusal.wrongState("The disk " + reference.getImageId() + " may go on in another volume than "
                        + reference.getVolumeId())
                .because(why)
                .next("Wait for the engine, which knows.");
    }

    /**
     * All images. To look into every logical volume would make all of a domain's active on this host: of those that are not,
     * only what their texts say is told.
     */
    List<ImageDescription> list(DomainPlace domain) throws IOException {
        List<String> ids = files.images(domain);
        List<ImageDescription> images = new ArrayList<>();
        for (String id : ids) {
            images.add(inspect(domain, id, false));
        }
        return images;
    }

    VolumeDescription describe(DomainPlace domain, VolumePlace volume) throws IOException {
        return describe(domain, volume, files.all(volume.image()), true);
    }

    /**
     * Deletes the image: a rename takes it away at once, removing the files may take its time and is ended by
     * {@link Domains#sweep} if it is cut off.
     */
    void delete(DomainPlace domain, String imageId) throws IOException {
        delete(domain, imageId, false);
    }

    /** @param wipe overwrite it first, where that reaches its blocks */
    void delete(DomainPlace domain, String imageId, boolean wipe) throws IOException {
        if (domain.block()) {
            files.block().removal().image(domain, imageId, wipe);
            return;
        }
        Path image = domain.image(imageId);
        Path removed = domain.removed(imageId);
        if (Files.isDirectory(image, LinkOption.NOFOLLOW_LINKS)) {
            refuseShared(domain, image, imageId);
            Domains.deleteTree(removed);
            Files.move(image, removed, StandardCopyOption.ATOMIC_MOVE);
            AtomicFile.forceDirectory(domain.images());
        }
        if (Files.exists(removed, LinkOption.NOFOLLOW_LINKS)) {
            Domains.deleteTree(removed);
            LOG.info("deleted image {} of storage domain {}", imageId, domain.id());
        }
    }

    /** Base first; volumes outside any chain that can be followed come last. */
    static List<String> baseFirst(Map<String, VolumeMetadata> texts) {
        List<String> ordered = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        List<String> heads = texts.entrySet().stream()
                .filter(entry -> !texts.containsKey(entry.getValue().parent()))
                .map(Map.Entry::getKey)
                .toList();
        ArrayList<String> next = new ArrayList<>(heads);
        while (!next.isEmpty()) {
            String id = next.removeFirst();
            if (seen.add(id)) {
                ordered.add(id);
                texts.forEach((child, text) -> {
                    if (text.parent().equals(id)) {
                        next.add(child);
                    }
                });
            }
        }
        texts.keySet().stream().filter(seen::add).forEach(ordered::add);
        return ordered;
    }

    private VolumeDescription describe(
            DomainPlace domain, VolumePlace volume, Map<String, VolumeMetadata> texts, boolean whole)
            throws IOException {
        VolumeMetadata text = texts.get(volume.id());
        if (text == null) {
            throw Refusal.notFound("There is no volume " + volume.id() + " in image " + volume.imageId());
        }
        long length = -1;
        long allocated = 0;
        Qcow2Header header = null;
        String unread = "";
        boolean shut = domain.block() && !whole && !Files.exists(volume.data());
        String astray = ChainCheck.elsewhere(volume).orElse("");
        try {
            if (!astray.isEmpty()) {
                throw Refusal.broken(astray);
            }
            length = files.length(volume);
            if (domain.block() && whole && !Files.exists(volume.data())) {
                files.activate(volume);
            }
            allocated = domain.block() ? length : AllocatedSize.of(volume.data());
            if (text.format() == VolumeMetadata.Format.COW && !shut) {
                header = Qcow2Header.read(volume.data()).orElse(null);
                astray = header == null
                        ? ""
                        : ChainCheck.trouble(volume, header, texts.get(header.backingName()))
                                .orElse("");
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is missing", volume.data());
        } catch (Refusal e) {
            unread = String.valueOf(e.getMessage());
        }
        String trouble;
        if (!unread.isEmpty()) {
            trouble = unread;
        } else if (shut) {
            trouble = VolumeCheck.troubleOfTexts(volume.id(), text, texts);
        } else {
            trouble = joined(VolumeCheck.trouble(volume.id(), text, header, length, texts), astray);
        }
        return VolumeDescription.newBuilder()
                .setVolume(VolumeReference.newBuilder()
                        .setDomainId(domain.id())
                        .setImageId(text.image())
                        .setVolumeId(volume.id()))
                .setParentVolumeId(text.hasParent() ? text.parent() : "")
                .setFormat(
                        switch (text.format()) {
                            case RAW -> VolumeFormat.RAW;
                            case COW -> VolumeFormat.QCOW2;
                        })
                .setPreallocated(text.allocation() == VolumeMetadata.Allocation.PREALLOCATED)
                .setCapacityBytes(text.capacity())
                .setAllocatedBytes(allocated)
                .setLegal(text.legal())
                .setShared(text.role() == VolumeMetadata.Role.SHARED)
                .setLeaf(text.role() == VolumeMetadata.Role.LEAF)
                .setDescription(text.description())
                .setDiskType(text.diskType())
                .setTrouble(trouble)
                .setMergedInto(text.mergedInto().orElse(""))
                .build();
    }

    private static String joined(String one, String other) {
        return one.isEmpty() || other.isEmpty() || one.contains(other) ? one + other : one + "; " + other;
    }

    private static VolumeDescription unreadable(DomainPlace domain, String image, String volume, String trouble) {
        return VolumeDescription.newBuilder()
                .setVolume(VolumeReference.newBuilder()
                        .setDomainId(domain.id())
                        .setImageId(image)
                        .setVolumeId(volume))
                .setTrouble(trouble)
                .build();
    }

    private void refuseShared(DomainPlace domain, Path image, String imageId) throws IOException {
        for (String id : files.volumes(image)) {
            VolumePlace volume = new VolumePlace(image, id);
            boolean own;
            try {
                own = files.find(volume)
                        .filter(text -> text.image().equals(imageId))
                        .isPresent();
            } catch (Refusal e) {
                own = false; // its text cannot be read, so it is nobody's template
            }
            if (own && Files.exists(volume.data()) && VolumeFiles.links(volume.data()) > 1) {
                throw Refusal.of(
                                Error.Code.IN_USE,
                                "Image " + imageId + " of storage domain " + domain.id()
                                        + " is not deleted: disks made from this template are still there")
                        .next("Delete those disks first.");
            }
        }
    }
}
