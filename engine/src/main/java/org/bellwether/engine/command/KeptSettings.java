package org.bellwether.engine.command;

import java.io.IOException;
import java.io.Reader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;
import org.bellwether.engine.platform.config.EngineConfig;

/**
 * What the configuration of an engine that moves to another machine has from before.
 *
 * @param kept keys that it has now
 * @param left keys that only the old one has
 */
record KeptSettings(List<String> kept, List<String> left) {

    static final KeptSettings NONE = new KeptSettings(List.of(), List.of());

    /** They mean the same on every machine: no path, no address. */
    private static final Set<String> PORTABLE = Set.of(
            "http.port",
            "vnc.port",
            "kdump.port",
            "host-certificate-life",
            "host-patience",
            "fencing-quiet",
            "vm-properties");

    /** Adds to the configuration what it does not say and the old one does; the file is never there by half. */
    static KeptSettings add(Path old, Path configuration) throws IOException {
        var before = read(old);
        var now = read(configuration);
        List<String> kept = new ArrayList<>();
        List<String> left = new ArrayList<>();
        for (var key : new TreeSet<>(before.stringPropertyNames())) {
            if (now.containsKey(key)) {
                continue;
            }
            if (PORTABLE.contains(key)) {
                now.setProperty(key, before.getProperty(key));
                kept.add(key);
            } else {
                left.add(key);
            }
        }
        if (!kept.isEmpty()) {
            var draft = configuration.resolveSibling(configuration.getFileName() + ".draft");
            try {
                try (var out = Files.newBufferedWriter(draft)) {
                    now.store(out, null);
                }
                EngineConfig.read(draft);
                Files.setPosixFilePermissions(draft, Files.getPosixFilePermissions(configuration));
                Files.move(draft, configuration, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(draft);
            }
        }
        return new KeptSettings(kept, left);
    }

    private static Properties read(Path file) throws IOException {
        var properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file, StandardCharsets.UTF_8)) {
            properties.load(reader);
        }
        return properties;
    }
}
