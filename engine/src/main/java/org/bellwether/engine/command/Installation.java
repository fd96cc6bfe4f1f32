package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.config.EngineConfig;
import org.bellwether.engine.platform.lifecycle.EngineLock;
import org.bellwether.engine.platform.store.DatabaseAccess;

/** One engine on this machine: its configuration, and where it keeps what. */
record Installation(Path file, EngineConfig config) {

    /** Where the package puts the configuration. */
    static final Path PACKAGED = Path.of("/etc/bellwether/engine.properties");

    static Installation read(Path file) {
        try {
            return new Installation(file.toAbsolutePath(), EngineConfig.read(file));
        } catch (IllegalArgumentException e) {
            throw Failure.badRequest(String.valueOf(e.getMessage()))
                    .next("Name another file with --config, or mend this one")
                    .from(e);
        }
    }

    Path data() {
        return config.dataDirectory();
    }

    Path pki() {
        return data().resolve("pki");
    }

    Path secretsKey() {
        return data().resolve("secrets.key");
    }

    /** Where a plain process writes what systemd would take. */
    Path log() {
        return data().resolve("engine.log");
    }

    /** The engine's process, when it runs. */
    Optional<Long> pid() {
        return EngineLock.holder(data());
    }

    /**
     * The engine's process, to be ended.
     *
     * @throws Failure when it is in another namespace, where its number means another process
     */
    Optional<ProcessHandle> process() {
        var pid = pid();
        if (pid.isEmpty()) {
            return Optional.empty();
        }
        try {
            if (Files.readString(Path.of("/proc", pid.get().toString(), "cmdline"))
                    .contains(EngineJvm.MAIN)) {
                return ProcessHandle.of(pid.get());
            }
        } catch (IOException gone) {
            // The same answer as for another process.
        }
        if (pid().isEmpty()) {
            return Optional.empty();
        }
        throw unseen();
    }

    private Failure unseen() {
        return Failure.conflict("The engine on " + data() + " runs where it cannot be seen from here")
                .because("its lock is held and its process is not one of this system's, as in a container")
                .undone("Nothing was changed")
                .next("Say it there");
    }

    /** The database, which must be there. */
    DatabaseAccess database() {
        return config.database().map(Installation::external).orElseGet(() -> {
            // A second server beside one that is only out of sight would ruin the database.
            process();
            return DatabaseAccess.embedded(data().resolve("postgres"));
        });
    }

    static DatabaseAccess external(EngineConfig.DatabaseConfig database) {
        try {
            return DatabaseAccess.external(
                    database.url(),
                    database.user(),
                    Files.readString(database.passwordFile()).strip());
        } catch (IOException e) {
            throw Failure.internal("The database's password file " + database.passwordFile() + " cannot be read")
                    .because(String.valueOf(e.getMessage()))
                    .next("Check database.password-file in " + PACKAGED.getFileName() + " and the rights of the file")
                    .from(e);
        }
    }
}
