package org.bellwether.engine.command;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.util.List;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.Secret;
import org.bellwether.engine.platform.config.EngineConfig.DatabaseConfig;
import org.bellwether.engine.platform.operation.EngineMaintenance;
import org.bellwether.engine.platform.store.DatabaseAccess;
import org.bellwether.engine.platform.store.Transaction;

/**
 * Makes an engine of a backup where there is none. All is laid out beside the data directory, which appears by one rename
 * when it is whole; so whatever goes wrong, nothing was changed.
 */
final class Restore {

    private final Path configuration;
    private final Clock clock;
    private final boolean keepSettings;
    private final boolean instead;

    /**
     * @param keepSettings whether a configuration that is there gets what only the backup's says about behaviour
     * @param instead whether it takes the place of the engine that is there
     */
    Restore(Path configuration, Clock clock, boolean keepSettings, boolean instead) {
        this.configuration = configuration.toAbsolutePath();
        this.clock = clock;
        this.keepSettings = keepSettings;
        this.instead = instead;
    }

    /**
     * What became of it.
     *
     * @param kept keys that the configuration has from the backup's now
     * @param left keys that only the backup's configuration has
     * @param aside where the engine is whose place it took
     */
    record Restored(
            BackupManifest manifest,
            Installation engine,
            boolean configured,
            int abandoned,
            List<String> kept,
            List<String> left,
            Optional<Path> aside) {}

    Restored run(String name, InputStream backup, Optional<Secret> passphrase) throws IOException {
        // An existing configuration decides where the engine will live; else the backup's does.
        var present = Files.exists(configuration)
                ? Optional.of(Installation.read(configuration))
                : Optional.<Installation>empty();
        present.ifPresent(this::requireRoom);
        if (instead && present.isPresent()) {
            removeCutOff(parent(present.get()));
        }
        var unpacked = present.isPresent()
                ? Files.createTempDirectory(Files.createDirectories(parent(present.get())), "unpacked")
                : Files.createTempDirectory("bellwether-restore");
        try {
            var manifest = new BackupReader(name).unpack(backup, unpacked, passphrase);
            var saved = unpacked.resolve(BackupManifest.CONFIGURATION);
            var engine = present.orElseGet(() ->
                    new Installation(configuration, Installation.read(saved).config()));
            requireRoom(engine);
            var place = Files.createDirectories(parent(engine));
            var home = Files.createTempDirectory(place, "restoring");
            try {
                // As whose place it is, the database will run; nobody but root can give it away, or needs to.
                AsOwner.other(place).ifPresent(owner -> Programs.run("chown", owner + ":", home.toString()));
                keys(unpacked, home);
                int abandoned = rows(manifest, unpacked, engine, home);
                var settings = keepSettings && present.isPresent()
                        ? KeptSettings.add(saved, configuration)
                        : KeptSettings.NONE;
                var aside = finish(engine, unpacked, home, present.isEmpty());
                return new Restored(
                        manifest, engine, present.isEmpty(), abandoned, settings.kept(), settings.left(), aside);
            } finally {
                Trees.remove(home);
            }
        } finally {
            Trees.remove(unpacked);
        }
    }

    /** What restores left that died before they could: keys among it, and a database that runs on. */
    private static void removeCutOff(Path parent) throws IOException {
        try (var left = Files.newDirectoryStream(
                parent, each -> each.getFileName().toString().matches("(unpacked|restoring)[0-9]+"))) {
            for (var each : left) {
                DatabaseAccess.end(each.resolve("postgres"));
                Trees.remove(each);
            }
        }
    }

    private static Path parent(Installation engine) {
        return Optional.ofNullable(engine.data().toAbsolutePath().getParent())
                .orElseThrow(() -> Failure.badRequest("data-dir cannot be " + engine.data()));
    }

    private void requireRoom(Installation engine) {
        if (!instead) {
            requireNothing(engine);
        } else if (engine.pid().isPresent()) {
            throw Failure.conflict("The engine in " + engine.data() + " runs")
                    .undone("Nothing was changed")
                    .next("Stop it first: bellwether engine stop");
        }
    }

    private static void requireNothing(Installation engine) {
        try {
            if (Files.isDirectory(engine.data())) {
                try (var present = Files.list(engine.data())) {
                    var first = present.findFirst();
                    if (first.isPresent()) {
                        throw Failure.conflict("There is an engine in " + engine.data() + " already, or something else")
                                .because("it holds " + first.get().getFileName())
                                .undone("Nothing was changed")
                                .next("A backup is restored where there is none: stop the engine that is there, if"
                                        + " there is one, and move the directory away");
                    }
                }
            }
        } catch (IOException e) {
            throw Failure.internal("The directory " + engine.data() + " cannot be looked into")
                    .because(String.valueOf(e.getMessage()))
                    .next("Say it again as root or as the engine's user")
                    .from(e);
        }
    }

    private static void keys(Path unpacked, Path home) throws IOException {
        var pki = home.resolve("pki");
        Files.createDirectory(pki, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        try (var saved = Files.list(unpacked.resolve("pki"))) {
            for (var key : saved.toList()) {
                place(key, pki.resolve(key.getFileName()), key.toString().endsWith(".crt") ? "rw-r--r--" : "rw-------");
            }
        }
        place(unpacked.resolve(BackupManifest.SECRETS_KEY), home.resolve("secrets.key"), "rw-------");
    }

    private int rows(BackupManifest manifest, Path unpacked, Installation engine, Path home) {
        var tables = unpacked.resolve(BackupManifest.TABLES);
        int[] abandoned = {0};
        try (var database = engine.config()
                .database()
                .map(there -> Installation.external(
                        Files.exists(there.passwordFile())
                                ? there
                                : new DatabaseConfig(
                                        there.url(), there.user(), unpacked.resolve(BackupManifest.DATABASE_PASSWORD))))
                .orElseGet(() -> DatabaseAccess.fresh(home.resolve("postgres")))) {
            if (instead && engine.config().database().isPresent()) {
                database.empty();
            }
            database.load(tables, manifest.database(), tx -> abandoned[0] = settle(tx, manifest));
        }
        return abandoned[0];
    }

    /** The world went on since the backup was made. */
    private int settle(Transaction tx, BackupManifest manifest) {
        var words = "The engine was restored from a backup of " + manifest.made();
        EngineMaintenance.begin(
                tx,
                EngineMaintenance.Kind.RESTORED,
                "it was restored from a backup of " + manifest.made() + " and waits until every host has said what runs"
                        + " on it",
                clock);
        return EngineMaintenance.abandon(
                tx,
                words + ", in which this was under way. What it did since then is not known: look at the objects it was"
                        + " about, and ask for it again if it is still wanted.",
                clock);
    }

    /** Answers where it put what was there. */
    private Optional<Path> finish(Installation engine, Path unpacked, Path home, boolean configure) throws IOException {
        var password = engine.config().adminPasswordFile().toAbsolutePath();
        var data = engine.data().toAbsolutePath();
        secret(unpacked.resolve(BackupManifest.ADMIN_PASSWORD), password, data, home);
        var there = engine.config().database().map(each -> each.passwordFile().toAbsolutePath());
        if (there.isPresent()) {
            secret(unpacked.resolve(BackupManifest.DATABASE_PASSWORD), there.get(), data, home);
        }
        var aside = instead && Files.exists(data) ? Optional.of(putAside(data)) : Optional.<Path>empty();
        // Onto an empty directory or none: anything else makes it fail.
        Files.move(home, data, StandardCopyOption.ATOMIC_MOVE);
        if (configure) {
            place(unpacked.resolve(BackupManifest.CONFIGURATION), engine.file(), "rw-r--r--");
        }
        return aside;
    }

    private Path putAside(Path data) throws IOException {
        // An engine that was killed leaves it running.
        DatabaseAccess.end(data.resolve("postgres"));
        var aside = data.resolveSibling(
                data.getFileName() + ".aside-" + clock.instant().toEpochMilli());
        return Files.move(data, aside, StandardCopyOption.ATOMIC_MOVE);
    }

    /** Into the new home when its place is there; elsewhere only where nothing is. */
    private static void secret(Path saved, Path wanted, Path data, Path home) throws IOException {
        if (!Files.exists(saved)) {
            return;
        }
        if (wanted.startsWith(data)) {
            place(saved, home.resolve(data.relativize(wanted)), "rw-------");
        } else if (!Files.exists(wanted)) {
            place(saved, wanted, "rw-------");
        }
    }

    private static void place(Path from, Path to, String mode) throws IOException {
        Files.createDirectories(Optional.ofNullable(to.getParent()).orElse(to));
        Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        Files.setPosixFilePermissions(to, PosixFilePermissions.fromString(mode));
    }
}
