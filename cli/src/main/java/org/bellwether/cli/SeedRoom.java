package org.bellwether.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.UserPrincipal;
import java.util.Comparator;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A directory that only its owner can read, for the engine's backup while a seed is made of it. That holds every key of the
 * engine, so whoever makes one takes away what those left that were killed before they could.
 */
final class SeedRoom implements AutoCloseable {
    private static final String PREFIX = "bellwether-deploy.";
    private static final Pattern NAME = Pattern.compile(Pattern.quote(PREFIX) + "(\\d+)\\..*");

    private final Path directory;

    private SeedRoom(Path directory) {
        this.directory = directory;
    }

    static SeedRoom take() {
        return take(Path.of(System.getProperty("java.io.tmpdir")));
    }

    static SeedRoom take(Path parent) {
        try {
            var room = new SeedRoom(Files.createTempDirectory(
                    parent, PREFIX + ProcessHandle.current().pid() + "."));
            UserPrincipal self = Files.getOwner(room.directory);
            try (Stream<Path> left = Files.list(parent)) {
                left.filter(each -> abandoned(each, self)).forEach(SeedRoom::remove);
            }
            return room;
        } catch (IOException e) {
            throw CommandFailure.usage("There is no room for the engine's backup: " + e.getMessage() + ".");
        }
    }

    Path directory() {
        return directory;
    }

    /**
     * Where everybody may make directories, somebody else's may turn into a link to anywhere while it is emptied; one's own
     * cannot, for nobody else may move it.
     */
    private static boolean abandoned(Path directory, UserPrincipal self) {
        Matcher name = NAME.matcher(directory.getFileName().toString());
        try {
            return name.matches()
                    && Files.isDirectory(directory, LinkOption.NOFOLLOW_LINKS)
                    && Files.getOwner(directory, LinkOption.NOFOLLOW_LINKS).equals(self)
                    && ProcessHandle.of(Long.parseLong(name.group(1))).isEmpty();
        } catch (IOException | NumberFormatException gone) {
            return false;
        }
    }

    @Override
    public void close() {
        remove(directory);
    }

    private static void remove(Path directory) {
        try (Stream<Path> all = Files.walk(directory)) {
            for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw CommandFailure.refused(
                    0,
                    "The engine's backup in " + directory + " could not be removed; do that by hand: "
                            + e.getMessage());
        }
    }
}
