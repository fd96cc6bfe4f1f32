package org.bellwether.engine.command;

import java.io.BufferedOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.store.SettingRepository;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Parameters;

/** {@code backup FILE}. */
@Command(
        description =
                "Saves the engine: database, certificate authority and keys, configuration. It may run meanwhile. The"
                        + " machines' disks are not in it. Whoever has the file can become this engine: keep it as you"
                        + " keep keys.")
final class BackupCommand implements Callable<Integer> {

    static final String LAST = "last-backup";

    private final EngineCommand root;
    private final Clock clock;

    @Parameters(paramLabel = "FILE", description = "The file to write; - is standard output.")
    String file = "";

    @Mixin
    PassphraseOptions passphrase = new PassphraseOptions();

    BackupCommand(EngineCommand root, Clock clock) {
        this.root = root;
        this.clock = clock;
    }

    @Override
    public Integer call() throws IOException {
        var engine = root.engine();
        var secret = passphrase.read(true);
        if (file.equals("-")) {
            write(engine, System.out, secret);
            return 0;
        }
        var target = Path.of(file).toAbsolutePath();
        if (Files.exists(target)) {
            throw Failure.conflict("The file " + target + " is there already")
                    .undone("It was left as it is")
                    .next("Name another file, or remove that one");
        }
        // Beside its place and renamed, so that half a backup is never taken for a whole one.
        var unfinished = Files.createFile(
                target.resolveSibling(target.getFileName() + ".unfinished"),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        try {
            int code = into(engine, unfinished.toFile(), secret);
            if (code == 0) {
                Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE);
                System.err.println(
                        target + " is written" + (secret.isPresent() ? ", encrypted." : ". It is not encrypted."));
            }
            return code;
        } finally {
            Files.deleteIfExists(unfinished);
        }
    }

    private int into(Installation engine, File unfinished, Optional<Secret> secret) throws IOException {
        var other = AsOwner.other(engine.data());
        if (other.isPresent()) {
            return AsOwner.say(
                    other.get(),
                    List.of("backup", "-", "--config", engine.file().toString()),
                    secret.map(each -> Map.of(PassphraseOptions.VARIABLE, each.reveal()))
                            .orElse(Map.of()),
                    builder -> builder.redirectOutput(unfinished));
        }
        try (var out = Files.newOutputStream(unfinished.toPath())) {
            write(engine, out, secret);
        }
        return 0;
    }

    private void write(Installation engine, OutputStream out, Optional<Secret> secret) throws IOException {
        try (var database = engine.database()) {
            var buffered = new BufferedOutputStream(out, 1 << 16);
            var manifest = new BackupWriter(engine, clock).write(database, buffered, secret);
            buffered.flush();
            database.transaction(tx -> {
                SettingRepository.put(tx, LAST, manifest.made().toString());
                return manifest;
            });
            long rows = manifest.database().tables().stream()
                    .mapToLong(table -> table.rows())
                    .sum();
            System.err.println("Saved " + rows + " rows of "
                    + manifest.database().tables().size()
                    + " tables, the authority with its keys, and the configuration, as of " + manifest.made() + ".");
        }
    }
}
