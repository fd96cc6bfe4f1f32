package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;
import org.bellwether.agent.platform.Refusal;

/** The directories that this host's administrator opened for archives. Nothing outside is read or written for the engine. */
final class Exchange {
    /** What archives hold is for whoever administers the host. */
    private static final Set<PosixFilePermission> OWNERS = PosixFilePermissions.fromString("rwx------");

    private static final Pattern NAME = Pattern.compile("[\\p{L}\\p{N}_.+ -]{1,200}");

    private final List<Path> directories;

    Exchange(List<Path> directories) {
        this.directories = List.copyOf(directories);
    }

    /** A file that is there; where it really lies counts, whatever links lead to it. */
    Path existing(String path) throws IOException {
        Path file = Path.of(path);
        if (!Files.exists(file)) {
            requireOpen(file.normalize(), path);
            throw Refusal.notFound("There is no file " + path + " on this host");
        }
        Path real = file.toRealPath();
        requireOpen(real, path);
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw Refusal.badRequest(path + " is no file");
        }
        return real;
    }

    /** A file that is to be made, in a directory that is there. */
    Path fresh(String path) throws IOException {
        Path file = Path.of(path);
        Path parent = file.getParent();
        if (!file.isAbsolute() || parent == null) {
            throw Refusal.badRequest("The path " + path + " is not absolute");
        }
        if (!NAME.matcher(file.getFileName().toString()).matches()) {
            throw Refusal.badRequest("The archive cannot be called " + file.getFileName())
                    .because("a name has letters, digits, blanks, and . _ + -");
        }
        if (!Files.isDirectory(parent)) {
            requireOpen(parent.normalize(), path);
            make(parent.normalize());
        }
        if (!Files.isDirectory(parent)) {
            throw Refusal.notFound("There is no directory " + parent + " on this host");
        }
        Path real = parent.toRealPath();
        requireOpen(real, path);
        return real.resolve(file.getFileName());
    }

    /** An opened directory that nobody made yet, as on a host that was just installed; none that lies within one. */
    private void make(Path directory) throws IOException {
        if (directories.contains(directory)) {
            Files.createDirectories(directory, PosixFilePermissions.asFileAttribute(OWNERS));
        }
    }

    private void requireOpen(Path real, String path) throws IOException {
        for (Path directory : directories) {
            if (real.startsWith(Files.isDirectory(directory) ? directory.toRealPath() : directory)) {
                return;
            }
        }
        throw Refusal.badRequest("The path " + path + " is not open for archives on this host")
                .because("its administrator opened only "
                        + String.join(
                                ", ", directories.stream().map(Path::toString).toList()))
                .next("Put the archive there, or add its directory to exchange-directories of the host's agent.");
    }
}
