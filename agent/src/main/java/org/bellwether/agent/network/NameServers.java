package org.bellwether.agent.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The name servers of /etc/resolv.conf. What else stands there stays. */
final class NameServers {
    private static final Logger LOG = LoggerFactory.getLogger(NameServers.class);
    private static final Path FILE = Path.of("/etc/resolv.conf");
    private static final String WORD = "nameserver ";

    private NameServers() {}

    static List<String> read() {
        return lines().stream()
                .filter(line -> line.startsWith(WORD))
                .map(line -> line.substring(WORD.length()).strip())
                .toList();
    }

    /** Written in place: the file may be a mount or a link of the system's. */
    static void write(List<String> servers) {
        String text = lines().stream()
                        .filter(line -> !line.startsWith(WORD))
                        .map(line -> line + "\n")
                        .collect(Collectors.joining())
                + servers.stream().map(server -> WORD + server + "\n").collect(Collectors.joining());
        try {
            Files.writeString(FILE, text, StandardCharsets.UTF_8);
        } catch (IOException e) {
            LOG.warn("the name servers cannot be written to {}: {}", FILE, e.toString());
        }
    }

    private static List<String> lines() {
        try {
            return Files.readAllLines(FILE, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return List.of();
        }
    }
}
