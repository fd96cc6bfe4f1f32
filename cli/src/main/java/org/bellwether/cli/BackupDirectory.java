package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The backups of one machine, each in a directory of its own: {@code 0001}, {@code 0002} and so on, with a file for each
 * disk and a manifest, which is written last. What has none is not whole, and is written anew.
 */
record BackupDirectory(Path path) {

    private static final String MANIFEST = "manifest.json";

    /** One backup. */
    record Taken(String number, Path place, Entity manifest) {
        boolean incremental() {
            return manifest.find("from").isPresent();
        }
    }

    /** Oldest first; only whole ones. */
    List<Taken> all() {
        if (!Files.isDirectory(path)) {
            return List.of();
        }
        var found = new ArrayList<Taken>();
        try (Stream<Path> each = Files.list(path)) {
            for (var place : each.filter(
                            dir -> String.valueOf(dir.getFileName()).matches("\\d{4,9}"))
                    .sorted()
                    .toList()) {
                var manifest = place.resolve(MANIFEST);
                if (Files.exists(manifest)) {
                    JsonNode json = Json.parse(Files.readString(manifest))
                            .orElseThrow(() -> CommandFailure.usage("The file " + manifest + " is damaged."));
                    found.add(new Taken(String.valueOf(place.getFileName()), place, new Entity(json)));
                }
            }
        } catch (IOException e) {
            throw unreadable(e);
        }
        return found;
    }

    Optional<Taken> newest() {
        var all = all();
        return all.isEmpty() ? Optional.empty() : Optional.of(all.getLast());
    }

    /** A place for the next one, without what a backup that was cut off left there. */
    Path next() {
        int number = newest().map(taken -> Integer.parseInt(taken.number()) + 1).orElse(1);
        var place = path.resolve(String.format(Locale.ROOT, "%04d", number));
        try {
            clear(place);
            return Files.createDirectories(place);
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    static void clear(Path place) throws IOException {
        if (Files.isDirectory(place)) {
            try (Stream<Path> files = Files.list(place)) {
                for (var file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(place);
        }
    }

    /** From now on it counts. */
    Taken complete(Path place, ObjectNode manifest) {
        try {
            var part = place.resolve(MANIFEST + ".part");
            Files.writeString(part, Json.pretty(manifest) + "\n");
            Files.move(part, place.resolve(MANIFEST), StandardCopyOption.ATOMIC_MOVE);
            return new Taken(String.valueOf(place.getFileName()), place, new Entity(manifest));
        } catch (IOException e) {
            throw unreadable(e);
        }
    }

    /** A backup and those that it stands on, the full one first. */
    List<Taken> chain(Optional<String> number) {
        var all = all();
        if (all.isEmpty()) {
            throw CommandFailure.usage("There is no backup in " + path + ".");
        }
        var chosen = number.isEmpty()
                ? all.getLast()
                : all.stream()
                        .filter(taken -> taken.number().equals(number.get()))
                        .findFirst()
                        .orElseThrow(() -> CommandFailure.usage(
                                "There is no backup " + Text.clean(number.get()) + " in " + path + "."));
        var chain = new ArrayList<Taken>();
        chain.add(chosen);
        while (chain.getFirst().incremental()) {
            var child = chain.getFirst();
            var from = child.manifest().text("from");
            chain.addFirst(all.stream()
                    .filter(taken -> taken.number().compareTo(child.number()) < 0
                            && taken.manifest().text("checkpoint").equals(from))
                    .findFirst()
                    .orElseThrow(() -> CommandFailure.usage("The backup " + child.number() + " in " + path
                            + " holds only what changed since another one, which is not there any more.")));
        }
        return chain;
    }

    CommandFailure unreadable(IOException e) {
        return CommandFailure.usage("The directory " + path + " cannot be used: " + e.getMessage() + ".");
    }
}
