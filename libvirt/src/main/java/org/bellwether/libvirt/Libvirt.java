package org.bellwether.libvirt;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.bellwether.libvirt.foreign.ConnectFunctions;
import org.bellwether.libvirt.foreign.NativeFunction;
import org.bellwether.libvirt.foreign.SystemFunctions;
import org.bellwether.libvirt.foreign.Text;

/** The way in: connections to a libvirt daemon, or to libvirt's drivers inside this process. */
public final class Libvirt {
    private Libvirt() {}

    /**
     * Connects without asking for credentials.
     *
     * @param uri such as {@code qemu:///system}, {@code qemu+unix:///system?socket=/path} or {@code test:///default}
     * @throws LibvirtException when libvirt is not installed, nobody answers, or the daemon refuses
     */
    public static Connection open(String uri) {
        return open(uri, ConnectFunctions.CONNECT_OPEN);
    }

    /** As {@link #open}, for looking only: calls that change something are refused. */
    public static Connection openReadOnly(String uri) {
        return open(uri, ConnectFunctions.CONNECT_OPEN_READ_ONLY);
    }

    /** The version of libvirt's client library on this host. */
    public static Version version() {
        return PlatformThreads.call(() -> {
            EventLoop.start();
            try (var arena = Arena.ofConfined()) {
                var number = arena.allocate(ValueLayout.JAVA_LONG);
                Call.number(SystemFunctions.GET_VERSION, number, MemorySegment.NULL, MemorySegment.NULL);
                return Version.of(number.get(ValueLayout.JAVA_LONG, 0));
            }
        });
    }

    private static Connection open(String uri, NativeFunction function) {
        return PlatformThreads.call(() -> {
            EventLoop.start();
            try (var arena = Arena.ofConfined()) {
                return new Connection(uri, Call.pointer(function, Text.toC(arena, uri)));
            }
        });
    }
}
