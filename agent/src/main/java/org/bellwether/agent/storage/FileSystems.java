package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What file systems this host can mount. */
final class FileSystems {
    private static final Path KERNEL = Path.of("/proc/filesystems");

    private FileSystems() {}

    /** What to look at after a mount failed; a kernel without the client is the first thing to know. */
    static String advice(String type) {
        if (type.startsWith("nfs") && !Files.isExecutable(Path.of("/sbin/mount.nfs"))) {
            return "Install the NFS client on this host (the package nfs-common or nfs-utils).";
        }
        if (type.startsWith("nfs") && !kernelKnows(type)) {
            return "The kernel of this host has no NFS client: load the module nfs, or use a host whose kernel has it.";
        }
        return "Check the address, that the server runs, and that this host may mount it.";
    }

    /** As the kernel says after mount(8) had its chance to load the module. */
    static boolean kernelKnows(String type) {
        try {
            List<String> lines = Files.readAllLines(KERNEL);
            return lines.stream()
                    .anyMatch(
                            line -> line.strip().endsWith(type) || line.strip().endsWith(type + "4"));
        } catch (IOException e) {
            return true; // cannot tell: mount's own words must do
        }
    }
}
