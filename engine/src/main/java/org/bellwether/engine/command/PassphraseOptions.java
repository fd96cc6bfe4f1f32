package org.bellwether.engine.command;

import java.io.Console;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;

/** Where a passphrase comes from: a file, the environment, or a person at the terminal; never the command's own words. */
final class PassphraseOptions {

    static final String VARIABLE = "BW_BACKUP_PASSPHRASE";

    @Option(
            names = "--passphrase-file",
            paramLabel = "FILE",
            description = "The file whose first line is the passphrase. BW_BACKUP_PASSPHRASE does as well.")
    @Nullable
    Path file;

    @Option(names = "--ask-passphrase", description = "Asks for the passphrase.")
    boolean ask;

    /** @param twice whether a person is asked twice, because a slip could not be mended */
    Optional<Secret> read(boolean twice) {
        var given = file == null ? Optional.ofNullable(System.getenv(VARIABLE)) : Optional.of(firstLine(file));
        var found = given.filter(text -> !text.isEmpty()).map(Secret::of);
        if (file != null && found.isEmpty()) {
            throw Failure.badRequest("The file " + file + " holds no passphrase")
                    .next("Write one into its first line");
        }
        return found.isEmpty() && ask ? Optional.of(asked(twice)) : found;
    }

    private static String firstLine(Path file) {
        try (var lines = Files.lines(file)) {
            return lines.findFirst().orElse("");
        } catch (IOException e) {
            throw Failure.badRequest("The passphrase cannot be read from " + file)
                    .because(String.valueOf(e.getMessage()))
                    .next("Name a file that this user may read")
                    .from(e);
        }
    }

    private static Secret asked(boolean twice) {
        var console = Optional.ofNullable(System.console())
                .filter(Console::isTerminal)
                .orElseThrow(() -> Failure.badRequest("There is no terminal to ask for the passphrase")
                        .next("Use --passphrase-file"));
        var first = console.readPassword("Passphrase: ");
        if (first == null || first.length == 0) {
            throw Failure.badRequest("No passphrase was given").next("Say it again");
        }
        if (twice && !Arrays.equals(first, console.readPassword("The same again: "))) {
            throw Failure.badRequest("The two were not the same").next("Say it again");
        }
        return Secret.of(new String(first));
    }
}
