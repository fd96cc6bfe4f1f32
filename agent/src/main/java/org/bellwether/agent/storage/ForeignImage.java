package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Locale;
import org.bellwether.agent.platform.Refusal;

/**
 * A disk image within another file, as anybody may have made it. Before QEMU opens one, this looks that it refers to nothing
 * outside of itself: a backing file, an extent or a data file of that name could be any file of this host. QEMU opens it in a
 * {@link Confined} process only.
 *
 * @param format QEMU's name of it: vmdk, qcow2 or raw
 */
record ForeignImage(Path file, long offset, long size, String format) {
    private static final int VMDK = 0x564d444b; // "KDMV", read as a little-endian number
    private static final int QCOW2 = 0x514649fb;
    private static final int SECTOR = 512;
    /** QEMU looks for a parent in this many bytes behind the first sector, whatever the header says. */
    private static final int QEMU_LOOKS = 20 * SECTOR;

    private static final int MOST_DESCRIPTOR = 1024 * 1024;

    static ForeignImage look(Path file, FileChannel channel, long offset, long size, String words) throws IOException {
        if (size < 1) {
            throw Refusal.broken("The disk " + words + " is empty");
        }
        byte[] head = OvaArchive.filled(channel, offset, (int) Math.min(size, SECTOR), words);
        ByteBuffer big = ByteBuffer.wrap(head);
        ByteBuffer little = ByteBuffer.wrap(head).order(ByteOrder.LITTLE_ENDIAN);
        if (big.remaining() >= Integer.BYTES && big.getInt(0) == QCOW2) {
            requireAlone(channel, offset, size, words);
            return new ForeignImage(file, offset, size, "qcow2");
        }
        if (head.length == SECTOR && little.getInt(0) == VMDK) {
            requireAlone(channel, little, offset, size, words);
            return new ForeignImage(file, offset, size, "vmdk");
        }
        String text = new String(head, StandardCharsets.ISO_8859_1);
        if (text.startsWith("# Disk DescriptorFile") || text.startsWith("COWD")) {
            throw unusable(words, "it is a VMDK that lies in several files");
        }
        if (text.startsWith("\u001f\u008b")) {
            throw unusable(words, "it is compressed as a whole (gzip)");
        }
        if (text.startsWith("vhdxfile") || text.startsWith("conectix")) {
            throw unusable(words, "it is a VHD or VHDX");
        }
        return new ForeignImage(file, offset, size, "raw");
    }

    private static Refusal unusable(String words, String why) {
        return Refusal.broken("The disk " + words + " cannot be read")
                .because(why)
                .next("Make the archive anew with a stream-optimized VMDK, a qcow2 or a raw image.");
    }

    private static void requireAlone(FileChannel channel, long offset, long size, String words) throws IOException {
        Qcow2Header header =
                Qcow2Header.read(channel, offset, words).orElseThrow(() -> unusable(words, "it is cut short"));
        if (!header.backing().isEmpty()) {
            throw Refusal.broken("The disk " + words + " is refused: it is a qcow2 image that stands on another file");
        }
        if (header.externalData()) {
            throw Refusal.broken(
                    "The disk " + words + " is refused: it is a qcow2 image with its data in another file");
        }
        for (String trouble : Qcow2Limits.trouble(channel, offset, size)) {
            throw Refusal.broken("The disk " + words + " is refused: " + trouble);
        }
    }

    private static void requireAlone(FileChannel channel, ByteBuffer header, long offset, long size, String words)
            throws IOException {
        if (header.getLong(12) <= 0) {
            throw Refusal.broken("The disk " + words + " is refused: it is a VMDK with its data in other files");
        }
        requireNoParent(channel, offset + SECTOR, Math.min(QEMU_LOOKS, size - SECTOR), words);
        long at = header.getLong(28);
        long length = header.getLong(36);
        if (at == 0 || length == 0) {
            return;
        }
        if (at < 0 || length < 0 || length > MOST_DESCRIPTOR / SECTOR || at > (size - length * SECTOR) / SECTOR) {
            throw Refusal.broken("The disk " + words + " is refused: its VMDK header makes no sense");
        }
        requireNoParent(channel, offset + at * SECTOR, length * SECTOR, words);
    }

    private static void requireNoParent(FileChannel channel, long offset, long length, String words)
            throws IOException {
        if (length <= 0) {
            return;
        }
        String text = new String(OvaArchive.filled(channel, offset, (int) length, words), StandardCharsets.ISO_8859_1)
                .toLowerCase(Locale.ROOT);
        if (text.contains("parentfilenamehint")) {
            throw Refusal.broken("The disk " + words + " is refused: it is a VMDK that stands on another file");
        }
    }

    /** How a {@link Confined} QEMU is told of it: the format is said, and that nothing stands below. */
    String forQemu() {
        String backing = format.equals("raw") ? "" : "\"backing\":null,";
        return "json:{\"driver\":\"" + format + "\"," + backing + "\"file\":{\"driver\":\"raw\",\"offset\":" + offset
                + ",\"size\":" + size + ",\"file\":{\"driver\":\"file\",\"filename\":\"" + Confined.IMAGE
                + "\"}}}";
    }
}
