package org.bellwether.engine.command;

import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.bellwether.engine.platform.Failure;

/**
 * Caches from which the engine and the command line start several times as fast: what the JVM loaded, linked and counted in
 * a trial run. They belong to one set of jars at one place, so they are made where the package is installed.
 */
final class FastStart {
    static final String ENGINE = "engine.aot";
    static final String COMMAND_LINE = "bw.aot";
    private static final int MINUTES = 6;

    private final Installation engine;

    FastStart(Installation engine) {
        this.engine = engine;
    }

    /** Makes them when they are missing. Without them everything works as well, only later. */
    void prepare() {
        var cache =
                Path.of(EngineJvm.classPath().split(File.pathSeparator, 2)[0]).resolveSibling(ENGINE);
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
            var configuration = trial.resolve("engine.properties");
            var data = trial.resolve("data");
            int port = freePort();
            var user = AsOwner.other(engine.data());
            Files.writeString(
                    configuration, "data-dir = " + data + "\nhttps.port = " + port + "\nexternal-name = localhost\n");
            if (user.isPresent()) {
                var owner =
                        trial.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user.get());
                Files.setOwner(trial, owner);
                Files.setOwner(configuration, owner);
            }
            var prefix = user.map(name -> List.of("setpriv", "--reuid=" + name, "--regid=" + name, "--init-groups"))
                    .orElse(List.of());
            // The second start, because the first does what no later one does.
            run(configuration, prefix, () -> {});
            run(configuration, prefix, () -> ask(data, port, trial.resolve(COMMAND_LINE)), keep(trial.resolve(ENGINE)));
            publish(trial.resolve(COMMAND_LINE), cache.resolveSibling(COMMAND_LINE));
            // Last, because it stands for all of them.
            publish(trial.resolve(ENGINE), cache);
        } finally {
            Trees.remove(trial);
        }
    }

    private static String keep(Path cache) {
        return "-XX:AOTCacheOutput=" + cache;
    }

    private static void publish(Path unfinished, Path cache) throws IOException {
        if (!Files.exists(unfinished)) {
            throw new IOException("the trial run left no cache for " + cache);
        }
        var copy = Path.of(cache + ".unfinished");
        Files.copy(unfinished, copy, StandardCopyOption.REPLACE_EXISTING);
        Files.move(copy, cache, StandardCopyOption.ATOMIC_MOVE);
    }

    /** What is done while the engine of the trial serves. */
    private interface Work {
        void run() throws IOException, InterruptedException;
    }

    private static void run(Path configuration, List<String> prefix, Work work, String... more) throws IOException {
        var words = new ArrayList<>(prefix);
        words.addAll(EngineJvm.command(configuration, more));
        var process = quietly(new ProcessBuilder(words));
        try {
            var service = new EngineService(Installation.read(configuration));
            if (!EngineService.holds(Duration.ofMinutes(MINUTES), () -> service.serves() || !process.isAlive())
                    || !process.isAlive()) {
                throw new IOException("the trial run did not come up");
            }
            work.run();
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

    /** Lets the command line ask that engine for something. */
    private static void ask(Path data, int port, Path cache) throws IOException, InterruptedException {
        var builder = new ProcessBuilder(EngineJvm.commandLine(keep(cache), "vm", "list"));
        builder.environment()
                .putAll(Map.of(
                        "BW_URL",
                        "https://localhost:" + port + "/ovirt-engine",
                        "BW_PASSWORD",
                        Files.readString(data.resolve("admin-password")).strip(),
                        "BW_CA",
                        data.resolve("pki/ca.crt").toString()));
        var process = quietly(builder);
        try {
            if (!process.waitFor(MINUTES, TimeUnit.MINUTES)) {
                throw new IOException("the trial run of the command line did not end");
            }
        } finally {
            process.destroyForcibly();
        }
    }

    private static Process quietly(ProcessBuilder builder) throws IOException {
        var process = builder.redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .start();
        process.getOutputStream().close();
        return process;
    }

    private static int freePort() throws IOException {
        try (var socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }
}
