package org.bellwether.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * What of an image has arrived for good, written down beside it, so that the same command goes on after its own death. Only
 * what the host has flushed counts; the rest is sent again.
 */
final class UploadNote {
    private static final String ENDING = ".bw-upload";
    private static final long CHECKPOINT = 256L << 20;

    private final Path file;
    private final String engine;
    private final String disk;
    private final String transfer;
    private final long bytes;
    private final long modified;
    private final Map<Long, Long> safe = Collections.synchronizedMap(new TreeMap<>());
    private final Map<Long, Long> sent = Collections.synchronizedMap(new TreeMap<>());
    private long sentBytes;

    private UploadNote(Path file, String engine, String disk, String transfer, long bytes, long modified) {
        this.file = file;
        this.engine = engine;
        this.disk = disk;
        this.transfer = transfer;
        this.bytes = bytes;
        this.modified = modified;
    }

    static Path beside(Path image) {
        return image.resolveSibling(image.getFileName() + ENDING);
    }

    /** A fresh one. */
    static UploadNote begin(ImageFile image, String engine, String disk, String transfer) {
        var note = new UploadNote(beside(image.path()), engine, disk, transfer, image.bytes(), modified(image.path()));
        note.write();
        return note;
    }

    /**
     * The one that an upload left.
     *
     * @throws CommandFailure when it is of another image or engine
     */
    static Optional<UploadNote> left(Path image, String engine) {
        var file = beside(image);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        JsonNode words;
        try {
            words = Json.parse(Files.readString(file)).orElseGet(Json::object);
        } catch (IOException e) {
            throw unusable(file, "it cannot be read: " + e.getMessage());
        }
        var note = new UploadNote(
                file,
                words.path("engine").asText(),
                words.path("disk").asText(),
                words.path("transfer").asText(),
                words.path("bytes").asLong(),
                words.path("modified").asLong());
        if (!note.engine.equals(engine)) {
            throw unusable(file, "it is of an upload to " + note.engine);
        }
        words.path("safe")
                .forEach(run -> note.safe.put(run.path(0).asLong(), run.path(1).asLong()));
        return Optional.of(note);
    }

    /** Whether the image is what it was when the upload began. */
    void requireSame(ImageFile image) {
        if (image.bytes() != bytes || modified(image.path()) != modified) {
            throw unusable(file, "the image was changed since");
        }
    }

    private static CommandFailure unusable(Path file, String why) {
        return CommandFailure.usage(
                "The upload that %s tells of cannot go on: %s. Give it up with bw disk cancel-upload, or remove that file."
                        .formatted(file, why));
    }

    String disk() {
        return disk;
    }

    String transfer() {
        return transfer;
    }

    boolean has(long start, long length) {
        return Long.valueOf(length).equals(safe.get(start));
    }

    /** A run has been sent; now and then all that was is made safe and written down. */
    void sent(long start, long length, ImageConnection connection) throws IOException {
        Map<Long, Long> now;
        synchronized (this) {
            sent.put(start, length);
            sentBytes += length;
            if (sentBytes < CHECKPOINT) {
                return;
            }
            sentBytes = 0;
            now = Map.copyOf(sent);
        }
        connection.flush();
        synchronized (this) {
            safe.putAll(now);
            now.keySet().forEach(sent::remove);
            write();
        }
    }

    void remove() {
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw CommandFailure.refused(0, "The file %s cannot be removed: %s.".formatted(file, e.getMessage()));
        }
    }

    private void write() {
        ObjectNode words = Json.object()
                .put("engine", engine)
                .put("disk", disk)
                .put("transfer", transfer)
                .put("bytes", bytes)
                .put("modified", modified);
        var runs = words.putArray("safe");
        safe.forEach((start, length) -> runs.addArray().add(start).add(length));
        var fresh = file.resolveSibling(file.getFileName() + ".new");
        try {
            Files.writeString(fresh, words.toString());
            Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            throw CommandFailure.usage(
                    "%s cannot be written: %s. It is what lets an upload go on; leave out --resumable to do without."
                            .formatted(file, e.getMessage()));
        }
    }

    private static long modified(Path image) {
        try {
            return Files.getLastModifiedTime(image).toMillis();
        } catch (IOException e) {
            throw CommandFailure.usage("The file " + image + " cannot be read: " + e.getMessage() + ".");
        }
    }
}
