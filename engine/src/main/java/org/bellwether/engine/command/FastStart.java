package org.bellwether.engine.command;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.Failure;

/**
 * A cache from which the engine starts several times as fast: what the JVM loaded, linked and counted in a trial run. It
 * belongs to one set of jars at one place, so it is made where the package is installed.
 */
final class FastStart {
    private static final int MINUTES = 6;

    private final Installation engine;

    FastStart(Installation engine) {
        this.engine = engine;
    }

    /** Makes it when it is missing. Without it everything works as well, only later. */
    void prepare() {
        var cache = Path.of(System.getProperty("java.class.path").split(File.pathSeparator, 2)[0])
                .resolveSibling("engine.aot");
        if (Files.exists(cache) || !Files.isWritable(cache.getParent())) {
            return;
        }
        System.out.println("Preparing fast starts.");
        try {
            make(cache);
        } catch (IOException | Failure e) {
            System.out.println("Starts stay slower, because this failed: " + e.getMessage());
        }
    }

    private void make(Path cache) throws IOException {
        var trial = Files.createTempDirectory("bellwether-trial");
        try {
            var unfinished = trial.resolve("engine.aot");
            var configuration = trial.resolve("engine.properties");
            var user = AsOwner.other(engine.data());
            Files.writeString(
                    configuration,
                    "data-dir = " + trial.resolve("data") + "\nhttps.port = " + freePort()
                            + "\nexternal-name = localhost\n");
            if (user.isPresent()) {
                var owner =
                        trial.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
                Files.setOwner(trial, owner);
                Files.setOwner(configuration, owner);
            }
            var prefix = user.map(name -> List.of("setpriv", "--reuid=" + name, "--regid=" + name, "--init-groups"))
                    .orElse(List.of());
            // The second start, because the first does what no later one does.
            run(configuration, prefix);
            run(configuration, prefix, "-XX:AOTCacheOutput=" + unfinished);
            if (!Files.exists(unfinished)) {
                throw new IOException("the trial run left no cache");
            }
            Files.copy(unfinished, cache.resolveSibling("engine.aot.unfinished"), StandardCopyOption.REPLACE_EXISTING);
            Files.move(cache.resolveSibling("engine.aot.unfinished"), cache, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Trees.remove(trial);
        }
    }

    private static void run(Path configuration, List<String> prefix, String... more) throws IOException {
        var words = new ArrayList<>(prefix);
        words.addAll(EngineJvm.command(configuration, more));
        var process = new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            process.getOutputStream().close();
            var service = new EngineService(Installation.read(configuration));
            if (!EngineService.holds(
                            java.time.Duration.ofMinutes(MINUTES), () -> service.serves() || !process.isAlive())
                    || !process.isAlive()) {
                throw new IOException("the trial run did not come up");
            }
            process.destroy();
            // The cache is written when the JVM ends, which therefore takes its time.
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("the trial run did not end");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", e);
        } finally {
            process.destroyForcibly();
        }
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
