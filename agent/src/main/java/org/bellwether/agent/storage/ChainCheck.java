package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;
import org.jspecify.annotations.Nullable;

/**
 * Whether a volume and all below it lead nowhere but to volumes of their image. Others write to storage too: whoever serves
 * it, and a domain that is imported may be anybody's. A link in the place of a file, a header that names another file, or
 * data that QEMU would guess the format of could make it, and this agent, which is root, read and write any file of the host.
 */
final class ChainCheck {
    /** What QEMU calls bytes as they are. */
    private static final Set<String> PLAIN = Set.of("raw", "file", "host_device");

    private static final String QCOW2 = "qcow2";

    private final VolumeFiles files;

    ChainCheck(VolumeFiles files) {
        this.files = files;
    }

    /**
     * Looks at each volume from the top down, as QEMU will find them; logical ones must be active.
     *
     * @throws Refusal BROKEN with the volume and what is wrong with it
     */
    void require(VolumePlace top) throws IOException {
        Map<String, VolumeMetadata> texts = files.all(top.image());
        Set<String> seen = new HashSet<>();
        String id = top.id();
        while (!id.isEmpty()) {
            VolumePlace volume = new VolumePlace(top.image(), id);
            VolumeMetadata text = texts.get(id);
            if (text == null || !seen.add(id)) {
                throw refused(top, "its chain leads to " + id + ", which is no volume below it");
            }
            requirePlain(volume);
            if (text.format() == VolumeMetadata.Format.RAW) {
                return;
            }
            Qcow2Header header = header(volume);
            VolumeMetadata parent = texts.get(header.backingName());
            Optional<String> trouble = trouble(volume, header, parent);
            if (trouble.isPresent()) {
                throw refused(volume, trouble.get());
            }
            id = header.backingName();
        }
    }

    private static Qcow2Header header(VolumePlace volume) throws IOException {
        try {
            return Qcow2Header.read(volume.data())
                    .orElseThrow(() -> refused(volume, "its metadata says qcow2 but its data is none"));
        } catch (NoSuchFileException e) {
            throw refused(volume, "its data file is missing");
        }
    }

    /** That the data is what lies in the image's directory, and is not read or written somewhere else. */
    static void requirePlain(VolumePlace volume) {
        Optional<String> trouble = elsewhere(volume);
        if (trouble.isPresent()) {
            throw refused(volume, trouble.get());
        }
    }

    /** How the data leads away from the domain; nothing also where there is none. */
    static Optional<String> elsewhere(VolumePlace volume) {
        if (volume.block()) {
            return Optional.empty(); // all that is there was made by this agent
        }
        if (Files.isSymbolicLink(volume.image())) {
            return Optional.of("its image's directory is a link to another place");
        }
        boolean there = Files.exists(volume.data(), LinkOption.NOFOLLOW_LINKS);
        return there && !Files.isRegularFile(volume.data(), LinkOption.NOFOLLOW_LINKS)
                ? Optional.of("its data is no plain file: what it leads to is not looked at")
                : Optional.empty();
    }

    /**
     * What is wrong with where a header leads.
     *
     * @param parent the text of the volume that it names; null when there is none
     */
    static Optional<String> trouble(VolumePlace volume, Qcow2Header header, @Nullable VolumeMetadata parent)
            throws IOException {
        if (header.externalData()) {
            return Optional.of("its qcow2 header keeps the data in another file");
        }
        if (header.backing().isEmpty()) {
            return Optional.empty();
        }
        if (parent == null || !header.staysIn(volume.image()) || !same(volume, header)) {
            return Optional.of("its qcow2 header names a file that is no volume of its image");
        }
        boolean fits = switch (parent.format()) {
            // A guest can make its raw disk look like anything.
            case RAW -> PLAIN.contains(header.backingFormat());
            case COW ->
                header.backingFormat().isEmpty() || header.backingFormat().equals(QCOW2);
        };
        return fits
                ? Optional.empty()
                : Optional.of("its qcow2 header says "
                        + (header.backingFormat().isEmpty() ? "nothing" : header.backingFormat())
                        + " of its parent's format, but its parent is "
                        + (parent.format() == VolumeMetadata.Format.RAW ? "raw" : QCOW2));
    }

    /** A name with a directory in front must lead to the very file that the bare name leads to. */
    private static boolean same(VolumePlace volume, Qcow2Header header) throws IOException {
        if (header.backing().equals(header.backingName())) {
            return true;
        }
        try {
            return Files.isSameFile(
                    volume.image().resolve(header.backing()), volume.image().resolve(header.backingName()));
        } catch (NoSuchFileException e) {
            return false;
        }
    }

    private static Refusal refused(VolumePlace volume, String why) {
        return Refusal.broken("Volume " + volume.id() + " of image " + volume.imageId() + " cannot be used: " + why)
                .next("Look who else writes to this storage; restore the disk from a backup if it is damaged.");
    }
}
