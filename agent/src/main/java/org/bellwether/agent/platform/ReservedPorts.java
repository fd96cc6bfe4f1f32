package org.bellwether.agent.platform;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports that the kernel must not give to connections outwards. Ours lie where it takes such ports from, and the mount of
 * a storage server holds one for days: the agent could not listen there after its next start.
 */
public final class ReservedPorts {
    private static final Logger LOG = LoggerFactory.getLogger(ReservedPorts.class);

    private static final Path KERNEL = Path.of("/proc/sys/net/ipv4/ip_local_reserved_ports");

    private ReservedPorts() {}

    /** Adds them to those that are reserved already; where the kernel refuses, that is told in the log. */
    public static void keep(int... ports) {
        try {
            String before = Files.readString(KERNEL).strip();
            String after = merged(before, ports);
            if (!after.equals(before)) {
                Files.writeString(KERNEL, after);
            }
        } catch (IOException e) {
            LOG.warn("the ports of this agent are not reserved: {}", e.toString());
        }
    }

    /** In the kernel's notation: ports and ranges with commas between them. */
    static String merged(String before, int... ports) {
        Set<String> all = new TreeSet<>();
        for (String part : before.split(",", -1)) {
            if (!part.isBlank()) {
                all.add(part.strip());
            }
        }
        for (int port : ports) {
            if (port > 0 && all.stream().noneMatch(range -> contains(range, port))) {
                all.add(Integer.toString(port));
            }
        }
        return String.join(",", all);
    }

    private static boolean contains(String range, int port) {
        int dash = range.indexOf('-');
        int first = Integer.parseInt(dash < 0 ? range : range.substring(0, dash));
        int last = dash < 0 ? first : Integer.parseInt(range.substring(dash + 1));
        return first <= port && port <= last;
    }
}
