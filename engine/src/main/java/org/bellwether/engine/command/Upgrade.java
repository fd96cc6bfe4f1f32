package org.bellwether.engine.command;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.bellwether.engine.command.UpgradeState.Stage;
import org.bellwether.engine.platform.Failure;

/**
 * Puts a new version in the place of the old one, and the old one back, with its database, when the new one does not serve.
 * What {@link #prepare} does is done by the old version, the rest by the new one; each step may be cut off and is done again.
 */
final class Upgrade {

    private static final String BACKUP = ".backup";
    private static final Duration LONG_AGO = Duration.ofHours(1);
    /** There while an engine that served is down for its upgrade. */
    private static final String SERVED = "served";

    private final Installation engine;
    private final EngineService service;
    private final Path directory;
    private final Duration patience;
    private final Clock clock;

    /**
     * @param directory where the state and the backup are; root's, beside all that the engine writes itself
     * @param patience how long a new version may take until it serves
     */
    Upgrade(Installation engine, Path directory, Duration patience, Clock clock) {
        this.engine = engine;
        this.service = new EngineService(engine);
        this.directory = directory;
        this.patience = patience;
        this.clock = clock;
    }

    /** Ends the engine and saves all that a return needs, before the files of its program are replaced. */
    void prepare() throws IOException {
        Files.createDirectories(
                directory, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwxr-xr-x")));
        var before = UpgradeState.read(directory);
        if (before.filter(state -> state.stage() == Stage.TRIAL || state.stage() == Stage.RETURNING)
                .isPresent()) {
            service.stop();
            System.out.println("An earlier upgrade was cut off; what it has saved is kept, and it goes on from there.");
            return;
        }
        var begun = before.filter(state -> state.stage() == Stage.PREPARED);
        boolean ran = engine.pid().isPresent()
                || Files.exists(served())
                || begun.map(UpgradeState::ran).orElse(false);
        if (ran) {
            // Before it ends, or whoever dies right after that would have left an engine that was down already.
            Files.write(served(), new byte[0]);
        }
        // What is installed may be half of each version by now when an earlier upgrade was cut off: its copy is whole.
        var kept = before.filter(state -> state.stage() == Stage.RETURNED)
                .or(() -> begun)
                .map(UpgradeState::previous);
        System.out.println("The engine ends for its upgrade; machines run on.");
        service.stop();
        try {
            var backup = directory.resolve("before-" + clock.instant().toEpochMilli() + BACKUP);
            var previous = kept.isPresent() ? kept.get() : Program.own().keep();
            if (previous.engine(engine.file(), List.of("backup", backup.toString())) != 0) {
                throw Failure.internal("The engine could not be saved before its upgrade")
                        .because("it said why above")
                        .undone("Nothing was changed")
                        .next("Mend that and upgrade again");
            }
            // From now on all depends on these, also when the machine loses its power.
            Programs.show(
                    List.of("sync", "-f", backup.toString(), previous.home().toString()));
            new UpgradeState(Stage.PREPARED, previous, backup, ran, "").write(directory);
            removeAllBut(backup);
        } catch (IOException | RuntimeException e) {
            if (ran && kept.orElseGet(Program::own).engine(engine.file(), List.of("start")) == 0) {
                Files.deleteIfExists(served());
            }
            throw e;
        }
    }

    private Path served() {
        return directory.resolve(SERVED);
    }

    private void removeAllBut(Path backup) throws IOException {
        try (var all = Files.newDirectoryStream(directory, "*" + BACKUP)) {
            for (var each : all) {
                if (!each.equals(backup)) {
                    Files.delete(each);
                }
            }
        }
    }

    /**
     * Lets the new version serve, or puts the old one back.
     *
     * @param again whether a version is to be tried that has failed already
     * @throws Failure in words when it did not serve, or the way back failed
     */
    void run(boolean again) throws IOException {
        var known = UpgradeState.read(directory).filter(state -> state.stage() != Stage.DONE);
        if (known.isEmpty()) {
            unprepared();
            return;
        }
        var state = known.get();
        switch (state.stage()) {
            case RETURNED -> {
                if (!again) {
                    throw Failure.conflict(
                                    "The installed version " + Program.own().version() + " is not used")
                            .because("it was tried and did not serve: " + state.why())
                            .undone("The engine runs as version "
                                    + state.previous().version() + ", as before")
                            .next("Try it again with: bellwether engine upgrade --again, or install another version");
                }
                prepare();
                attempt(UpgradeState.read(directory).orElseThrow());
            }
            case RETURNING -> goBack(state);
            case PREPARED -> {
                // The old version was started again meanwhile, so what is saved is not all any more.
                if (engine.pid().isPresent()) {
                    prepare();
                }
                attempt(UpgradeState.read(directory).orElseThrow());
            }
            case TRIAL, DONE -> attempt(state);
        }
    }

    /**
     * At the machine's start, or when somebody wants the engine to serve: goes on with what was cut off half-way between two
     * versions, and with nothing else.
     */
    void goOn() throws IOException {
        if (UpgradeState.read(directory)
                .filter(state -> state.stage() == Stage.TRIAL || state.stage() == Stage.RETURNING)
                .isPresent()) {
            run(false);
        }
    }

    /** Of a version that could not prepare, or was cut off at that: it is only started again. */
    private void unprepared() throws IOException {
        if (engine.pid().isPresent()) {
            service.stop();
            start();
        } else if (Files.exists(served())) {
            start();
        }
        Files.deleteIfExists(served());
    }

    private void start() {
        // systemd's is root's business; a process of its own belongs to the engine's user.
        var other = service.bySystemd() ? OptionalInt.empty() : AsOwner.sayWhenOther(engine, List.of("start"));
        if (other.isEmpty()) {
            service.start(patience);
        } else if (other.getAsInt() != 0) {
            throw Failure.internal("The engine does not serve").because("it said why above");
        }
    }

    private void attempt(UpgradeState prepared) throws IOException {
        boolean mayHaveServed = prepared.stage() == Stage.TRIAL && UpgradeState.older(directory, LONG_AGO);
        var state = mayHaveServed ? prepared : prepared.at(Stage.TRIAL).write(directory);
        try {
            start();
        } catch (Failure failure) {
            if (mayHaveServed) {
                throw Failure.conflict("Version " + Program.own().version() + " does not serve now")
                        .because(failure.detail())
                        .undone("The old version was not put back: this one was begun long ago and may have served"
                                + " since, and what was decided then would be lost")
                        .next("See what keeps it from serving: bellwether engine log. To give up what it did, say "
                                + "BELLWETHER_HOME=" + state.previous().home() + " bellwether engine restore "
                                + state.backup() + " --instead, and install the old version");
            }
            goBack(state.because(failure.detail()));
            return;
        }
        if (!state.ran()) {
            service.stop();
        }
        state.at(Stage.DONE).write(directory);
        Files.deleteIfExists(served());
        new FastStart(engine).prepare();
        System.out.println("The engine is upgraded from " + state.previous().version() + " to "
                + Program.own().version() + (state.ran() ? " and serves." : "; it is down, as it was.")
                + " How it was before is kept in " + state.backup()
                + ": remove that when you do not want it any more.");
    }

    private void goBack(UpgradeState cause) throws IOException {
        var state = cause.at(Stage.RETURNING).write(directory);
        System.err.println("Version " + Program.own().version() + " does not serve; version "
                + state.previous().version() + " is put back, with the database as it was.");
        service.stop();
        if (state.previous()
                        .engine(engine.file(), List.of("restore", state.backup().toString(), "--instead"))
                != 0) {
            throw Failure.internal("The old version could not be put back")
                    .because("it said why above; the new one did not serve: " + state.why())
                    .undone("Nothing runs; all that was saved is in " + state.backup())
                    .next("Mend that and say: bellwether engine upgrade");
        }
        state.at(Stage.RETURNED).write(directory);
        boolean serves = !state.ran() || state.previous().engine(engine.file(), List.of("start")) == 0;
        Files.deleteIfExists(served());
        throw Failure.internal("The engine was not upgraded to " + Program.own().version())
                .because(state.why())
                .undone("It is version " + state.previous().version() + " again, as it was before"
                        + (serves ? "" : ", and does not serve either"))
                .next("See what the new version said: bellwether engine log. Then try it again with bellwether engine"
                        + " upgrade --again, or install another version");
    }

    /** For people who look how the engine is. */
    static Optional<String> words(Path directory) throws IOException {
        return UpgradeState.read(directory)
                .filter(state -> state.stage() != Stage.DONE)
                .map(state -> switch (state.stage()) {
                    case RETURNED ->
                        "It is version " + state.previous().version()
                                + ", because the one that was installed did not serve: " + state.why();
                    default -> "An upgrade was cut off. Go on with it: bellwether engine upgrade";
                });
    }
}
