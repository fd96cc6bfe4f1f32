package org.bellwether.agent.platform;

import com.google.protobuf.Message;
import com.google.protobuf.TextFormat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Small facts that must survive the agent, one readable text file each, written atomically. A file that cannot be read
 * back is named in the log and left where it is; it never keeps the agent from starting.
 */
public final class Notes<T extends Message> {
    private static final Logger LOG = LoggerFactory.getLogger(Notes.class);
    private static final String SUFFIX = ".note";
    private static final Set<PosixFilePermission> PRIVATE = PosixFilePermissions.fromString("rw-------");

    private final Path directory;
    private final T empty;

    /** Notes in a directory, which is made if need be; {@code empty} tells their kind. */
    public Notes(Path directory, T empty) throws IOException {
        this.directory = Files.createDirectories(directory);
        this.empty = empty;
    }

    /** Everything written down, by name. */
    public Map<String, T> all() throws IOException {
        Map<String, T> notes = new LinkedHashMap<>();
        try (Stream<Path> files = Files.list(directory)) {
            for (Path file : files.sorted().toList()) {
                String name = file.getFileName().toString();
                if (name.endsWith(SUFFIX)) {
                    read(file, name.substring(0, name.length() - SUFFIX.length()), notes);
                }
            }
        }
        return notes;
    }

    /**
     * Writes one down; when this returns it is on disk. A disk that takes nothing any more is told in the log and does
     * not fail what was done: the fact is still in memory.
     */
    public synchronized void write(String name, T note) {
        String text = TextFormat.printer().printToString(note);
        try {
            AtomicFile.write(file(name), text.getBytes(StandardCharsets.UTF_8), PRIVATE);
        } catch (IOException e) {
            LOG.error("could not write down {} in {}: {}", name, directory, e.toString());
        }
    }

    public synchronized void remove(String name) {
        try {
            Files.deleteIfExists(file(name));
        } catch (IOException e) {
            LOG.error("could not remove the note {} in {}: {}", name, directory, e.toString());
        }
    }

    private Path file(String name) {
        return directory.resolve(name + SUFFIX);
    }

    @SuppressWarnings("unchecked") // a builder of an empty T builds a T
    private void read(Path file, String name, Map<String, T> notes) {
        Message.Builder builder = empty.newBuilderForType();
        try {
            TextFormat.Parser.newBuilder()
                    .setAllowUnknownFields(true)
                    .build()
                    .merge(Files.readString(file, StandardCharsets.UTF_8), builder);
            notes.put(name, (T) builder.build());
        } catch (IOException e) {
            LOG.error("the note {} cannot be read and is left aside: {}", file, e.toString());
        }
    }
}
