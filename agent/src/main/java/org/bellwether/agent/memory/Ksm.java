package org.bellwether.agent.memory;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.bellwether.agent.host.HostFiles;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The kernel's merging of equal pages; see Documentation/admin-guide/mm/ksm.rst. A kernel without it merges nothing, and what
 * somebody else started is left alone.
 */
final class Ksm {
    private static final Logger LOG = LoggerFactory.getLogger(Ksm.class);
    private static final String RUN = "1\n";
    /** Ends the search; what is merged stays so. */
    private static final String STOP = "0\n";

    private final Path place;
    private boolean started;

    /** @param place {@code /sys/kernel/mm/ksm} */
    Ksm(Path place) {
        this.place = place;
    }

    void run(boolean acrossNodes) {
        if (started || runs() || !Files.exists(place.resolve("run"))) {
            return;
        }
        // Only while nothing is merged does the kernel take another word on this.
        if (Files.exists(place.resolve("merge_across_nodes"))
                && read("pages_shared").equals("0")) {
            write("merge_across_nodes", acrossNodes ? RUN : STOP);
        }
        if (write("run", RUN)) {
            started = true;
            LOG.info("memory runs low: equal pages of machines are merged");
        }
    }

    void stop() {
        if (started) {
            started = !write("run", STOP);
        }
    }

    private boolean runs() {
        return read("run").equals(RUN.strip());
    }

    private String read(String name) {
        return HostFiles.line(place.resolve(name)).strip();
    }

    private boolean write(String name, String value) {
        try {
            Files.writeString(place.resolve(name), value);
            return true;
        } catch (IOException e) {
            LOG.warn("the kernel's merging of equal pages cannot be changed: {}", e.toString());
            return false;
        }
    }
}
