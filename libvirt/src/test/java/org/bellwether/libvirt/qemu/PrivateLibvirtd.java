package org.bellwether.libvirt.qemu;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.bellwether.libvirt.Connection;
import org.bellwether.libvirt.Libvirt;
import org.bellwether.libvirt.LibvirtException;
import org.junit.jupiter.api.Assumptions;

/**
 * A libvirtd that sees only its own files, processes and network. The namespaces' first process lives as long as we hold its standard
 * input; when it ends, for whatever reason, the kernel kills everything inside and drops the mounts.
 */
final class PrivateLibvirtd implements AutoCloseable {
    private static final Duration DEADLINE = Duration.ofSeconds(90);

    private static final String FIRST_PROCESS = """
            set -e
            own=$1
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir -p /run/lock
            ip link set lo up
            for place in /etc/libvirt /var/lib/libvirt /var/log/libvirt /var/cache/libvirt; do
                mount --bind "$own$place" "$place"
            done
            start() { libvirtd >>"$own/libvirtd.log" 2>&1 & daemon=$!; }
            start
            while read -r order; do
                case $order in
                    kill) kill -KILL $daemon; wait $daemon || true; echo killed ;;
                    start) start; echo started ;;
                    freeze) kill -STOP $daemon; echo frozen ;;
                    thaw) kill -CONT $daemon; echo thawed ;;
                esac
            done
            """;

    /** Outside: outlives the namespaces only to remove their files, also when this process was killed. */
    private static final String NAMESPACE = """
            unshare --mount --uts --net --pid --fork --kill-child --mount-proc bash -c "$2" private-libvirtd "$1"
            rm -rf -- "$1"
            """;

    private final Path directory;
    private final Process namespace;

    private PrivateLibvirtd(Path directory, Process namespace) {
        this.directory = directory;
        this.namespace = namespace;
    }

    /** Starts one and waits until it answers; skips the test where namespaces or libvirtd are missing. */
    static PrivateLibvirtd start(String name) throws IOException, InterruptedException {
        Assumptions.assumeTrue("root".equals(System.getProperty("user.name")), "namespaces with mounts need root");
        Assumptions.assumeTrue(Files.isExecutable(Path.of("/usr/sbin/libvirtd")), "libvirtd is not installed");
        Assumptions.assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/qemu-system-x86_64")), "qemu-system-x86 is not installed");
        // Short: a unix socket's path has at most 107 bytes.
        var directory = Files.createTempDirectory(Path.of("/tmp"), "bwlv-" + name);
        configure(directory);
        var namespace = new ProcessBuilder(
                        "bash", "-c", NAMESPACE, "private-libvirtd", directory.toString(), FIRST_PROCESS)
                .redirectError(directory.resolve("namespace.log").toFile())
                .start();
        var started = new PrivateLibvirtd(directory, namespace);
        try {
            started.open().close();
            return started;
        } catch (RuntimeException e) {
            started.close();
            throw e;
        }
    }

    private static void configure(Path directory) throws IOException {
        for (var place : List.of("/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt")) {
            Files.createDirectories(Path.of(place));
            Files.createDirectories(Path.of(directory + place));
        }
        Files.writeString(directory.resolve("etc/libvirt/libvirtd.conf"), """
                host_uuid = "%s"
                unix_sock_dir = "%s"
                auth_unix_rw = "none"
                auth_unix_ro = "none"
                """.formatted(UUID.randomUUID(), directory));
        Files.writeString(directory.resolve("etc/libvirt/qemu.conf"), """
                user = "root"
                group = "root"
                security_driver = "none"
                dynamic_ownership = 0
                remember_owner = 0
                cgroup_controllers = []
                namespaces = []
                stdio_handler = "file"
                """);
    }

    /** The URI by which this process, and another libvirtd, reach it. */
    String uri() {
        return "qemu+unix:///system?socket=" + directory.resolve("libvirt-sock");
    }

    /** A directory that is the same inside and outside. */
    Path directory() {
        return directory;
    }

    /** Connects as soon as the daemon answers. */
    Connection open() throws InterruptedException {
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        while (true) {
            try {
                return Libvirt.open(uri());
            } catch (LibvirtException e) {
                if (!namespace.isAlive() || System.nanoTime() > deadline) {
                    throw new IllegalStateException("libvirtd did not come up: " + logs(), e);
                }
                Thread.sleep(50);
            }
        }
    }

    /** Kills the daemon; its machines run on. */
    void kill() throws IOException {
        order("kill", "killed");
    }

    /** Starts a daemon again after {@link #kill}. */
    void restart() throws IOException {
        order("start", "started");
    }

    /** Makes the daemon hang: its sockets stay open and nobody answers. */
    void freeze() throws IOException {
        order("freeze", "frozen");
    }

    void thaw() throws IOException {
        order("thaw", "thawed");
    }

    private void order(String order, String answer) throws IOException {
        var orders = namespace.outputWriter(StandardCharsets.UTF_8);
        orders.write(order + "\n");
        orders.flush();
        var said = namespace.inputReader(StandardCharsets.UTF_8).readLine();
        if (!answer.equals(said)) {
            throw new IOException("the namespace was told to " + order + " and said " + said + ": " + logs());
        }
    }

    private String logs() {
        var text = new StringBuilder();
        for (var name : List.of("namespace.log", "libvirtd.log")) {
            try {
                text.append(Files.readString(directory.resolve(name)));
            } catch (IOException e) {
                text.append("no ").append(name);
            }
        }
        return text.toString();
    }

    /** Ends the daemon and its machines, and removes its files. */
    @Override
    public void close() throws IOException {
        namespace.outputWriter(StandardCharsets.UTF_8).close();
        if (namespace
                .onExit()
                .completeOnTimeout(namespace, 20, TimeUnit.SECONDS)
                .join()
                .isAlive()) {
            namespace.descendants().forEach(ProcessHandle::destroyForcibly);
            namespace.onExit().join();
        }
    }
}
