package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.IscsiTarget;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Has the kernel look for LUNs that came, and for the new sizes of those that it has. */
final class LunScan {
    private static final Logger LOG = LoggerFactory.getLogger(LunScan.class);

    private static final Duration RESIZING = Duration.ofSeconds(60);
    /** One that is broken never becomes a disk, and keeps nobody from the others. */
    private static final Duration BECOMING_DISKS = Duration.ofSeconds(10);

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

    /** Logs in to a target; its LUNs are disks when this returns. */
    void login(IscsiTarget target) {
        if (iscsi.login(target)) {
            awaitDisks();
        }
    }

    private void awaitDisks() {
        long end = System.nanoTime() + BECOMING_DISKS.toNanos();
        try {
            while (!luns.complete() && System.nanoTime() < end) {
                Thread.sleep(50);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
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
        awaitDisks();
        luns.outgrown().forEach(LunScan::grow);
    }

    /** The map over the paths stays as it is until its daemon is told; one that it does not make larger is used as it is. */
    private static void grow(String map) {
        try {
            Command.Outcome outcome =
                    Command.of("multipathd", "resize", "map", map).run(RESIZING);
            if (outcome.worked() && outcome.output().strip().equals("ok")) {
                LOG.info("the multipath device {} is as large as its paths now", map);
            } else {
                LOG.warn(
                        "the multipath device {} stays smaller than its paths: {}{}",
                        map,
                        outcome.output().strip(),
                        outcome.words());
            }
        } catch (Refusal e) {
            LOG.warn("the multipath device {} stays smaller than its paths: {}", map, e.getMessage());
        }
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
