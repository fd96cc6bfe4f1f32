package org.bellwether.agent.vm;

import com.google.protobuf.ByteString;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.libvirt.Screenshot;
import org.bellwether.protocol.Picture;

/** Makes a PNG of what libvirt takes from a screen, which is a portable pixmap where QEMU cannot do better. */
final class Pictures {
    private static final byte[] SIGNATURE = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'};
    private static final int COLOUR = 2;
    private static final int DEPTH = 8;
    private static final int CHANNELS = 3;
    private static final int MOST_PIXELS = 64 << 20;

    private Pictures() {}

    static Picture of(Screenshot screen) {
        byte[] png = screen.mimeType().equals("image/png") ? screen.image() : png(screen.image());
        return Picture.newBuilder()
                .setMediaType("image/png")
                .setImage(ByteString.copyFrom(png))
                .build();
    }

    /** @param pixmap "P6", width, height and 255 in words, then three bytes for each pixel */
    static byte[] png(byte[] pixmap) {
        Head head = Head.of(pixmap);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        out.writeBytes(SIGNATURE);
        chunk(
                out,
                "IHDR",
                ByteBuffer.allocate(13)
                        .putInt(head.width)
                        .putInt(head.height)
                        .put((byte) DEPTH)
                        .put((byte) COLOUR)
                        .array());
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        Deflater deflater = new Deflater(Deflater.BEST_SPEED);
        try (DeflaterOutputStream rows = new DeflaterOutputStream(packed, deflater)) {
            int row = head.width * CHANNELS;
            for (int y = 0; y < head.height; y++) {
                rows.write(0); // no filter
                rows.write(pixmap, head.begin + y * row, row);
            }
        } catch (java.io.IOException e) {
            throw new IllegalStateException("writing to memory", e);
        } finally {
            deflater.end();
        }
        chunk(out, "IDAT", packed.toByteArray());
        chunk(out, "IEND", new byte[0]);
        return out.toByteArray();
    }

    private record Head(int width, int height, int begin) {
        static Head of(byte[] pixmap) {
            int at = 0;
            int[] numbers = new int[3];
            if (pixmap.length > 2 && pixmap[0] == 'P' && pixmap[1] == '6') {
                at = 2;
                for (int i = 0; i < numbers.length; i++) {
                    while (at < pixmap.length && pixmap[at] <= ' ') {
                        at++;
                    }
                    while (at < pixmap.length && pixmap[at] >= '0' && pixmap[at] <= '9' && numbers[i] < MOST_PIXELS) {
                        numbers[i] = numbers[i] * 10 + pixmap[at++] - '0';
                    }
                }
                at++;
            }
            long size = (long) numbers[0] * numbers[1];
            if (size <= 0 || size > MOST_PIXELS || numbers[2] != 255 || pixmap.length - at < size * CHANNELS) {
                throw Refusal.broken("QEMU gave a picture of the screen that cannot be read");
            }
            return new Head(numbers[0], numbers[1], at);
        }
    }

    private static void chunk(ByteArrayOutputStream out, String type, byte[] content) {
        byte[] name = type.getBytes(StandardCharsets.US_ASCII);
        CRC32 sum = new CRC32();
        sum.update(name);
        sum.update(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt(content.length).array());
        out.writeBytes(name);
        out.writeBytes(content);
        out.writeBytes(ByteBuffer.allocate(4).putInt((int) sum.getValue()).array());
    }
}
