package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Properties;

/**
 * How far an upgrade is, on disk before each step, so that one that dies is gone on with. The command {@code bellwether} reads
 * the stage too, to know which version is to run.
 *
 * @param previous the version to return to
 * @param backup the engine as it was when that version ended
 * @param ran whether it served before
 * @param why what kept the new version from serving
 */
record UpgradeState(Stage stage, Program previous, Path backup, boolean ran, String why) {

    private static final String NAME = "state";

    enum Stage {
        /** All is saved, and files are being replaced: whoever starts the engine now starts the old version's copy. */
        PREPARED,
        /** The new version has been started and may have changed the database. */
        TRIAL,
        /** The old one is being put back: nothing may start. */
        RETURNING,
        /** The old version runs although the new one is installed. */
        RETURNED,
        DONE;

        String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    UpgradeState at(Stage next) {
        return new UpgradeState(next, previous, backup, ran, why);
    }

    UpgradeState because(String words) {
        return new UpgradeState(stage, previous, backup, ran, words);
    }

    static Optional<UpgradeState> read(Path directory) throws IOException {
        var file = directory.resolve(NAME);
        if (!Files.isReadable(file)) {
            return Optional.empty();
        }
        var words = new Properties();
        try (var in = Files.newBufferedReader(file)) {
            words.load(in);
        }
        return Optional.of(new UpgradeState(
                Stage.valueOf(words.getProperty("stage").toUpperCase(Locale.ROOT)),
                new Program(Path.of(words.getProperty("previous"))),
                Path.of(words.getProperty("backup")),
                Boolean.parseBoolean(words.getProperty("ran")),
                words.getProperty("why", "")));
    }

    /** Whether it was written longer ago than that. */
    static boolean older(Path directory, Duration age) throws IOException {
        return Files.getLastModifiedTime(directory.resolve(NAME))
                .toInstant()
                .isBefore(Instant.now().minus(age));
    }

    /** Readable by all, because the engine's own user starts it; it holds nothing that is secret. */
    UpgradeState write(Path directory) throws IOException {
        var draft = Files.writeString(
                directory.resolve(NAME + ".new"),
                String.join(
                                "\n",
                                List.of(
                                        "stage=" + stage.word(),
                                        "previous=" + previous.home(),
                                        "backup=" + backup,
                                        "ran=" + ran,
                                        "why=" + why.replaceAll("[\\p{Cntrl}\\\\]", " ")))
                        + "\n");
        Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
        try (var file = FileChannel.open(draft, StandardOpenOption.WRITE)) {
            file.force(true);
        }
        Files.move(draft, directory.resolve(NAME), StandardCopyOption.ATOMIC_MOVE);
        return this;
    }
}
