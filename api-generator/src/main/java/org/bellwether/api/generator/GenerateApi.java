package org.bellwether.api.generator;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.Set;
import org.ovirt.api.metamodel.analyzer.ModelAnalyzer;
import org.ovirt.api.metamodel.concepts.Model;

/**
 * Reads the published model of the API and writes the sources and tables of the module {@code api}.
 *
 * <p>Arguments: the directory with the model's sources, the directory for Java sources, the directory for resources.
 * When neither the model nor this generator changed since the last run it does nothing; a file whose text did not change
 * is not touched, so that the compiler has nothing to do either.
 */
public final class GenerateApi {
    private final Path model;
    private final Path sources;
    private final Path resources;

    private GenerateApi(Path model, Path sources, Path resources) {
        this.model = model;
        this.sources = sources.resolve("org/bellwether/api/types");
        this.resources = resources.resolve("org/bellwether/api");
    }

    public static void main(String[] arguments) throws IOException {
        if (arguments.length != 3) {
            throw new IllegalArgumentException("Give three directories: the model, the sources, the resources.");
        }
        new GenerateApi(Path.of(arguments[0]), Path.of(arguments[1]), Path.of(arguments[2])).run();
    }

    private void run() throws IOException {
        var stamp = resources.resolve("../../../../api.sha256").normalize();
        var fingerprint = fingerprint();
        if (Files.exists(stamp) && Files.readString(stamp).equals(fingerprint)) {
            return;
        }
        var analysed = new Model();
        var analyzer = new ModelAnalyzer();
        analyzer.setModel(analysed);
        analyzer.analyzeSource(model.toFile());
        var types = new Types(analysed);
        var written = new HashSet<Path>();
        for (var file : new TypeSources(types).files().entrySet()) {
            write(sources.resolve(file.getKey()), file.getValue(), written);
        }
        write(sources.resolve("package-info.java"), """
                /** The types of the API, generated from its published model. */
                @org.jspecify.annotations.NullMarked
                package org.bellwether.api.types;
                """, written);
        removeOthers(sources, written);
        write(resources.resolve("services.txt"), new ServiceTable(analysed).text(), written);
        Files.writeString(stamp, fingerprint);
    }

    private static void write(Path file, String text, Set<Path> written) throws IOException {
        written.add(file);
        if (Files.exists(file) && Files.readString(file).equals(text)) {
            return;
        }
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    /** A type that left the model must not stay behind as a class. */
    private static void removeOthers(Path directory, Set<Path> written) throws IOException {
        try (var files = Files.list(directory)) {
            for (var file : files.filter(each -> !written.contains(each)).toList()) {
                Files.delete(file);
            }
        }
    }

    /** What the model's files and this generator's classes contain. */
    private String fingerprint() throws IOException {
        try {
            var digest = MessageDigest.getInstance("SHA-256");
            digest(digest, model);
            var code = Path.of(GenerateApi.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .getPath());
            if (Files.isDirectory(code)) {
                digest(digest, code.resolve("org"));
            } else {
                try (var jar = FileSystems.newFileSystem(code)) {
                    digest(digest, jar.getPath("org"));
                }
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("Every Java has SHA-256", e);
        }
    }

    private static void digest(MessageDigest digest, Path root) throws IOException {
        try (var files = Files.walk(root)) {
            for (var file : files.filter(Files::isRegularFile).sorted().toList()) {
                digest.update(root.relativize(file).toString().getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file));
            }
        }
    }
}
