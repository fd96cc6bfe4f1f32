package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;

/**
 * Reads and writes the files of volumes: the texts, the links of templates, the leftovers of crashes. What is on a block
 * domain is handed to {@link BlockVolumes}, so that everything above knows one kind of volume.
 */
final class VolumeFiles {
    private static final String META = ".meta";

    private final Ownership ownership;
    private final BlockVolumes block;

    VolumeFiles(Ownership ownership) {
        this(ownership, new BlockVolumes(new Lvm(new Luns()::devices), ownership));
    }

    VolumeFiles(Ownership ownership, BlockVolumes block) {
        this.ownership = ownership;
        this.block = block;
    }

    /** Makes room for the data of a volume to come, with its text; files grow by themselves. */
    void allocate(VolumePlace volume, VolumeMetadata metadata, long bytes) throws IOException {
        if (volume.block()) {
            block.allocate(volume, metadata, bytes);
        } else {
            write(volume, metadata);
        }
    }

    /** Makes the volume and all below it readable on this host; files always are. */
    void activate(VolumePlace volume) throws IOException {
        if (volume.block()) {
            block.activate(volume);
        }
    }

    /** Bytes that the data has; a logical volume's are told also while it is not active here. */
    long length(VolumePlace volume) throws IOException {
        return volume.block() ? block.length(volume) : Files.size(volume.data());
    }

    /** The ids of the domain's images. */
    List<String> images(DomainPlace domain) throws IOException {
        if (domain.block()) {
            return block.images(domain);
        }
        try (Stream<Path> names = Files.list(domain.images())) {
            return names.map(path -> path.getFileName().toString())
                    .filter(Ids::valid)
                    .sorted()
                    .toList();
        }
    }

    /** What only volumes on block domains have. */
    BlockVolumes block() {
        return block;
    }

    /** The volume's metadata; nothing when it has none. */
    Optional<VolumeMetadata> find(VolumePlace volume) throws IOException {
        if (volume.block()) {
            return block.find(volume);
        }
        try {
            return Optional.of(VolumeMetadata.parse(Files.readAllBytes(volume.meta()), volume.id()));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    VolumeMetadata require(VolumePlace volume) throws IOException {
        return find(volume)
                .orElseThrow(
                        () -> Refusal.notFound("There is no volume " + volume.id() + " in image " + volume.imageId()));
    }

    /**
     * Replaces the text. A template's text is one file in many directories: it is written in place there, because a
     * rename would cut it off from the others; 512 bytes reach storage in one write.
     */
    void write(VolumePlace volume, VolumeMetadata metadata) throws IOException {
        if (volume.block()) {
            block.write(volume, metadata);
            return;
        }
        byte[] text = metadata.render();
        if (Files.exists(volume.meta()) && links(volume.meta()) > 1) {
            Files.write(volume.meta(), text);
            return;
        }
        AtomicFile.write(volume.meta(), text, Ownership.TEXT);
        ownership.give(volume.meta(), Ownership.TEXT);
    }

    /** The ids of all volumes with a text in the image's directory, a template's linked ones too. */
    List<String> volumes(Path image) throws IOException {
        if (BlockVolumes.holds(image)) {
            return block.ids(image, true);
        }
        try (Stream<Path> names = Files.list(image)) {
            return names.map(path -> path.getFileName().toString())
                    .filter(name -> name.endsWith(META))
                    .map(name -> name.substring(0, name.length() - META.length()))
                    .filter(Ids::valid)
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** Data files without a text: a creation that crashed. */
    List<String> orphans(Path image) throws IOException {
        if (BlockVolumes.holds(image)) {
            return block.ids(image, false);
        }
        try (Stream<Path> names = Files.list(image)) {
            return names.filter(path -> Ids.valid(path.getFileName().toString()))
                    .filter(path -> !Files.exists(path.resolveSibling(path.getFileName() + META)))
                    .map(path -> path.getFileName().toString())
                    .sorted()
                    .toList();
        } catch (NoSuchFileException e) {
            return List.of();
        }
    }

    /** All readable texts of the image by volume id. */
    Map<String, VolumeMetadata> all(Path image) throws IOException {
        if (BlockVolumes.holds(image)) {
            return block.all(image);
        }
        Map<String, VolumeMetadata> all = new LinkedHashMap<>();
        for (String id : volumes(image)) {
            find(new VolumePlace(image, id)).ifPresent(metadata -> all.put(id, metadata));
        }
        return all;
    }

    List<String> children(Path image, String parent) throws IOException {
        if (BlockVolumes.holds(image)) {
            return block.children(image, parent);
        }
        List<String> children = new ArrayList<>();
        for (Map.Entry<String, VolumeMetadata> entry : all(image).entrySet()) {
            if (entry.getValue().parent().equals(parent)) {
                children.add(entry.getKey());
            }
        }
        return children;
    }

    /** After a child came or went: a volume without children is a leaf again. A template's stays shared. */
    void recheckLeaf(VolumePlace volume) throws IOException {
        Optional<VolumeMetadata> metadata = find(volume);
        if (metadata.isEmpty() || metadata.get().role() == VolumeMetadata.Role.SHARED) {
            return;
        }
        VolumeMetadata.Role role = children(volume.image(), volume.id()).isEmpty()
                ? VolumeMetadata.Role.LEAF
                : VolumeMetadata.Role.INTERNAL;
        if (metadata.get().role() != role) {
            write(volume, metadata.get().withRole(role));
        }
    }

    /** Deletes the volume's files; the text goes last, so that what is left of a crash is still marked by it. */
    void delete(VolumePlace volume) throws IOException {
        if (volume.block()) {
            block.delete(volume);
            return;
        }
        Files.deleteIfExists(volume.data());
        Files.deleteIfExists(volume.lease());
        Files.deleteIfExists(volume.meta());
        Files.deleteIfExists(volume.meta().resolveSibling(volume.id() + META + ".new"));
    }

    /** Puts the template's three files into the image's directory, under the same names and without a copy. */
    void share(VolumePlace template, Path image) throws IOException {
        if (template.block()) {
            // Tags say all; the link makes the bare name of the parent lead somewhere.
            block.activate(new VolumePlace(image, template.id()));
            return;
        }
        VolumePlace here = new VolumePlace(image, template.id());
        link(template.data(), here.data());
        link(template.meta(), here.meta());
        if (Files.exists(template.lease())) {
            link(template.lease(), here.lease());
        }
    }

    static int links(Path file) throws IOException {
        return ((Number) Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS)).intValue();
    }

    private static void link(Path existing, Path link) throws IOException {
        if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
            if (Files.isSameFile(existing, link)) {
                return;
            }
            Files.delete(link);
        }
        Files.createLink(link, existing);
    }
}
