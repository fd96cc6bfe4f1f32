package org.bellwether.engine.command;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.zip.GZIPOutputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.config.EngineConfig.DatabaseConfig;
import org.bellwether.engine.platform.store.DatabaseAccess;
import org.bellwether.engine.platform.store.DatabaseContents;
import org.bellwether.engine.platform.store.Json;

/** Saves an engine: its database as of one instant, its keys and its configuration. The engine may run meanwhile. */
final class BackupWriter {

    private static final int OWNER_READS = 0600;

    private record Source(BackupManifest.Part part, Path file) {}

    private final Installation engine;
    private final Clock clock;

    BackupWriter(Installation engine, Clock clock) {
        this.engine = engine;
        this.clock = clock;
    }

    BackupManifest write(DatabaseAccess database, OutputStream out, Optional<Secret> passphrase) throws IOException {
        // For its owner alone, as createTempDirectory makes it.
        Path tables = Files.createTempDirectory(engine.data(), "backup");
        try {
            var contents = database.dump(tables);
            var sources = sources(tables, contents);
            var manifest = new BackupManifest(
                    BackupManifest.FORMAT,
                    BackupManifest.VERSION,
                    clock.instant(),
                    engine.config().externalName(),
                    sources.stream().map(Source::part).toList(),
                    contents);
            if (passphrase.isPresent()) {
                try (var encrypted = OpenPgp.encrypting(out, passphrase.get())) {
                    pack(manifest, sources, encrypted);
                }
            } else {
                pack(manifest, sources, out);
            }
            return manifest;
        } finally {
            Trees.remove(tables);
        }
    }

    private List<Source> sources(Path tables, DatabaseContents contents) throws IOException {
        var found = new ArrayList<Source>();
        found.add(source(BackupManifest.CONFIGURATION, engine.file()));
        found.add(source(BackupManifest.SECRETS_KEY, engine.secretsKey()));
        var password = engine.config().adminPasswordFile();
        if (Files.exists(password)) {
            found.add(source(BackupManifest.ADMIN_PASSWORD, password));
        }
        var external = engine.config().database().map(DatabaseConfig::passwordFile);
        if (external.isPresent()) {
            found.add(source(BackupManifest.DATABASE_PASSWORD, external.get()));
        }
        try (var keys = Files.list(engine.pki())) {
            for (var key : keys.filter(Files::isRegularFile).sorted().toList()) {
                var source = source(BackupManifest.PKI + key.getFileName(), key);
                if (source.part().known()) {
                    found.add(source);
                }
            }
        }
        for (var table : contents.tables()) {
            var name = table.name() + ".copy";
            found.add(source(BackupManifest.TABLES + name, tables.resolve(name)));
        }
        return found;
    }

    private static Source source(String name, Path file) throws IOException {
        return new Source(new BackupManifest.Part(name, Files.size(file), sha256(file)), file);
    }

    private void pack(BackupManifest manifest, List<Source> sources, OutputStream out) throws IOException {
        var packed = new GZIPOutputStream(out, 1 << 16);
        var tar = new TarArchiveOutputStream(packed, StandardCharsets.UTF_8.name());
        tar.setBigNumberMode(TarArchiveOutputStream.BIGNUMBER_POSIX);
        var first = Json.write(manifest).getBytes(StandardCharsets.UTF_8);
        entry(tar, BackupManifest.NAME, first.length, manifest);
        tar.write(first);
        tar.closeArchiveEntry();
        for (var source : sources) {
            entry(tar, source.part().name(), source.part().size(), manifest);
            Files.copy(source.file(), tar);
            tar.closeArchiveEntry();
        }
        tar.finish();
        packed.finish();
    }

    private static void entry(TarArchiveOutputStream tar, String name, long size, BackupManifest manifest)
            throws IOException {
        var entry = new TarArchiveEntry(name);
        entry.setSize(size);
        entry.setMode(OWNER_READS);
        entry.setModTime(manifest.made().toEpochMilli());
        tar.putArchiveEntry(entry);
    }

    static String sha256(Path file) throws IOException {
        var digest = sha256();
        try (var in = Files.newInputStream(file)) {
            var buffer = new byte[1 << 16];
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                digest.update(buffer, 0, read);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException("Every Java has SHA-256.", impossible);
        }
    }
}
