package org.bellwether.lab;

import java.nio.file.Path;

/** What the kernel says of a process's memory. */
final class ProcessMemory {
    private ProcessMemory() {}

    /** Resident memory of the process whose id stands in a file inside. */
    static long residentMegabytes(Namespace inside, Path pidFile) {
        String kilobytes = inside.run(
                        "sh",
                        "-c",
                        "sed -n 's/^VmRSS:[^0-9]*\\([0-9]*\\).*/\\1/p' \"/proc/$(cat \"$0\")/status\"",
                        pidFile.toString())
                .strip();
        return Long.parseLong(kilobytes) / 1024;
    }
}
