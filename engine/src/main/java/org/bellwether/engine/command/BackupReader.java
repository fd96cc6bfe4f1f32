package org.bellwether.engine.command;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.store.Json;

/** Unpacks a backup into a directory, and proves on the way that it is one, whole and unchanged. */
final class BackupReader {

    private static final int LARGEST_MANIFEST = 4 << 20;
    private static final int GZIP = 0x1f;

    private final String name;

    /** @param name how people call the file */
    BackupReader(String name) {
        this.name = name;
    }

    /**
     * Reads all of it.
     *
     * @throws Failure when it is no backup, was damaged, or is encrypted with another passphrase
     */
    BackupManifest unpack(InputStream source, Path directory, Optional<Secret> passphrase) {
        try {
            var in = new BufferedInputStream(source, 1 << 16);
            in.mark(1);
            int first = in.read();
            in.reset();
            if (first == GZIP) {
                return unpacked(in, directory);
            }
            if (first < 0x80) { // OpenPGP sets the highest bit of every packet's first byte
                throw foreign("it begins with neither a compressed archive nor an encrypted one");
            }
            if (passphrase.isEmpty()) {
                throw Failure.badRequest("The file " + name + " is encrypted")
                        .undone("Nothing was changed")
                        .next("Say its passphrase: --passphrase-file FILE");
            }
            var opened = OpenPgp.open(in, passphrase.get());
            var manifest = unpacked(opened.content(), directory);
            opened.content().readAllBytes();
            if (!opened.intact()) {
                throw damaged("its integrity check fails", null);
            }
            return manifest;
        } catch (IOException | IllegalStateException e) {
            throw damaged(String.valueOf(e.getMessage()), e);
        }
    }

    private BackupManifest unpacked(InputStream in, Path directory) throws IOException {
        var tar = new TarArchiveInputStream(new GZIPInputStream(in, 1 << 16), StandardCharsets.UTF_8.name());
        var manifest = manifest(tar);
        Map<String, BackupManifest.Part> expected = new HashMap<>(
                manifest.parts().stream().collect(Collectors.toMap(BackupManifest.Part::name, Function.identity())));
        for (var entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            var part = expected.remove(entry.getName());
            if (part == null || !part.known() || !entry.isFile()) {
                throw damaged("it holds " + entry.getName() + ", which does not belong there", null);
            }
            var file = directory.resolve(part.name());
            Files.createDirectories(Optional.ofNullable(file.getParent()).orElse(directory));
            Files.copy(tar, file);
            if (Files.size(file) != part.size() || !BackupWriter.sha256(file).equals(part.sha256())) {
                throw damaged(part.name() + " in it is not what was written", null);
            }
        }
        if (!expected.isEmpty()) {
            throw damaged(String.join(", ", expected.keySet()) + " is missing in it", null);
        }
        return manifest;
    }

    private BackupManifest manifest(TarArchiveInputStream tar) throws IOException {
        var first = tar.getNextEntry();
        if (first == null || !first.getName().equals(BackupManifest.NAME) || first.getSize() > LARGEST_MANIFEST) {
            throw foreign("it does not begin with " + BackupManifest.NAME);
        }
        var manifest =
                Json.read(new String(tar.readNBytes(LARGEST_MANIFEST), StandardCharsets.UTF_8), BackupManifest.class);
        if (!BackupManifest.FORMAT.equals(manifest.format())) {
            throw foreign("it says that it is something else");
        }
        if (manifest.version() != BackupManifest.VERSION) {
            throw Failure.badRequest("The backup " + name + " is of format " + manifest.version()
                            + ", and this engine reads format " + BackupManifest.VERSION)
                    .undone("Nothing was changed")
                    .next("Restore it with the version of the engine that made it");
        }
        return manifest;
    }

    private Failure foreign(String why) {
        return Failure.badRequest("The file " + name + " is no backup of an engine")
                .because(why)
                .undone("Nothing was changed")
                .next("Name a file that `engine backup` has written");
    }

    private Failure damaged(String why, @org.jspecify.annotations.Nullable Exception origin) {
        var failure = Failure.badRequest("The backup " + name + " cannot be read")
                .because(why)
                .undone("Nothing was changed")
                .next("Check the passphrase if it has one, fetch the file again, or take another backup");
        return origin == null ? failure : failure.from(origin);
    }
}
