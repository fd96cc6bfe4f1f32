package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What is mounted, from the kernel's own table: asking it touches no storage, so a dead mount cannot hang it. */
record MountTable(List<Entry> entries) {
    private static final Path TABLE = Path.of("/proc/self/mountinfo");
    private static final int MOUNT_POINT = 4;
    private static final int OPTIONS = 5;

    MountTable {
        entries = List.copyOf(entries);
    }

    /**
     * One mount.
     *
     * @param type of the file system, such as "fuse.glusterfs"
     * @param source as the file system tells it
     * @param options of this mount, not of its file system
     */
    record Entry(Path point, String type, String source, Set<String> options) {}

    static MountTable read() throws IOException {
        return parse(Files.readString(TABLE, StandardCharsets.UTF_8));
    }

    static MountTable parse(String text) {
        List<Entry> entries = new ArrayList<>();
        for (String line : text.split("\n")) {
            int separator = line.indexOf(" - ");
            if (separator < 0) {
                continue;
            }
            String[] left = line.substring(0, separator).split(" ");
            String[] right = line.substring(separator + 3).split(" ");
            if (left.length > OPTIONS && right.length >= 2) {
                entries.add(new Entry(
                        Path.of(unescape(left[MOUNT_POINT])),
                        right[0],
                        unescape(right[1]),
                        Set.copyOf(List.of(left[OPTIONS].split(",")))));
            }
        }
        return new MountTable(entries);
    }

    /** The newest mount on this point. */
    Optional<Entry> at(Path point) {
        return entries.stream().filter(entry -> entry.point.equals(point)).reduce((older, newer) -> newer);
    }

    /** Mount points below a directory. */
    List<Path> below(Path directory) {
        return entries.stream()
                .map(Entry::point)
                .filter(point -> point.startsWith(directory) && !point.equals(directory))
                .distinct()
                .toList();
    }

    /** The kernel writes space, tab, newline and backslash as three octal digits. */
    private static String unescape(String text) {
        StringBuilder plain = new StringBuilder(text.length());
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            if (c == '\\' && i + 3 < text.length()) {
                plain.append((char) Integer.parseInt(text.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                plain.append(c);
            }
        }
        return plain.toString();
    }
}
