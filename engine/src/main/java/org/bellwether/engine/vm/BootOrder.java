package org.bellwether.engine.vm;

import java.util.List;
import org.bellwether.protocol.BootDevice;

/**
 * In which order a machine's devices are tried for something to boot: the kinds come in the order that people chose; of disks
 * the first one counts, of network interfaces each.
 */
final class BootOrder {

    private static final int KINDS = 3;
    /** Network interfaces of one kind follow one another, before the next kind. */
    private static final int ROOM = 64;

    private final List<BootDevice> kinds;
    private int disks;
    private int nics;

    BootOrder(List<BootDevice> kinds) {
        this.kinds = kinds;
    }

    /** The next disk's place; 0: it is not tried. */
    int ofDisk() {
        return disks++ == 0 ? place(BootDevice.HARD_DISK, 0) : 0;
    }

    int ofCd() {
        return place(BootDevice.CDROM, 0);
    }

    int ofNic() {
        return nics < ROOM ? place(BootDevice.NETWORK, nics++) : 0;
    }

    private int place(BootDevice kind, int within) {
        int at = kinds.indexOf(kind);
        return at < 0 || at >= KINDS ? 0 : 1 + at * ROOM + within;
    }
}
