package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** How the agent is configured and started, and the files of it that others need. */
final class AgentFiles {
    private AgentFiles() {}

    /** Where the agent keeps its certificates, in the names that libvirt's pkipath expects. */
    static Path pki(Path state) {
        return state.resolve("pki");
    }

    /** Where archives of machines may lie. */
    static Path exchange(Path state) {
        return state.resolve("exchange");
    }

    static boolean enrolled(Path state) {
        return Files.exists(pki(state).resolve("servercert.pem"));
    }

    static void writeConfig(Path file, Path state, String address) {
        try {
            Files.createDirectories(exchange(state));
            Files.writeString(file, """
                    state-dir=%s
                    listen-address=%s
                    libvirt-tls-port=%d
                    exchange-directories=%s,/var/lib/bellwether/exchange
                    sanlock-io-timeout=%d
                    engine-ha-interval=2
                    """.formatted(
                            state, address, LabHost.LIBVIRT_TLS_PORT, exchange(state), SanlockDaemon.IO_TIMEOUT));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<String> command(Path config) {
        return Jvm.agent(List.of("--config", config.toString()));
    }

    static List<String> enrol(Path config, String token, String name, String address) {
        List<String> words = new ArrayList<>(command(config));
        words.addAll(List.of("--enrol", token, "--name", name, "--address", address));
        return words;
    }
}
