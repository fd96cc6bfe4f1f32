package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Volumes as logical volumes: a tag names the image, one the parent, one the slot that its text and its lease have. They
 * are seen as links in the same tree of directories as files, so that all that works with paths works with them.
 */
final class BlockVolumes {
    /** Below the mount root; each block domain is a directory there. */
    static final String TREE = "blockSD";

    static final String IMAGE = "IU_";
    static final String PARENT = "PU_";
    static final String INITIALIZING = "OVIRT_VOL_INITIALIZING";
    private static final Logger LOG = LoggerFactory.getLogger(BlockVolumes.class);
    private static final Path DEVICES = Path.of("/dev");
    private static final long FIRST_BLOCK = 4096;
    /** A volume that was needed a moment ago stays active. */
    private static final long IDLE_NANOS = TimeUnit.SECONDS.toNanos(90);

    private final Lvm lvm;
    private final Ownership ownership;
    private final BlockRemoval removal;
    private final ConcurrentMap<String, Long> used = new ConcurrentHashMap<>();

    BlockVolumes(Lvm lvm, Ownership ownership) {
        this.lvm = lvm;
        this.ownership = ownership;
        this.removal = new BlockRemoval(lvm);
    }

    /** Whether a path is in the tree of block domains. */
    static boolean holds(Path path) {
        for (Path part : path) {
            if (part.toString().equals(TREE)) {
                return true;
            }
        }
        return false;
    }

    private static String group(VolumePlace volume) {
        return group(volume.image());
    }

    private static String group(Path image) {
        // …/GROUP/images/IMAGE
        return image.getName(image.getNameCount() - 3).toString();
    }

    static Path device(String group, String name) {
        return DEVICES.resolve(group).resolve(name);
    }

    Optional<VolumeMetadata> find(VolumePlace volume) throws IOException {
        String group = group(volume);
        Optional<Lvm.Logical> found = logical(group, volume.id());
        return found.isPresent() ? VolumeSlots.text(group, found.get()) : Optional.empty();
    }

    private Optional<Lvm.Logical> logical(String group, String id) {
        return volumes(group).stream().filter(each -> each.name().equals(id)).findFirst();
    }

    /** Logical volumes of disks; special ones and others' are left out. */
    private List<Lvm.Logical> volumes(String group) {
        return lvm.volumes(group).stream()
                .filter(each -> Ids.valid(each.name()) && each.tag(IMAGE).isPresent())
                .toList();
    }

    /** Writes the text into the volume's slot. A tag of the parent may lag behind: only one host may change tags. */
    void write(VolumePlace volume, VolumeMetadata metadata) throws IOException {
        String group = group(volume);
        Lvm.Logical found = logical(group, volume.id())
                .orElseThrow(
                        () -> new NoSuchFileException(device(group, volume.id()).toString()));
        VolumeSlots.writeText(group, found, metadata);
    }

    /**
     * Makes the logical volume, active, with its text in its slot; what a crash left of the same name goes. The text is there
     * first, where nobody looks until a volume has the slot: so one change of the group makes a volume that is whole.
     */
    void allocate(VolumePlace volume, VolumeMetadata metadata, long bytes) throws IOException {
        String group = group(volume);
        List<Lvm.Logical> all = lvm.volumes(group);
        if (all.stream().anyMatch(each -> each.name().equals(volume.id()))) {
            removal.remove(group, List.of(volume.id()));
        }
        int slot = VolumeSlots.free(
                all.stream().filter(each -> !each.name().equals(volume.id())).toList());
        VolumeSlots.writeText(group, slot, metadata);
        lvm.create(
                group,
                volume.id(),
                bytes,
                List.of(VolumeSlots.TAG + slot, IMAGE + metadata.image(), PARENT + metadata.parent()));
        used.put(volume.id(), System.nanoTime());
        if (metadata.format() == VolumeMetadata.Format.RAW) {
            // What lay there before must not look like a file system or a partition table to anybody.
            BlockDevice.zero(device(group, volume.id()), 0, FIRST_BLOCK);
        }
        give(group, volume.id());
        link(volume.image(), group, volume.id());
    }

    void writeLease(VolumePlace volume, byte[] lease) throws IOException {
        String group = group(volume);
        VolumeSlots.writeLease(group, logical(group, volume.id()).orElseThrow(), lease);
    }

    /** The texts of an image's own volumes and of the templates below them, by id; their links are there afterwards. */
    Map<String, VolumeMetadata> all(Path image) throws IOException {
        String group = group(image);
        Map<String, VolumeMetadata> texts = new LinkedHashMap<>();
        for (Lvm.Logical each : chain(volumes(group), String.valueOf(image.getFileName()))) {
            VolumeSlots.text(group, each).ifPresent(text -> texts.put(each.name(), text));
            link(image, group, each.name());
        }
        return texts;
    }

    /** The ids of all of an image's volumes that have a text, templates below them too. */
    List<String> ids(Path image, boolean whole) {
        return chain(volumes(group(image)), String.valueOf(image.getFileName())).stream()
                .filter(each -> each.tags().contains(INITIALIZING) != whole)
                .map(Lvm.Logical::name)
                .sorted()
                .toList();
    }

    private static List<Lvm.Logical> chain(List<Lvm.Logical> all, String image) {
        Map<String, Lvm.Logical> byName = new LinkedHashMap<>();
        all.forEach(each -> byName.put(each.name(), each));
        Map<String, Lvm.Logical> chain = new LinkedHashMap<>();
        for (Lvm.Logical each : all) {
            Lvm.Logical link = each.tag(IMAGE).filter(image::equals).isPresent() ? each : null;
            while (link != null && chain.putIfAbsent(link.name(), link) == null) {
                link = byName.get(link.tag(PARENT).orElse(""));
            }
        }
        return List.copyOf(chain.values());
    }

    /** The images of a domain; their directories are there afterwards, and those of others are gone. */
    List<String> images(DomainPlace domain) throws IOException {
        Set<String> images = new HashSet<>();
        for (Lvm.Logical each : volumes(domain.id())) {
            each.tag(IMAGE).filter(Ids::valid).ifPresent(images::add);
        }
        for (String image : images) {
            Files.createDirectories(domain.images().resolve(image));
        }
        for (Path stale : Luns.list(domain.images())) {
            if (!images.contains(String.valueOf(stale.getFileName()))) {
                Domains.deleteTree(stale);
            }
        }
        return images.stream().sorted().toList();
    }

    /** Volumes that stand on this one, in any image: a template's are in others. The text has the last word. */
    List<String> children(Path image, String parent) throws IOException {
        String group = group(image);
        List<String> children = new ArrayList<>();
        for (Lvm.Logical each : volumes(group)) {
            Optional<VolumeMetadata> text = VolumeSlots.text(group, each);
            if (text.isPresent() && text.get().parent().equals(parent)) {
                children.add(each.name());
            }
        }
        return children;
    }

    void delete(VolumePlace volume) throws IOException {
        String group = group(volume);
        List<Lvm.Logical> all = volumes(group);
        if (all.stream().anyMatch(each -> each.name().equals(volume.id()))) {
            removal.repairTags(group, volume.id(), all);
            removal.remove(group, List.of(volume.id()));
        }
        Files.deleteIfExists(volume.data());
    }

    /** Takes away whole images. */
    BlockRemoval removal() {
        return removal;
    }

    /** Makes a volume and all below it readable on this host, in the size that it has now. */
    void activate(VolumePlace volume) throws IOException {
        String group = group(volume);
        Map<String, Lvm.Logical> byName = new LinkedHashMap<>();
        volumes(group).forEach(each -> byName.put(each.name(), each));
        List<Lvm.Logical> chain = new ArrayList<>();
        Lvm.Logical link = byName.get(volume.id());
        while (link != null && !chain.contains(link)) {
            chain.add(link);
            link = byName.get(
                    VolumeSlots.text(group, link).map(VolumeMetadata::parent).orElse(""));
        }
        chain.forEach(each -> used.put(each.name(), System.nanoTime()));
        lvm.activate(group, chain);
        for (Lvm.Logical each : chain) {
            give(group, each.name());
            link(volume.image(), group, each.name());
        }
    }

    /** Takes volumes out of use that nobody has opened for a while, so that another host may change them. */
    void deactivateIdle(DomainPlace domain) {
        long now = System.nanoTime();
        used.values().removeIf(last -> now - last > IDLE_NANOS);
        List<String> words = new ArrayList<>(List.of("--activate", "n"));
        for (Lvm.Logical each : volumes(domain.id())) {
            if (each.active() && !each.open() && !used.containsKey(each.name())) {
                words.add(domain.id() + "/" + each.name());
            }
        }
        if (words.size() > 2) {
            try {
                lvm.run("lvchange", words);
            } catch (Refusal e) {
                LOG.debug("a volume that somebody opens right now stays active: {}", e.getMessage());
            }
        }
    }

    /** Makes the logical volume at least this large. */
    void extend(VolumePlace volume, long bytes) {
        String group = group(volume);
        Lvm.Logical now = logical(group, volume.id())
                .orElseThrow(
                        () -> Refusal.notFound("There is no volume " + volume.id() + " in image " + volume.imageId()));
        if (now.bytes() < bytes) {
            lvm.run("lvextend", "--size", bytes + "b", group + "/" + volume.id());
            LOG.info("extended {} of {} to {} bytes", volume.id(), group, bytes);
        }
    }

    /** Sees the size that another host gave it, if it is in use here. */
    void refresh(VolumePlace volume) {
        String group = group(volume);
        logical(group, volume.id()).filter(Lvm.Logical::active).ifPresent(found -> lvm.activate(group, List.of(found)));
    }

    long length(VolumePlace volume) throws IOException {
        String group = group(volume);
        return logical(group, volume.id())
                .map(Lvm.Logical::bytes)
                .orElseThrow(
                        () -> new NoSuchFileException(device(group, volume.id()).toString()));
    }

    private void give(String group, String id) throws IOException {
        ownership.give(device(group, id), Ownership.DATA);
    }

    static void link(Path directory, String group, String name) throws IOException {
        Path link = directory.resolve(name);
        Path target = device(group, name);
        if (Files.isSymbolicLink(link) && Files.readSymbolicLink(link).equals(target)) {
            return;
        }
        Files.createDirectories(directory);
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            Files.delete(link);
        }
        Files.createSymbolicLink(link, target);
    }
}
