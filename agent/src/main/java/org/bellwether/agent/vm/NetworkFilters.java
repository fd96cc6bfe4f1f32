package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.LibvirtException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The filters that vNIC profiles name: libvirt's own, where the host lost them, and the one that the field's engines bring. */
public final class NetworkFilters {
    private static final Logger LOG = LoggerFactory.getLogger(NetworkFilters.class);
    private static final Path SHIPPED = Path.of("/usr/share/libvirt/nwfilter");
    private static final String SUFFIX = ".xml";
    private static final String NO_MAC_SPOOFING = "vdsm-no-mac-spoofing";

    private NetworkFilters() {}

    /** Makes libvirt know them; what it knows is left as it is. */
    public static void define(Connection connection) {
        try {
            for (Path file : shipped()) {
                String name = file.getFileName().toString();
                define(
                        connection,
                        name.substring(0, name.length() - SUFFIX.length()),
                        Files.readString(file, StandardCharsets.UTF_8));
            }
            define(connection, NO_MAC_SPOOFING, """
                    <filter name='%s' chain='root'>
                      <filterref filter='no-mac-spoofing'/>
                      <filterref filter='no-arp-mac-spoofing'/>
                    </filter>
                    """.formatted(NO_MAC_SPOOFING));
        } catch (LibvirtException | IOException e) {
            LOG.warn("network filters cannot be made on this host: {}", e.getMessage());
        }
    }

    private static List<Path> shipped() throws IOException {
        if (!Files.isDirectory(SHIPPED)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(SHIPPED)) {
            return files.filter(file -> file.toString().endsWith(SUFFIX))
                    .sorted()
                    .toList();
        }
    }

    private static void define(Connection connection, String name, String xml) {
        if (!connection.hasNetworkFilter(name)) {
            connection.defineNetworkFilter(xml);
        }
    }
}
