package org.bellwether.agent.storage;

import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;

/**
 * The ".meta" of a volume in V5: at most 512 bytes of text. {@link Legality#ILLEGAL} is the crash marker: a volume is
 * made so first and becomes legal when it is complete.
 *
 * @param capacity virtual size in bytes
 * @param created seconds since 1970
 * @param generation 0…999, grows with each completed operation on the data
 * @param parent volume id, or {@link #NO_PARENT}
 */
record VolumeMetadata(
        long capacity,
        long created,
        String description,
        String diskType,
        String domain,
        Format format,
        int generation,
        String image,
        Legality legality,
        String parent,
        long sequence,
        Allocation allocation,
        Role role) {

    static final String NO_PARENT = "00000000-0000-0000-0000-000000000000";
    static final int MOST_BYTES = 512;
    private static final int LONGEST_DESCRIPTION = 210;
    private static final int GENERATIONS = 1000;

    enum Format {
        RAW,
        COW
    }

    enum Legality {
        LEGAL,
        ILLEGAL,
        FAKE
    }

    enum Allocation {
        PREALLOCATED,
        SPARSE,
        UNKNOWN
    }

    enum Role {
        LEAF,
        INTERNAL,
        SHARED
    }

    /**
     * Reads the text.
     *
     * @throws Refusal BROKEN when a key is missing or its value is none that V5 knows
     */
    static VolumeMetadata parse(byte[] content, String where) {
        TreeMap<String, String> values = new TreeMap<>();
        for (String line : new String(content, StandardCharsets.UTF_8).split("\n", -1)) {
            if (line.startsWith("EOF")) {
                break;
            }
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(
                        line.substring(0, equals).strip(),
                        line.substring(equals + 1).strip());
            }
        }
        Reader reader = new Reader(values, where);
        return new VolumeMetadata(
                reader.number("CAP"),
                reader.number("CTIME"),
                reader.text("DESCRIPTION"),
                reader.text("DISKTYPE"),
                reader.text("DOMAIN"),
                reader.one(Format.class, "FORMAT"),
                values.containsKey("GEN") ? (int) reader.number("GEN") : 0,
                reader.text("IMAGE"),
                reader.one(Legality.class, "LEGALITY"),
                reader.text("PUUID"),
                values.containsKey("SEQ") ? reader.number("SEQ") : 0,
                reader.one(Allocation.class, "TYPE"),
                reader.one(Role.class, "VOLTYPE"));
    }

    /**
     * The text to be stored; a description that is too long is cut as oVirt does.
     *
     * @throws Refusal BAD_REQUEST when it would be longer than 512 bytes
     */
    byte[] render() {
        String cut = description.length() > LONGEST_DESCRIPTION
                ? description.substring(0, LONGEST_DESCRIPTION)
                : description;
        String text = "CAP=" + capacity + "\nCTIME=" + created + "\nDESCRIPTION=" + cut + "\nDISKTYPE=" + diskType
                + "\nDOMAIN=" + domain + "\nFORMAT=" + format + "\nGEN=" + generation + "\nIMAGE=" + image
                + "\nLEGALITY=" + legality + "\nPUUID=" + parent + "\nSEQ=" + sequence + "\nTYPE=" + allocation
                + "\nVOLTYPE=" + role + "\nEOF\n";
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        if (bytes.length > MOST_BYTES) {
            throw Refusal.badRequest("The metadata of a volume of image " + image + " would take " + bytes.length
                            + " bytes where " + MOST_BYTES + " fit")
                    .next("Shorten the disk's name or description.");
        }
        return bytes;
    }

    boolean hasParent() {
        return !parent.equals(NO_PARENT);
    }

    boolean legal() {
        return legality == Legality.LEGAL;
    }

    VolumeMetadata withLegality(Legality changed) {
        return new VolumeMetadata(
                capacity,
                created,
                description,
                diskType,
                domain,
                format,
                generation,
                image,
                changed,
                parent,
                sequence,
                allocation,
                role);
    }

    VolumeMetadata withRole(Role changed) {
        return new VolumeMetadata(
                capacity,
                created,
                description,
                diskType,
                domain,
                format,
                generation,
                image,
                legality,
                parent,
                sequence,
                allocation,
                changed);
    }

    VolumeMetadata withCapacity(long changed) {
        return new VolumeMetadata(
                changed,
                created,
                description,
                diskType,
                domain,
                format,
                generation,
                image,
                legality,
                parent,
                sequence,
                allocation,
                role);
    }

    VolumeMetadata onParent(String changed) {
        return new VolumeMetadata(
                capacity,
                created,
                description,
                diskType,
                domain,
                format,
                generation,
                image,
                legality,
                changed,
                sequence,
                allocation,
                role);
    }

    /** The same volume on another domain. */
    VolumeMetadata on(String otherDomain) {
        return new VolumeMetadata(
                capacity,
                created,
                description,
                diskType,
                otherDomain,
                format,
                generation,
                image,
                legality,
                parent,
                sequence,
                allocation,
                role);
    }

    VolumeMetadata withDescription(String changed) {
        return new VolumeMetadata(
                capacity,
                created,
                changed,
                diskType,
                domain,
                format,
                generation,
                image,
                legality,
                parent,
                sequence,
                allocation,
                role);
    }

    /** Legal again after work on its data, with the generation that tells other hosts that the work was done. */
    VolumeMetadata completed() {
        return new VolumeMetadata(
                capacity,
                created,
                description,
                diskType,
                domain,
                format,
                (generation + 1) % GENERATIONS,
                image,
                Legality.LEGAL,
                parent,
                sequence,
                allocation,
                role);
    }

    private static final Pattern MERGED = Pattern.compile("\\{\"MergedInto\":\"([0-9a-f-]{36})\"\\}");

    /** Of no use any more: all that is in it is also in {@code base}, which counts instead. */
    VolumeMetadata mergedInto(String base) {
        return withLegality(Legality.ILLEGAL).withDescription("{\"MergedInto\":\"" + base + "\"}");
    }

    /** The volume that counts instead of this one. */
    Optional<String> mergedInto() {
        Matcher matcher = MERGED.matcher(description);
        return legality == Legality.ILLEGAL && matcher.matches() ? Optional.of(matcher.group(1)) : Optional.empty();
    }

    private record Reader(Map<String, String> values, String where) {
        String text(String key) {
            String value = values.get(key);
            if (value == null) {
                throw Refusal.broken("The metadata of volume " + where + " has no " + key);
            }
            return value;
        }

        long number(String key) {
            String value = text(key);
            try {
                return Long.parseLong(value);
            } catch (NumberFormatException e) {
                throw Refusal.broken(
                        "The metadata of volume " + where + " has " + key + "=" + value + ", which is no number");
            }
        }

        <E extends Enum<E>> E one(Class<E> kind, String key) {
            String value = text(key);
            try {
                return Enum.valueOf(kind, value);
            } catch (IllegalArgumentException e) {
                throw Refusal.broken(
                        "The metadata of volume " + where + " has " + key + "=" + value + ", which V5 does not know");
            }
        }
    }
}
