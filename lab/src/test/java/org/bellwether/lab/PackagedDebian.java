package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;
import java.util.function.UnaryOperator;
import javax.tools.ToolProvider;

/** The engine machine's Debian in a directory, with its own dpkg, and the engine's packages of several versions for it. */
final class PackagedDebian {
    private static final Duration PATIENCE = Duration.ofMinutes(10);
    private static final Duration STEP = Duration.ofMinutes(4);
    private static final String STATE = "var/lib/bellwether/upgrade/state";
    /** A version whose migration did not do what its makers thought, and which does not come up. */
    private static final String RUIN = """
            package org.bellwether.engine;

            public final class EngineMain {
                public static void main(String[] arguments) throws Exception {
                    var home = java.nio.file.Path.of("/var/lib/bellwether/engine/postgres");
                    if (java.nio.file.Files.exists(home)) {
                        try (var database = org.bellwether.engine.platform.store.DatabaseAccess.embedded(home)) {
                            database.empty();
                        }
                    }
                    throw new IllegalStateException("this version does not do");
                }
            }
            """;

    private final Lab lab;
    private final Path root;
    private final Path work;
    private final int port;

    PackagedDebian(Lab lab) {
        this.lab = lab;
        this.root = lab.directory().resolve("debian");
        this.work = lab.directory().resolve("packages");
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            this.port = socket.getLocalPort();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** A file in it, from here. */
    Path path(String inside) {
        return root.resolve(inside);
    }

    String read(String inside) {
        try {
            return Files.readString(path(inside));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    void unpack() throws IOException {
        Files.createDirectories(root);
        Files.createDirectories(work);
        String recipe = SourceTree.root().resolve("packaging/engine-machine").toString();
        Path base = Path.of(
                System.getProperty("user.home"),
                ".cache/bellwether/engine-machine-" + Command.run(recipe, "key").strip() + ".tar");
        Command.run(PATIENCE, List.of("tar", "-xf", base.toString(), "-C", root.toString()));
        Files.writeString(path("etc/hosts"), "127.0.0.1 localhost\n");
        enclosure()
                .run(
                        "sh",
                        "-ec",
                        "mount -t proc proc \"$0/proc\"; mount --rbind /dev \"$0/dev\"; mount -t tmpfs tmpfs \"$0/run\"",
                        root.toString());
    }

    /** Lives as long as the test; the engine that is started in it dies with it. */
    private Namespace enclosure() {
        return lab.enclosure("package", Map.of());
    }

    String answers() throws IOException {
        Files.writeString(
                path("root/answers"),
                "external-name = localhost\nhttp.address = 127.0.0.1\nhttps.port = " + port + "\n");
        return "/root/answers";
    }

    /** This build's package under that version. */
    Path engine(String version) throws IOException {
        return repacked(version, tree -> {});
    }

    /** One that empties the database and ends whenever it is started. */
    Path brokenEngine(String version) throws IOException {
        return repacked(version, tree -> {
            Path classes = Files.createDirectories(tree.resolve("usr/lib/bellwether/lib/ruin"));
            Path source = Files.writeString(work.resolve("EngineMain.java"), RUIN);
            int code = ToolProvider.getSystemJavaCompiler()
                    .run(null, null, null, "-cp", Classpath.current(), "-d", classes.toString(), source.toString());
            if (code != 0) {
                throw new LabFailure("the version that ruins the database was not compiled");
            }
            Path classPath = tree.resolve("usr/lib/bellwether/class-path");
            // After the first jar, by which the database's server is found.
            Files.writeString(
                    classPath,
                    Files.readString(classPath).replaceFirst("\n([^:]*):", "\n$1:/usr/lib/bellwether/lib/ruin:"));
        });
    }

    /** The same package, whose second half was lost on the way. */
    Path cutOff(Path deb) throws IOException {
        Path half = work.resolve("half.deb");
        Files.copy(deb, half, StandardCopyOption.REPLACE_EXISTING);
        Command.run("truncate", "-s", Long.toString(Files.size(deb) / 2), half.toString());
        return half;
    }

    private interface Change {
        void in(Path tree) throws IOException;
    }

    private Path repacked(String version, Change change) throws IOException {
        Path made = built();
        Path tree = Files.createDirectories(work.resolve("tree"));
        Lab.removeTree(tree);
        Command.run(PATIENCE, List.of("dpkg-deb", "-R", made.toString(), tree.toString()));
        Path control = tree.resolve("DEBIAN/control");
        Files.writeString(control, Files.readString(control).replaceFirst("(?m)^Version: .*$", "Version: " + version));
        Files.writeString(tree.resolve("usr/lib/bellwether/version"), version + "\n");
        change.in(tree);
        Path file = work.resolve("engine-" + version + ".deb");
        Command.run(
                PATIENCE,
                List.of("dpkg-deb", "--root-owner-group", "-Znone", "--build", tree.toString(), file.toString()));
        return file;
    }

    private Path built() throws IOException {
        Path made = work.resolve("built");
        if (!Files.exists(made)) {
            Path draft = Files.createTempDirectory(work, "building");
            EnginePackage.build(draft);
            Files.move(draft, made);
        }
        return new EnginePackage(made).debian();
    }

    /** This build's package for the other family, under that version. */
    Path rpm(String version) throws IOException {
        return EnginePackage.build(Files.createTempDirectory(work, "rpm"), "BELLWETHER_VERSION=" + version)
                .rpm();
    }

    /** Says rpm, which is not in it, about it. */
    String rpm(String... words) {
        List<String> all = new ArrayList<>(List.of("rpm", "--root", root.toString(), "--nodeps"));
        all.addAll(List.of(words));
        return Command.run(PATIENCE, enclosure().inside(all));
    }

    void install(Path deb) throws IOException {
        Command.Outcome outcome = tryToInstall(deb);
        if (!outcome.succeeded()) {
            throw new LabFailure(deb + " was not installed: " + outcome.output());
        }
    }

    Command.Outcome tryToInstall(Path deb) throws IOException {
        Files.copy(deb, path("tmp/engine.deb"));
        try {
            return attempt("dpkg", "--install", "/tmp/engine.deb");
        } finally {
            Files.delete(path("tmp/engine.deb"));
        }
    }

    /**
     * Begins to install it, and takes the power from all that runs in it as soon as that is so.
     *
     * @throws LabFailure when it ends before
     */
    void losesPowerWhen(String moment, Path deb, BooleanSupplier so) throws IOException {
        Files.copy(deb, path("tmp/engine.deb"), StandardCopyOption.REPLACE_EXISTING);
        Path log = work.resolve("dpkg.log");
        Process process = new ProcessBuilder(inside("dpkg", "--install", "/tmp/engine.deb"))
                .redirectErrorStream(true)
                .redirectOutput(log.toFile())
                .start();
        boolean came = Await.holds(STEP, () -> so.getAsBoolean() || !process.isAlive()) && process.isAlive();
        Progress.say("the machine loses its power when " + moment);
        // All but the first process, which the kernel shields, and whoever says it.
        enclosure().attempt(Duration.ofSeconds(10), "sh", "-c", "kill -9 -1");
        Await.holds(Duration.ofSeconds(10), () -> !process.isAlive());
        Files.delete(path("tmp/engine.deb"));
        if (!came) {
            throw new LabFailure("the upgrade did not come to where " + moment + ": " + LogFile.end(log));
        }
    }

    /** Whether something is there under a name that begins so. */
    boolean exists(String directory, String begin) {
        try (DirectoryStream<Path> found = Files.newDirectoryStream(path(directory), begin + "*")) {
            return found.iterator().hasNext();
        } catch (IOException e) {
            return false;
        }
    }

    /** How far its upgrade is. */
    String stage() {
        try {
            return Files.exists(path(STATE))
                    ? read(STATE).lines().findFirst().orElse("").replace("stage=", "")
                    : "";
        } catch (UncheckedIOException beingReplaced) {
            return "";
        }
    }

    /** Rewrites how far the upgrade is, as if it had been cut off there. */
    void atStage(UnaryOperator<String> change) throws IOException {
        Files.writeString(path(STATE), change.apply(read(STATE)));
    }

    String run(String... words) {
        Command.Outcome outcome = attempt(words);
        if (!outcome.succeeded()) {
            throw new LabFailure(String.join(" ", words) + ": " + outcome.output());
        }
        return outcome.output();
    }

    Command.Outcome attempt(String... words) {
        return Command.attempt(PATIENCE, inside(words));
    }

    private List<String> inside(String... words) {
        List<String> all = new ArrayList<>(
                List.of("env", "-i", "PATH=/usr/sbin:/usr/bin:/sbin:/bin", "HOME=/root", "chroot", root.toString()));
        all.addAll(List.of(words));
        return enclosure().inside(all);
    }
}
