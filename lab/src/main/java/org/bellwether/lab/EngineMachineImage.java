package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/**
 * The disk of the engine machine with the engine of this build in it, made as people make it: the package, and around it the
 * Debian that `bw` has fetched before, because tests have no network. Made once for each build, or for each lab where nobody
 * says where the build is.
 */
record EngineMachineImage(Path disk) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String LIBRARIES = "lib";
    private static final String MAIN = "org.bellwether.engine.command.EngineCommand";
    /** As Maven takes them out of what `bw package` packs: a cache for fast starts takes no signed classes. */
    private static final String SIGNATURES = "*.{SF,DSA,RSA,EC}";

    static synchronized EngineMachineImage prepare(Lab lab) {
        Path home = Site.build().toString().isEmpty() ? lab.directory() : Site.build();
        Path disk = home.resolve("engine-machine.raw");
        if (!Files.exists(disk)) {
            Progress.say("making the engine machine");
            try {
                Path work = Files.createTempDirectory(home, "engine-machine");
                Path draft = work.resolve("disk.raw");
                recipe("engine-machine", work, debian(work).toString(), draft.toString());
                Files.move(draft, disk, StandardCopyOption.ATOMIC_MOVE);
                Lab.removeTree(work);
            } catch (IOException e) {
                throw new LabFailure("cannot make " + disk + ": " + e.getMessage(), e);
            }
        }
        return new EngineMachineImage(disk);
    }

    /** The Debian package of this build's engine. */
    private static Path debian(Path work) throws IOException {
        Path libraries = Files.createDirectory(work.resolve(LIBRARIES));
        for (String entry : Classpath.of(MAIN).split(":")) {
            Path source = Path.of(entry);
            // Only Maven's way to the tests has directories of classes on it too, and those are of the lab.
            if (Files.isRegularFile(source)) {
                Path copy = libraries.resolve(source.getFileName());
                Files.copy(source, copy, StandardCopyOption.COPY_ATTRIBUTES);
                if (copy.getFileName().toString().startsWith("bc")) {
                    unsign(copy);
                }
            }
        }
        recipe("build", work, work.toString());
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(work, "*.deb")) {
            return packages.iterator().next();
        }
    }

    private static void unsign(Path jar) throws IOException {
        try (FileSystem inside = FileSystems.newFileSystem(jar);
                DirectoryStream<Path> signatures = Files.newDirectoryStream(inside.getPath("META-INF"), SIGNATURES)) {
            for (Path signature : signatures) {
                Files.delete(signature);
            }
        }
    }

    private static void recipe(String name, Path work, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "BELLWETHER_LIBRARIES=" + work.resolve(LIBRARIES),
                // It is unpacked at once.
                "DPKG_DEB_COMPRESSOR_TYPE=none",
                SourceTree.root().resolve("packaging").resolve(name).toString()));
        words.addAll(List.of(arguments));
        Command.run(PATIENCE, words);
    }
}
