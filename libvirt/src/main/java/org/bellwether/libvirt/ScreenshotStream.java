package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.bellwether.libvirt.foreign.DomainFunctions;
import org.bellwether.libvirt.foreign.SystemFunctions;

/** Reads a picture out of a stream of libvirt's, in one call that ends with the stream freed. */
final class ScreenshotStream {
    private static final int PIECE = 256 * 1024;
    /** A screen of 8192 × 4320 in 24 bits takes 106 MB. */
    private static final int LARGEST = 128 * 1024 * 1024;

    private ScreenshotStream() {}

    static Screenshot take(MemorySegment connection, MemorySegment domain, int screen) {
        var stream = Call.pointer(SystemFunctions.STREAM_NEW, connection, 0);
        boolean finished = false;
        try {
            var mimeType = Call.text(DomainFunctions.DOMAIN_SCREENSHOT, domain, stream, screen, 0);
            var image = drain(stream);
            Call.number(SystemFunctions.STREAM_FINISH, stream);
            finished = true;
            return new Screenshot(mimeType, image);
        } finally {
            if (!finished) {
                SystemFunctions.STREAM_ABORT.callInt(stream);
            }
            SystemFunctions.STREAM_FREE.callInt(stream);
        }
    }

    private static byte[] drain(MemorySegment stream) {
        var image = new ByteArrayOutputStream(PIECE);
        try (var arena = Arena.ofConfined()) {
            var buffer = arena.allocate(PIECE);
            int read = Call.number(SystemFunctions.STREAM_RECV, stream, buffer, (long) PIECE);
            while (read > 0) {
                if (image.size() + read > LARGEST) {
                    throw new LibvirtException(
                            ErrorCode.OVERFLOW,
                            "a screenshot is larger than " + LARGEST + " bytes and was given up",
                            SystemFunctions.STREAM_RECV.name());
                }
                image.writeBytes(buffer.asSlice(0, read).toArray(JAVA_BYTE));
                read = Call.number(SystemFunctions.STREAM_RECV, stream, buffer, (long) PIECE);
            }
        }
        return image.toByteArray();
    }
}
