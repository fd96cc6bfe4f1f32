package org.bellwether.engine.command;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.bellwether.engine.platform.Failure;
import org.bellwether.engine.platform.config.EngineConfig.DatabaseConfig;

/**
 * Root does the engine's work as the engine's user, so that nothing in its directory comes to belong to root. Files that only
 * root can reach are opened by root and handed over.
 */
final class AsOwner {

    private AsOwner() {}

    /** The user to become, when this is root and the engine is somebody else's. */
    static Optional<String> other(Path data) {
        if (!"root".equals(System.getProperty("user.name"))) {
            return Optional.empty();
        }
        Path present = data.toAbsolutePath();
        while (!Files.exists(present)) {
            present = Optional.ofNullable(present.getParent()).orElse(Path.of("/"));
        }
        try {
            var owner = Files.getOwner(present).getName();
            return owner.equals("root") ? Optional.empty() : Optional.of(owner);
        } catch (IOException e) {
            throw Failure.internal("Whose " + present + " is cannot be seen")
                    .because(String.valueOf(e.getMessage()))
                    .from(e);
        }
    }

    /** What root has made anew becomes the engine's user's, whose the place is. */
    static void give(Installation engine) {
        var data = engine.data().toAbsolutePath();
        var owner = Optional.ofNullable(data.getParent()).flatMap(AsOwner::other);
        if (owner.isEmpty()) {
            return;
        }
        Programs.run("chown", "-R", owner.get() + ":", data.toString());
        // Secrets that lie elsewhere: those that nobody but root could read.
        var config = engine.config();
        Stream.concat(
                        Stream.of(config.adminPasswordFile()),
                        config.database().stream().map(DatabaseConfig::passwordFile))
                .filter(AsOwner::onlyRootReads)
                .forEach(file -> Programs.run("chown", owner.get() + ":", file.toString()));
    }

    private static boolean onlyRootReads(Path file) {
        try {
            return Files.exists(file)
                    && Files.getOwner(file).getName().equals("root")
                    && Files.getPosixFilePermissions(file).stream()
                            .noneMatch(each ->
                                    each == PosixFilePermission.GROUP_READ || each == PosixFilePermission.OTHERS_READ);
        } catch (IOException e) {
            return false;
        }
    }

    /** Says these words as the engine's user when this is root and the engine is somebody else's; answers the exit code. */
    static OptionalInt sayWhenOther(Installation engine, List<String> words) {
        var other = other(engine.data());
        if (other.isEmpty()) {
            return OptionalInt.empty();
        }
        var all = new ArrayList<>(words);
        all.addAll(List.of("--config", engine.file().toString()));
        return OptionalInt.of(say(other.get(), all, Map.of(), UnaryOperator.identity()));
    }

    /**
     * Says the same command as that user; answers its exit code.
     *
     * @param more further environment
     * @param redirect hands over the files that it reads or writes
     */
    static int say(String user, List<String> words, Map<String, String> more, UnaryOperator<ProcessBuilder> redirect) {
        var command = new ArrayList<>(List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--init-groups"));
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        command.add("-Dbellwether.command=" + System.getProperty("bellwether.command", "bellwether"));
        command.addAll(List.of("-cp", System.getProperty("java.class.path"), EngineCommand.class.getName()));
        command.addAll(words);
        try {
            var builder = redirect.apply(new ProcessBuilder(command).inheritIO());
            builder.environment().putAll(more);
            builder.directory(new File("/"));
            return builder.start().waitFor();
        } catch (IOException e) {
            throw Failure.internal("This cannot be done as the user " + user)
                    .because(String.valueOf(e.getMessage()))
                    .next("Check that setpriv is installed (package util-linux)")
                    .from(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return 130;
        }
    }
}
