package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.agent.platform.Undo;
import org.bellwether.agent.storage.DomainPlace.VolumePlace;

/**
 * Writes an archive of disks: QEMU writes each as qcow2 into the very place that it has in the archive, so that nothing is
 * copied twice. How large that place must be was measured before.
 */
final class ExportArchive {
    private static final int BLOCK = 512;
    private static final String DESCRIPTION = "vm.ovf";

    /** @param format of its top */
    record Source(VolumePlace volume, String name, long bytes, VolumeMetadata.Format format) {}

    /** Where it is written until it is complete. */
    static Path part(Path file) {
        return file.resolveSibling(file.getFileName() + ".part");
    }

    /** Makes the file, which must not be there yet. */
    void anew(Path file, String ovf, List<Source> disks, ChildWork work) throws IOException, InterruptedException {
        if (Files.exists(file)) {
            throw Refusal.wrongState("There is a file " + file + " on the host already")
                    .next("Give another name, or remove it.");
        }
        Path part = part(file);
        try {
            Files.createFile(part);
        } catch (FileAlreadyExistsException e) {
            throw Refusal.wrongState("The file " + part + " of another export is there")
                    .next("Wait for its end, or remove it if none is under way.");
        }
        try (Undo undo = new Undo()) {
            undo.add("remove " + part, () -> Files.deleteIfExists(part));
            into(part, ovf, disks, work);
            Files.move(part, file);
            undo.keep();
        }
    }

    /** Writes it into a file that is there. */
    void into(Path file, String ovf, List<Source> disks, ChildWork work) throws IOException, InterruptedException {
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            byte[] description = ovf.getBytes(StandardCharsets.UTF_8);
            write(out, header(DESCRIPTION, description.length), 0);
            write(out, description, BLOCK);
            long at = BLOCK + padded(description.length);
            for (int number = 0; number < disks.size(); number++) {
                Source disk = disks.get(number);
                write(out, header(disk.name(), disk.bytes()), at);
                at += BLOCK;
                // The last byte of its place, so that the file is as long as it says, before QEMU fills it.
                write(out, new byte[1], at + padded(disk.bytes()) - 1);
                convert(file, out, disk, at, work, number, disks.size());
                at += padded(disk.bytes());
            }
            write(out, new byte[2 * BLOCK], at);
            out.force(true);
        }
    }

    /** QEMU writes into a place within a file only where it finds an image: so first an empty one is put there. */
    private static void convert(Path file, FileChannel out, Source disk, long at, ChildWork work, int number, int count)
            throws IOException, InterruptedException {
        VolumeMetadata.Format format = disk.format();
        Path empty = Files.createTempFile("bellwether-", ".qcow2");
        try {
            long size = QemuImg.virtualSize(disk.volume().data(), format);
            work.run(
                    QemuImg.command(
                            "create", "-q", "-f", "qcow2", "-o", "compat=1.1", empty.toString(), Long.toString(size)),
                    "qemu-img could not make an image in the archive",
                    number,
                    count);
            byte[] image = Files.readAllBytes(empty);
            if (image.length > disk.bytes()) {
                throw Refusal.wrongState("The place for the disk " + disk.name() + " in the archive is too small");
            }
            write(out, image, at);
        } finally {
            Files.deleteIfExists(empty);
        }
        String place = "driver=qcow2,file.driver=raw,file.offset=" + at + ",file.size=" + disk.bytes()
                + ",file.file.driver=file,file.file.filename="
                + file.toString().replace(",", ",,");
        work.run(
                QemuImg.command(
                        "convert",
                        "-p",
                        "-n",
                        "-f",
                        QemuImg.name(format),
                        "--target-image-opts",
                        disk.volume().data().toString(),
                        place),
                "qemu-img could not write the disk " + disk.name() + " into the archive",
                number,
                count);
    }

    private static void write(FileChannel out, byte[] bytes, long at) throws IOException {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            out.write(buffer, at + buffer.position());
        }
    }

    private static long padded(long size) {
        return (size + BLOCK - 1) / BLOCK * BLOCK;
    }

    /** A plain tar header; a size that does not fit into its digits is written as GNU tar does. */
    static byte[] header(String name, long size) {
        byte[] header = new byte[BLOCK];
        put(header, 0, name);
        put(header, 100, "0000644");
        put(header, 108, "0000000");
        put(header, 116, "0000000");
        if (size < 1L << 33) {
            put(header, 124, String.format(java.util.Locale.ROOT, "%011o", size));
        } else {
            header[124] = (byte) 0x80;
            ByteBuffer.wrap(header).putLong(128, size);
        }
        put(header, 136, "00000000000");
        header[156] = '0';
        put(header, 257, "ustar");
        put(header, 263, "00");
        put(header, 148, "        ");
        int sum = 0;
        for (byte each : header) {
            sum += each & 0xff;
        }
        put(header, 148, String.format(java.util.Locale.ROOT, "%06o", sum));
        header[154] = 0;
        header[155] = ' ';
        return header;
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }
}
