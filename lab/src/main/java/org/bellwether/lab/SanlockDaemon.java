package org.bellwether.lab;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;

/**
 * sanlock for hosts of the lab. It ends at once where it may not raise the limit of locked memory, as in many containers,
 * so here a few lines between it and the C library say that the limit was raised; and it has no watchdog to reset the
 * machine with, which would be this one.
 */
final class SanlockDaemon {
    /** Seconds in which storage must answer: a host of the lab is given up after 76 s, not after 140. */
    static final int IO_TIMEOUT = 2;

    private static final Path PROGRAM = Path.of("/usr/sbin/sanlock");
    private static final Path LOCK_DRIVER = Path.of("/usr/lib/x86_64-linux-gnu/libvirt/lock-driver/sanlock.so");
    private static final Path PID = Path.of("/run/bellwether-sanlock.pid");
    private static final String SHIM = """
            #include <sys/resource.h>
            int setrlimit(__rlimit_resource_t resource, const struct rlimit *limit)
            {
                (void) resource;
                (void) limit;
                return 0;
            }
            """;

    private final Namespace host;
    private final Path directory;

    /**
     * The daemon of a host.
     *
     * @param directory for its log and the shim
     */
    SanlockDaemon(Namespace host, Path directory) {
        this.host = host;
        this.directory = directory;
    }

    /** Whether this machine has sanlock and a libvirt that can use it; {@code BELLWETHER_SANLOCK=no} makes a lab without. */
    static boolean installed() {
        return !"no".equals(System.getenv("BELLWETHER_SANLOCK")) && Files.exists(PROGRAM) && Files.exists(LOCK_DRIVER);
    }

    /** @param name of the host in its leases */
    void start(String name) {
        if (runs() || answers()) {
            return;
        }
        host.run("mkdir", "-p", "/run/sanlock");
        host.launch(
                log(),
                PID,
                List.of(
                        "env",
                        "LD_PRELOAD=" + shim(),
                        PROGRAM.toString(),
                        "daemon",
                        "-D",
                        "-w",
                        "0",
                        "-U",
                        "root",
                        "-G",
                        "root",
                        "-e",
                        name));
        if (!Await.holds(Duration.ofSeconds(20), this::answers)) {
            throw new LabFailure("sanlock of " + name + " does not answer; its log ends: " + LogFile.end(log()));
        }
    }

    boolean runs() {
        return host.runs(PID);
    }

    void kill() {
        host.signal("KILL", PID);
    }

    void freeze() {
        host.signal("STOP", PID);
    }

    void thaw() {
        host.signal("CONT", PID);
    }

    private boolean answers() {
        return host.attempt(Duration.ofSeconds(5), PROGRAM.toString(), "client", "gets")
                .succeeded();
    }

    private Path log() {
        return directory.resolve("sanlock.log");
    }

    private Path shim() {
        Path library = directory.resolve("sanlock-shim.so");
        try {
            if (!Files.exists(library)) {
                Path source = Files.writeString(directory.resolve("sanlock-shim.c"), SHIM);
                Path made = directory.resolve("sanlock-shim.new");
                Command.run(List.of("gcc", "-shared", "-fPIC", "-o", made.toString(), source.toString()));
                Files.move(made, library, StandardCopyOption.ATOMIC_MOVE);
            }
            return library;
        } catch (IOException e) {
            throw new LabFailure("cannot make " + library + ": " + e.getMessage(), e);
        }
    }
}
