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

/** The packages of this build's engine, made as people make them. */
record EnginePackage(Path directory) {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final String LIBRARIES = "lib";
    private static final String MAIN = "org.bellwether.engine.command.EngineCommand";
    /** As Maven takes them out of what `bw package` packs: a cache for fast starts takes no signed classes. */
    private static final String SIGNATURES = "*.{SF,DSA,RSA,EC}";

    /** Makes them in that directory, which is empty. */
    static EnginePackage build(Path work, String... environment) throws IOException {
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
        run("build", work, List.of(environment), work.toString());
        return new EnginePackage(work);
    }

    Path debian() throws IOException {
        return only("*.deb");
    }

    /** There is none where rpmbuild is not installed. */
    Path rpm() throws IOException {
        return only("*.rpm");
    }

    private Path only(String pattern) throws IOException {
        try (DirectoryStream<Path> packages = Files.newDirectoryStream(directory, pattern)) {
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

    static void recipe(String name, Path work, String... arguments) {
        run(name, work, List.of(), arguments);
    }

    private static void run(String name, Path work, List<String> environment, String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                "env",
                "JAVA_HOME=" + System.getProperty("java.home"),
                "BELLWETHER_LIBRARIES=" + work.resolve(LIBRARIES),
                // It is unpacked at once.
                "DPKG_DEB_COMPRESSOR_TYPE=none"));
        words.addAll(environment);
        words.add(SourceTree.root().resolve("packaging").resolve(name).toString());
        words.addAll(List.of(arguments));
        Command.run(PATIENCE, words);
    }
}
