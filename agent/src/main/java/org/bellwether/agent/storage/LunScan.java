package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the kernel look for LUNs that came, and for the new sizes of those that it has. */
final class LunScan {
    private static final Logger LOG = LoggerFactory.getLogger(LunScan.class);

    private final Iscsi iscsi;
    private final Luns luns;
    private final Path sys;

    LunScan(Iscsi iscsi, Luns luns) {
        this(iscsi, luns, Path.of("/sys"));
    }

    LunScan(Iscsi iscsi, Luns luns, Path sys) {
        this.iscsi = iscsi;
        this.luns = luns;
        this.sys = sys;
    }

    void run() {
        for (Path port : Luns.list(sys.resolve("class/fc_host"))) {
            // All channels, targets and LUNs of the port.
            tell(
                    sys.resolve("class/scsi_host")
                            .resolve(String.valueOf(port.getFileName()))
                            .resolve("scan"),
                    "- - -");
        }
        luns.pathsWithoutSession().forEach(disk -> tell(disk.resolve("device/rescan"), "1"));
        iscsi.rescan();
    }

    /** One path that is dead must not keep the others from being looked at. */
    private static void tell(Path file, String word) {
        try {
            Files.writeString(file, word);
        } catch (IOException e) {
            LOG.warn("the kernel does not look at {} again: {}", file, e.getMessage());
        }
    }
}
