package org.bellwether.agent.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What is told to the kernel per interface below /proc/sys, which shows the namespace of who opens it. */
final class Sysctl {
    private static final Logger LOG = LoggerFactory.getLogger(Sysctl.class);
    private static final Path IPV6 = Path.of("/proc/sys/net/ipv6/conf");

    private Sysctl() {}

    /** Whether the interface takes addresses from routers. */
    static boolean acceptsRouters(String name) {
        try {
            return !Files.readString(IPV6.resolve(name).resolve("accept_ra"), StandardCharsets.UTF_8)
                    .strip()
                    .equals("0");
        } catch (IOException e) {
            return false; // no IPv6 here
        }
    }

    static void acceptRouters(String name, boolean wanted) {
        Path file = IPV6.resolve(name).resolve("accept_ra");
        try {
            // 2: also where this host forwards packets, as hosts of machines may.
            Files.writeString(file, wanted ? "2" : "0", StandardCharsets.UTF_8);
        } catch (IOException e) {
            if (wanted) {
                LOG.warn("{} cannot be told to take addresses from routers: {}", name, e.toString());
            }
        }
    }
}
