package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Refusal;

/**
 * What lies where in an archive of a machine: a tar of its description, a list of digests and its disks. It is never
 * unpacked: disks are read where they lie. It may come from anybody, so whatever is not plainly a few files side by side is
 * refused.
 */
record OvaArchive(List<Entry> entries) {
    private static final int BLOCK = 512;
    private static final int MOST_ENTRIES = 512;
    private static final int LONGEST_NAME = 255;
    /** What long names and extended headers may take. */
    private static final int MOST_EXTRA = 64 * 1024;

    private static final int MOST_DESCRIPTION = 8 * 1024 * 1024;

    /** A file in it. */
    record Entry(String name, long offset, long size) {}

    /**
     * Reads where the files of an archive lie.
     *
     * @param words what it is called in a message
     */
    static OvaArchive read(FileChannel channel, String words) throws IOException {
        return new Reading(channel, words).archive();
    }

    Entry require(String name) {
        return find(name).orElseThrow(() -> Refusal.broken("The archive has no file " + shown(name)));
    }

    Optional<Entry> find(String name) {
        return entries.stream().filter(entry -> entry.name.equals(name)).findFirst();
    }

    /** The one that describes the machine. */
    Entry description() {
        List<Entry> found = entries.stream()
                .filter(entry -> entry.name.toLowerCase(Locale.ROOT).endsWith(".ovf"))
                .toList();
        if (found.size() != 1) {
            throw Refusal.broken("The archive is not one of a machine: it has "
                    + (found.isEmpty() ? "no" : found.size()) + " descriptions (.ovf)");
        }
        if (found.getFirst().size > MOST_DESCRIPTION) {
            throw Refusal.broken("The description in the archive has " + found.getFirst().size + " bytes, more than "
                    + MOST_DESCRIPTION);
        }
        return found.getFirst();
    }

    /** The list of digests, which need not be there. */
    Optional<Entry> manifest() {
        return entries.stream()
                .filter(entry -> entry.name.toLowerCase(Locale.ROOT).endsWith(".mf"))
                .findFirst();
    }

    static byte[] bytes(FileChannel channel, Entry entry, int most) throws IOException {
        if (entry.size > most) {
            throw Refusal.broken("The file " + entry.name + " of the archive has " + entry.size
                    + " bytes, more than the " + most + " that one of its kind may have");
        }
        return filled(channel, entry.offset, (int) entry.size, entry.name);
    }

    static byte[] filled(FileChannel channel, long offset, int length, String words) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, offset + buffer.position()) < 0) {
                throw Refusal.broken("The archive ends within " + shown(words));
            }
        }
        return buffer.array();
    }

    private static String shown(String name) {
        String plain = name.replaceAll("\\p{Cntrl}", "?");
        return "'" + (plain.length() > 80 ? plain.substring(0, 80) + "…" : plain) + "'";
    }

    /** One pass over the headers; the files themselves are passed over. */
    private static final class Reading {
        private final FileChannel channel;
        private final String words;
        private final List<Entry> entries = new ArrayList<>();
        private final Set<String> names = new HashSet<>();
        private Optional<String> longName = Optional.empty();
        private Optional<Long> longSize = Optional.empty();

        Reading(FileChannel channel, String words) {
            this.channel = channel;
            this.words = words;
        }

        OvaArchive archive() throws IOException {
            long at = 0;
            long end = channel.size();
            for (int headers = 0; at + BLOCK <= end; headers++) {
                if (headers > 2 * MOST_ENTRIES) {
                    throw refused("it has more than " + MOST_ENTRIES + " files");
                }
                byte[] header = filled(channel, at, BLOCK, "a header");
                if (empty(header)) {
                    break;
                }
                requireSum(header);
                long size = size(header);
                long data = at + BLOCK;
                if (size < 0 || size > end - data) {
                    throw refused("it is cut short, or says so of " + shown(name(header)));
                }
                take(header, data, size);
                at = data + (size + BLOCK - 1) / BLOCK * BLOCK;
            }
            if (entries.isEmpty()) {
                throw refused("it has no files, or is no tar");
            }
            return new OvaArchive(List.copyOf(entries));
        }

        private void take(byte[] header, long data, long size) throws IOException {
            switch (header[156]) {
                case 0, '0', '7' -> file(header, data, size);
                case '5' -> {
                    // "./" stands before the files in some.
                    if (!plain(longName.orElseGet(() -> name(header))).isEmpty()) {
                        throw refused(
                                "it has the directory " + shown(name(header)) + "; all files must lie side by side");
                    }
                    longName = Optional.empty();
                    longSize = Optional.empty();
                }
                case 'L' -> longName = Optional.of(text(extra(data, size)));
                case 'x' -> extended(new String(extra(data, size), StandardCharsets.UTF_8));
                case 'g' -> refuseSparse(new String(extra(data, size), StandardCharsets.UTF_8));
                case '1', '2' -> throw refused("it has the link " + shown(name(header)));
                case 'S' -> throw refused("it has the sparse file " + shown(name(header)));
                default -> throw refused("it has " + shown(name(header)) + ", which is neither file nor directory");
            }
        }

        private void file(byte[] header, long data, long size) {
            String name = plain(longName.orElseGet(() -> name(header)));
            longName = Optional.empty();
            if (longSize.isPresent() && longSize.get() != size) {
                throw refused("it says two sizes of " + shown(name));
            }
            longSize = Optional.empty();
            if (name.isEmpty()
                    || name.length() > LONGEST_NAME
                    || name.indexOf('/') >= 0
                    || name.indexOf('\\') >= 0
                    || name.equals(".")
                    || name.equals("..")
                    || name.codePoints().anyMatch(Character::isISOControl)) {
                throw refused("it has a file with the name " + shown(name)
                        + "; a name must be plain, for all files lie side by side");
            }
            if (!names.add(name.toLowerCase(Locale.ROOT))) {
                throw refused("it has the file " + shown(name) + " twice");
            }
            if (entries.size() >= MOST_ENTRIES) {
                throw refused("it has more than " + MOST_ENTRIES + " files");
            }
            entries.add(new Entry(name, data, size));
        }

        private static String plain(String name) {
            String plain = name;
            while (plain.startsWith("./")) {
                plain = plain.substring(2);
            }
            return plain;
        }

        private byte[] extra(long data, long size) throws IOException {
            if (size > MOST_EXTRA) {
                throw refused("one of its extended headers has " + size + " bytes");
            }
            return filled(channel, data, (int) size, "an extended header");
        }

        /** Lines "LENGTH KEY=VALUE\n"; the length is of the whole line. */
        private void extended(String lines) {
            refuseSparse(lines);
            for (String line : lines.split("\n", -1)) {
                String pair = line.substring(line.indexOf(' ') + 1);
                if (pair.startsWith("path=")) {
                    longName = Optional.of(pair.substring("path=".length()));
                } else if (pair.startsWith("size=")) {
                    try {
                        longSize = Optional.of(Long.parseLong(pair.substring("size=".length())));
                    } catch (NumberFormatException e) {
                        throw refused("one of its extended headers has a size that is no number");
                    }
                } else if (pair.startsWith("linkpath=")) {
                    throw refused("it has a link");
                }
            }
        }

        private void refuseSparse(String lines) {
            if (lines.contains("GNU.sparse")) {
                throw refused("it has a sparse file");
            }
        }

        private Refusal refused(String why) {
            return Refusal.broken("The archive " + words + " is refused").because(why);
        }

        private void requireSum(byte[] header) {
            long told = octal(header, 148, 8);
            long sum = 0;
            for (int i = 0; i < BLOCK; i++) {
                sum += i >= 148 && i < 156 ? ' ' : header[i] & 0xff;
            }
            if (sum != told) {
                throw refused("it is no tar, or is damaged: the sum of a header is wrong");
            }
        }

        private long size(byte[] header) {
            if ((header[124] & 0x80) == 0) {
                return octal(header, 124, 12);
            }
            // GNU's way for more than 8 GiB: a binary number.
            long size = header[124] & 0x7f;
            for (int i = 125; i < 136; i++) {
                if (size > Long.MAX_VALUE >> 8) {
                    throw refused("it says a size that cannot be");
                }
                size = (size << 8) | (header[i] & 0xff);
            }
            return size;
        }

        private long octal(byte[] header, int from, int length) {
            String digits = text(java.util.Arrays.copyOfRange(header, from, from + length))
                    .strip();
            try {
                return digits.isEmpty() ? 0 : Long.parseLong(digits, 8);
            } catch (NumberFormatException e) {
                throw refused("it is no tar, or is damaged: a number in a header is none");
            }
        }

        private static String name(byte[] header) {
            String name = text(java.util.Arrays.copyOf(header, 100));
            boolean ustar = text(java.util.Arrays.copyOfRange(header, 257, 263)).equals("ustar");
            String prefix = ustar ? text(java.util.Arrays.copyOfRange(header, 345, 500)) : "";
            return prefix.isEmpty() ? name : prefix + "/" + name;
        }

        private static String text(byte[] bytes) {
            int end = 0;
            while (end < bytes.length && bytes[end] != 0) {
                end++;
            }
            return new String(bytes, 0, end, StandardCharsets.UTF_8);
        }

        private static boolean empty(byte[] block) {
            for (byte each : block) {
                if (each != 0) {
                    return false;
                }
            }
            return true;
        }
    }
}
