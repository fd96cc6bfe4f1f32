package org.bellwether.libvirt;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import java.lang.foreign.MemorySegment;
import java.util.function.Consumer;
import org.bellwether.libvirt.foreign.StorageFunctions;
import org.bellwether.libvirt.foreign.SystemFunctions;
import org.bellwether.libvirt.foreign.Text;

/** Reads the file of a volume out of a stream of libvirt's, in one call that ends with the stream freed. */
final class VolumeDownload {
    private static final int PIECE = 256 * 1024;

    private VolumeDownload() {}

    /** @param sink gets the bytes in order; what it throws ends the download */
    static void run(MemorySegment connection, java.lang.foreign.Arena arena, String path, Consumer<byte[]> sink) {
        var volume = Call.pointer(StorageFunctions.STORAGE_VOL_LOOKUP_BY_PATH, connection, Text.toC(arena, path));
        try {
            var stream = Call.pointer(SystemFunctions.STREAM_NEW, connection, 0);
            boolean finished = false;
            try {
                Call.number(StorageFunctions.STORAGE_VOL_DOWNLOAD, volume, stream, 0L, 0L, 0);
                var buffer = arena.allocate(PIECE);
                int read = Call.number(SystemFunctions.STREAM_RECV, stream, buffer, (long) PIECE);
                while (read > 0) {
                    sink.accept(buffer.asSlice(0, read).toArray(JAVA_BYTE));
                    read = Call.number(SystemFunctions.STREAM_RECV, stream, buffer, (long) PIECE);
                }
                Call.number(SystemFunctions.STREAM_FINISH, stream);
                finished = true;
            } finally {
                if (!finished) {
                    SystemFunctions.STREAM_ABORT.callInt(stream);
                }
                SystemFunctions.STREAM_FREE.callInt(stream);
            }
        } finally {
            StorageFunctions.STORAGE_VOL_FREE.callInt(volume);
        }
    }
}
