package org.bellwether.agent.vm;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.bellwether.agent.platform.Refusal;

/**
 * A small file system of ISO 9660 with Joliet names, in memory. Guests see the Joliet names as they were given; the plain ones
 * are numbers. Without times, so that the same files give the same bytes.
 */
final class IsoImage {
    private static final int SECTOR = 2048;
    private static final int SYSTEM_SECTORS = 16;
    private static final int LONGEST_NAME = 64;
    private static final int DIRECTORY = 2;

    private final String label;
    private final Node root = new Node("", true);
    /** All directories, parents first, as the path table wants them. */
    private final List<Node> directories = new ArrayList<>();

    private final List<Node> files = new ArrayList<>();

    private static final class Node {
        final String name;
        final boolean directory;
        final Map<String, Node> children = new TreeMap<>();
        Node parent = this;
        byte[] content = {};
        int number;
        /** Where it lies: in the plain tree, and in the Joliet tree; files lie once. */
        final int[] extent = new int[2];

        final int[] length = new int[2];

        Node(String name, boolean directory) {
            this.name = name;
            this.directory = directory;
        }
    }

    private IsoImage(String label) {
        this.label = label;
    }

    /** @param files by path, with slashes between names */
    static byte[] of(String label, Map<String, byte[]> files) {
        IsoImage image = new IsoImage(label);
        files.forEach(image::add);
        return image.written();
    }

    private void add(String path, byte[] content) {
        Node at = root;
        List<String> names = Arrays.asList(path.split("/", -1));
        for (int i = 0; i < names.size(); i++) {
            String name = names.get(i);
            boolean last = i == names.size() - 1;
            if (name.isEmpty()
                    || name.equals(".")
                    || name.equals("..")
                    || name.length() > LONGEST_NAME
                    || name.chars().anyMatch(c -> c < ' ' || "*:;?\\".indexOf(c) >= 0)) {
                throw Refusal.badRequest("\"" + path + "\" is no name of a file for a guest");
            }
            Node parent = at;
            at = parent.children.computeIfAbsent(name, fresh -> new Node(fresh, !last));
            at.parent = parent;
            if (at.directory == last) {
                throw Refusal.badRequest("\"" + path + "\" is both a file and a folder");
            }
        }
        at.content = content;
    }

    private byte[] written() {
        collect();
        int at = SYSTEM_SECTORS + 3;
        // The tables' sizes do not depend on where things lie, so they are made twice.
        int plainSectors = sectors(table(0, ByteOrder.LITTLE_ENDIAN).length);
        int jolietSectors = sectors(table(1, ByteOrder.LITTLE_ENDIAN).length);
        int[] tableAt = {at, at + plainSectors, at + 2 * plainSectors, at + 2 * plainSectors + jolietSectors};
        at = tableAt[3] + jolietSectors;
        for (int tree = 0; tree < 2; tree++) {
            for (Node directory : directories) {
                directory.extent[tree] = at;
                directory.length[tree] = SECTOR * sectors(records(directory, tree).length);
                at += directory.length[tree] / SECTOR;
            }
        }
        for (Node file : files) {
            Arrays.fill(file.extent, at);
            Arrays.fill(file.length, file.content.length);
            at += sectors(file.content.length);
        }
        byte[] plainTable = table(0, ByteOrder.LITTLE_ENDIAN);
        byte[] jolietTable = table(1, ByteOrder.LITTLE_ENDIAN);
        ByteArrayOutputStream out = new ByteArrayOutputStream(at * SECTOR);
        out.writeBytes(new byte[SYSTEM_SECTORS * SECTOR]);
        out.writeBytes(descriptor(0, at, plainTable.length, tableAt[0], tableAt[1]));
        out.writeBytes(descriptor(1, at, jolietTable.length, tableAt[2], tableAt[3]));
        out.writeBytes(padded(new byte[] {(byte) 255, 'C', 'D', '0', '0', '1', 1}));
        out.writeBytes(padded(plainTable));
        out.writeBytes(padded(table(0, ByteOrder.BIG_ENDIAN)));
        out.writeBytes(padded(jolietTable));
        out.writeBytes(padded(table(1, ByteOrder.BIG_ENDIAN)));
        for (int tree = 0; tree < 2; tree++) {
            for (Node directory : directories) {
                out.writeBytes(padded(records(directory, tree)));
            }
        }
        files.forEach(file -> out.writeBytes(padded(file.content)));
        return out.toByteArray();
    }

    private void collect() {
        directories.add(root);
        for (int i = 0; i < directories.size(); i++) {
            Node directory = directories.get(i);
            directory.number = i + 1;
            for (Node child : directory.children.values()) {
                (child.directory ? directories : files).add(child);
            }
        }
        for (int i = 0; i < files.size(); i++) {
            files.get(i).number = i + 1;
        }
    }

    private static byte[] name(Node node, int tree) {
        if (tree == 1) {
            return node.name.getBytes(StandardCharsets.UTF_16BE);
        }
        String plain = String.format(Locale.ROOT, node.directory ? "DIR%05d" : "FILE%04d.;1", node.number);
        return plain.getBytes(StandardCharsets.US_ASCII);
    }

    private byte[] table(int tree, ByteOrder order) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (Node directory : directories) {
            byte[] name = directory == root ? new byte[1] : name(directory, tree);
            ByteBuffer entry = ByteBuffer.allocate(8 + name.length + name.length % 2)
                    .order(order)
                    .put((byte) name.length)
                    .put((byte) 0)
                    .putInt(directory.extent[tree])
                    .putShort((short) directory.parent.number)
                    .put(name);
            out.writeBytes(entry.array());
        }
        return out.toByteArray();
    }

    private static byte[] records(Node directory, int tree) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(record(directory, tree, new byte[] {0}));
        out.writeBytes(record(directory.parent, tree, new byte[] {1}));
        for (Node child : directory.children.values()) {
            byte[] entry = record(child, tree, name(child, tree));
            int left = SECTOR - out.size() % SECTOR;
            if (entry.length > left) {
                out.writeBytes(new byte[left]); // a record lies in one sector
            }
            out.writeBytes(entry);
        }
        return out.toByteArray();
    }

    private static byte[] record(Node node, int tree, byte[] name) {
        int length = 33 + name.length + (name.length % 2 == 0 ? 1 : 0);
        ByteBuffer entry = ByteBuffer.allocate(length).put((byte) length).put((byte) 0);
        both(entry, node.extent[tree]);
        both(entry, node.length[tree]);
        entry.put(new byte[7]) // no time
                .put((byte) (node.directory ? DIRECTORY : 0))
                .putShort((short) 0);
        bothShort(entry, 1);
        return entry.put((byte) name.length).put(name).array();
    }

    private byte[] descriptor(int tree, int sectors, int tableLength, int littleTable, int bigTable) {
        boolean joliet = tree == 1;
        ByteBuffer text = ByteBuffer.allocate(SECTOR);
        text.put((byte) (joliet ? 2 : 1)).put(ascii("CD001")).put((byte) 1).put((byte) 0);
        text.put(text("", 32, joliet)).put(text(label, 32, joliet)).put(new byte[8]);
        both(text, sectors);
        byte[] escapes = new byte[32];
        if (joliet) {
            System.arraycopy(ascii("%/E"), 0, escapes, 0, 3);
        }
        text.put(escapes);
        bothShort(text, 1);
        bothShort(text, 1);
        bothShort(text, SECTOR);
        both(text, tableLength);
        text.order(ByteOrder.LITTLE_ENDIAN).putInt(littleTable).putInt(0);
        text.order(ByteOrder.BIG_ENDIAN).putInt(bigTable).putInt(0);
        text.put(record(root, tree, new byte[] {0}));
        for (int length : new int[] {128, 128, 128, 128, 37, 37, 37}) {
            text.put(text("", length, joliet));
        }
        for (int time = 0; time < 4; time++) {
            text.put(ascii("0000000000000000")).put((byte) 0);
        }
        return text.put((byte) 1).array();
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }

    private static byte[] text(String text, int length, boolean joliet) {
        byte[] field = new byte[length];
        byte[] blank = joliet ? new byte[] {0, ' '} : new byte[] {' '};
        for (int i = 0; i < length; i++) {
            field[i] = blank[i % blank.length];
        }
        byte[] bytes = text.getBytes(joliet ? StandardCharsets.UTF_16BE : StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, field, 0, Math.min(bytes.length, length - length % blank.length));
        return field;
    }

    private static void both(ByteBuffer into, int number) {
        into.order(ByteOrder.LITTLE_ENDIAN).putInt(number);
        into.order(ByteOrder.BIG_ENDIAN).putInt(number);
    }

    private static void bothShort(ByteBuffer into, int number) {
        into.order(ByteOrder.LITTLE_ENDIAN).putShort((short) number);
        into.order(ByteOrder.BIG_ENDIAN).putShort((short) number);
    }

    private static int sectors(int bytes) {
        return (bytes + SECTOR - 1) / SECTOR;
    }

    private static byte[] padded(byte[] content) {
        return Arrays.copyOf(content, sectors(content.length) * SECTOR);
    }
}
