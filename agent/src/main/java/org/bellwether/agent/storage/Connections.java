package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes connections appear under the mount root, and go. Each call is made on the lane of its mount. */
final class Connections {
    private static final Logger LOG = LoggerFactory.getLogger(Connections.class);
    private static final Duration MOUNTING = Duration.ofSeconds(40);
    private static final Duration UNMOUNTING = Duration.ofSeconds(20);

    private static final List<String> DISTRUST = List.of("nodev", "nosuid", "nosymfollow");

    private final Path root;

    Connections(Path root) {
        this.root = root;
    }

    Path root() {
        return root;
    }

    void connect(Mount mount) throws IOException {
        if (connected(mount)) {
            // Whoever mounted it may have died before this, or was somebody else.
            if (!mount.local() && !mount.block() && !distrusted(mount)) {
                distrust(mount);
            }
            return;
        }
        if (mount.local()) {
            link(mount);
        } else {
            mount(mount);
        }
        LOG.info("connected storage {} at {}", mount.source(), mount.point());
    }

    void disconnect(Mount mount) throws IOException {
        if (!connected(mount)) {
            return;
        }
        if (mount.local()) {
            Files.deleteIfExists(mount.point());
        } else {
            unmount(mount);
        }
        LOG.info("disconnected storage {} from {}", mount.source(), mount.point());
    }

    /** Looks at links and the kernel's table only: never at the storage itself. */
    boolean connected(Mount mount) throws IOException {
        if (mount.block()) {
            return mount.anyGroup()
                    || BlockDomains.isOpen(
                            mount.domain(String.valueOf(mount.point().getFileName())));
        }
        if (mount.local()) {
            return Files.isSymbolicLink(mount.point())
                    && Files.readSymbolicLink(mount.point()).equals(Path.of(mount.source()));
        }
        return MountTable.read().at(mount.point()).isPresent();
    }

    void requireConnected(Mount mount) {
        try {
            if (connected(mount)) {
                return;
            }
        } catch (IOException e) {
            throw unreachable(mount, e.toString());
        }
        throw unreachable(mount, "it is not connected on this host");
    }

    /** Everything that is connected now, found again after a restart of the agent: {@code local} tells links from mounts. */
    List<Found> found() throws IOException {
        List<Found> found = new ArrayList<>();
        for (Path point : MountTable.read().below(root)) {
            found.add(new Found(point, false));
        }
        for (Path point : Luns.list(root.resolve(BlockVolumes.TREE))) {
            if (BlockDomains.isOpen(new DomainPlace(point, String.valueOf(point.getFileName()), false))) {
                found.add(new Found(point, false));
            }
        }
        if (Files.isDirectory(root)) {
            try (Stream<Path> names = Files.list(root)) {
                names.filter(Files::isSymbolicLink).forEach(point -> found.add(new Found(point, true)));
            }
        }
        return found;
    }

    record Found(Path point, boolean local) {}

    private void link(Mount mount) throws IOException {
        Path directory = Path.of(mount.source());
        if (!Files.isDirectory(directory)) {
            throw Refusal.notFound("There is no directory " + directory + " on this host")
                    .next("Create it, owned by 36:36, or give another path.");
        }
        Files.createDirectories(root);
        try {
            Files.createSymbolicLink(mount.point(), directory);
        } catch (FileAlreadyExistsException e) {
            if (!Files.isSymbolicLink(mount.point())) {
                throw Refusal.wrongState("The name " + mount.point() + " is taken by something that is no link")
                        .next("Look what it is and move it away.");
            }
            Files.delete(mount.point());
            Files.createSymbolicLink(mount.point(), directory);
        }
    }

    private void mount(Mount mount) throws IOException {
        Files.createDirectories(mount.point());
        List<String> arguments = new ArrayList<>(List.of("mount", "-t", mount.vfsType()));
        if (!mount.options().isEmpty()) {
            arguments.add("-o");
            arguments.add(mount.options());
        }
        arguments.addAll(List.of("--", mount.source(), mount.point().toString()));
        Command.Outcome outcome;
        try {
            outcome = new Command(arguments, null).run(MOUNTING);
        } catch (Refusal e) {
            removeEmpty(mount.point());
            throw e;
        }
        if (!outcome.worked() || MountTable.read().at(mount.point()).isEmpty()) {
            removeEmpty(mount.point());
            String words = outcome.words().isEmpty() ? "mount ended with " + outcome.status() : outcome.words();
            throw unreachable(mount, words).next(FileSystems.advice(mount.vfsType()));
        }
        distrust(mount);
    }

    /**
     * Whoever writes to the storage from elsewhere must not lead this host anywhere: the kernel follows no link there, and
     * takes no file for a device. Without it, which kernels before 5.10 do not know, each chain is looked at all the same.
     */
    private static void distrust(Mount mount) {
        Command.Outcome outcome = Command.of(
                        "mount",
                        "-o",
                        "remount,bind," + String.join(",", DISTRUST),
                        "--",
                        mount.point().toString())
                .run(MOUNTING);
        if (!outcome.worked()) {
            LOG.warn("links on storage {} would be followed on this host: {}", mount.source(), outcome.words());
        }
    }

    private static boolean distrusted(Mount mount) throws IOException {
        return MountTable.read()
                .at(mount.point())
                .filter(entry -> entry.options().containsAll(DISTRUST))
                .isPresent();
    }

    private void unmount(Mount mount) {
        Command.Outcome outcome =
                Command.of("umount", "--", mount.point().toString()).run(UNMOUNTING);
        if (!outcome.worked()) {
            throw Refusal.of(
                            Error.Code.IN_USE,
                            "Storage " + mount.source() + " could not be disconnected from this host")
                    .because(outcome.words())
                    .next("Stop or move the machines that use it on this host.");
        }
        removeEmpty(mount.point());
    }

    /** A directory that was mounted over must be empty; what is in it otherwise is not ours to delete. */
    private static void removeEmpty(Path point) {
        try {
            if (Files.isDirectory(point, LinkOption.NOFOLLOW_LINKS)) {
                Files.delete(point);
            }
        } catch (NoSuchFileException e) {
            LOG.debug("{} is gone already", point);
        } catch (IOException e) {
            LOG.warn("mount point {} stays: {}", point, e.toString());
        }
    }

    private static Refusal unreachable(Mount mount, String cause) {
        return Refusal.of(Error.Code.UNREACHABLE, "Storage " + mount.source() + " is not there on this host")
                .because(cause);
    }
}
