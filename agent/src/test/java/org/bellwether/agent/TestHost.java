package org.bellwether.agent;

import io.grpc.ConnectivityState;
import io.grpc.ManagedChannel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.bellwether.agent.platform.Command;
import org.bellwether.protocol.AgentGrpc;
import org.jspecify.annotations.Nullable;

/**
 * A host in namespaces of its own with a private virtlogd, libvirtd and agent. Everything in it dies with its first
 * process, and that with this JVM.
 */
final class TestHost implements AutoCloseable {
    static final Path MOUNT_ROOT = Path.of("/rhev/data-center/mnt");
    private static final int PORT = 54321;
    private static final int TLS_PORT = 16514;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String FIRST_PROCESS = """
            set -e
            hostname "$1"
            mount -t sysfs sysfs /sys
            ip link set lo up
            mount -t tmpfs -o mode=755 tmpfs /run
            mkdir -p /run/lock
            shift
            while [ $# -gt 0 ]; do mount --bind "$1" "$2"; shift 2; done
            echo ready >&2
            while read -r line; do :; done
            """;

    final String name;
    final String address;
    final Path directory;
    private final TestEngine engine;
    private final TestNetwork network;
    private final int number;
    private final Process first;
    private final long pid;
    private @Nullable ManagedChannel channel;

    TestHost(TestEngine engine, TestNetwork network, int number, Path directory) throws IOException {
        this.engine = engine;
        this.network = network;
        this.number = number;
        this.name = "host" + number;
        this.address = network.address(number);
        this.directory = Files.createDirectories(directory.resolve(name));
        List<String> words = new ArrayList<>(List.of(
                "unshare",
                "--mount",
                "--uts",
                "--net",
                "--pid",
                "--fork",
                "--kill-child",
                "--mount-proc",
                "bash",
                "-c",
                FIRST_PROCESS,
                "host",
                name));
        Files.createDirectories(MOUNT_ROOT);
        for (String part : List.of(
                "/etc/libvirt", "/var/lib/libvirt", "/var/log/libvirt", "/var/cache/libvirt", MOUNT_ROOT.toString())) {
            Path own = Files.createDirectories(
                    this.directory.resolve(part.substring(1).replace('/', '-')));
            words.addAll(List.of(own.toString(), part));
        }
        Path machineId = this.directory.resolve("machine-id");
        Files.writeString(machineId, UUID.randomUUID().toString().replace("-", "") + "\n");
        words.addAll(List.of(machineId.toString(), "/etc/machine-id"));
        Path log = this.directory.resolve("first.log");
        this.first = new ProcessBuilder(words)
                .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                .redirectError(log.toFile())
                .start();
        Awaitility.await("namespaces of " + name)
                .atMost(PATIENCE)
                .until(() -> Files.readString(log).contains("ready") || !first.isAlive());
        String own = Long.toString(first.pid());
        this.pid = Long.parseLong(Files.readString(Path.of("/proc", own, "task", own, "children"))
                .strip()
                .split(" ")[0]);
        network.plug(pid, number);
        configureLibvirt();
    }

    Path state() {
        return directory.resolve("agent");
    }

    Path pki() {
        return state().resolve("pki");
    }

    void startLibvirt() {
        if (!runs("virtlogd")) {
            run("virtlogd", "--daemon", "--pid-file", "/run/virtlogd.pid");
        }
        List<String> words = new ArrayList<>(List.of("libvirtd", "--daemon", "--pid-file", "/run/libvirtd.pid"));
        if (Files.exists(pki().resolve("servercert.pem"))) {
            words.add("--listen");
        }
        try {
            run(words.toArray(String[]::new));
        } catch (IllegalStateException e) {
            throw new IllegalStateException(
                    attempt(
                                    "sh",
                                    "-c",
                                    "cat /var/log/libvirt/libvirtd.log; ls -l " + pki()
                                            + "; libvirtd --listen -v 2>&1 | head -20")
                            .output(),
                    e);
        }
        Awaitility.await("libvirtd of " + name)
                .atMost(PATIENCE)
                .until(() -> attempt("virsh", "uri").worked());
    }

    void killLibvirt() {
        run("sh", "-c", "kill -9 $(cat /run/libvirtd.pid)");
        Awaitility.await().atMost(PATIENCE).until(() -> !runs("libvirtd"));
    }

    void enrol() throws GeneralSecurityException, IOException {
        config();
        run(java("--enrol", engine.token(), "--name", name, "--address", address));
    }

    void startAgent() throws IOException {
        config();
        List<String> words =
                new ArrayList<>(inside(List.of("sh", "-c", "echo $$ >/run/agent.pid && exec \"$@\"", "agent")));
        words.addAll(List.of(java()));
        new ProcessBuilder(words)
                .redirectErrorStream(true)
                .redirectOutput(ProcessBuilder.Redirect.appendTo(
                        directory.resolve("agent.log").toFile()))
                .start();
    }

    void killAgent() {
        run("sh", "-c", "kill -9 $(cat /run/agent.pid)");
        awaitGone();
    }

    void stopAgent() {
        run("sh", "-c", "kill -TERM $(cat /run/agent.pid)");
        awaitGone();
    }

    /** Also until this side has heard of it: a call on the old connection would break off. */
    private void awaitGone() {
        ManagedChannel known = channel;
        Awaitility.await()
                .atMost(PATIENCE)
                .until(() -> !runs("agent") && (known == null || known.getState(false) != ConnectivityState.READY));
    }

    /** KiB of memory that the agent's process has resident. */
    long agentResidentKib() {
        return Long.parseLong(run("sh", "-c", "awk '/VmRSS/{print $2}' /proc/$(cat /run/agent.pid)/status")
                .strip());
    }

    AgentGrpc.AgentBlockingStub agent() throws IOException {
        return AgentGrpc.newBlockingStub(channel()).withWaitForReady().withDeadlineAfter(120, TimeUnit.SECONDS);
    }

    AgentGrpc.AgentStub asynchronous() throws IOException {
        return AgentGrpc.newStub(channel()).withWaitForReady();
    }

    ManagedChannel channel() throws IOException {
        ManagedChannel now = channel;
        if (now == null) {
            now = engine.channel(address, PORT);
            channel = now;
        }
        return now;
    }

    String log() throws IOException {
        return Files.readString(directory.resolve("agent.log"));
    }

    String run(String... words) {
        Command.Outcome outcome = attempt(words);
        if (!outcome.worked()) {
            throw new IllegalStateException(String.join(" ", words) + ": " + outcome.words() + outcome.output());
        }
        return outcome.output();
    }

    Command.Outcome attempt(String... words) {
        return new Command(inside(List.of(words)), Path.of("/")).run(PATIENCE);
    }

    @Override
    public void close() throws IOException {
        ManagedChannel now = channel;
        if (now != null) {
            now.shutdownNow();
        }
        first.getOutputStream().close();
        first.destroyForcibly();
        network.unplug(number);
        Awaitility.await().atMost(PATIENCE).until(() -> !first.isAlive());
    }

    private boolean runs(String daemon) {
        return attempt(
                        "sh",
                        "-c",
                        "pid=$(cat /run/" + daemon + ".pid) && read p n s r < /proc/$pid/stat && [ $s != Z ]")
                .worked();
    }

    private List<String> inside(List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(pid), "--mount", "--uts", "--pid", "--net", "--"));
        all.addAll(words);
        return all;
    }

    private Path config() throws IOException {
        Path file = directory.resolve("agent.properties");
        Files.writeString(
                file,
                "state-dir=" + state() + "\nlisten-address=" + address + "\nlisten-port=" + PORT + "\nlibvirt-tls-port="
                        + TLS_PORT + "\n");
        return file;
    }

    private String[] java(String... arguments) {
        List<String> words = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xms16m",
                "-Xmx64m",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                AgentMain.class.getName(),
                "--config",
                directory.resolve("agent.properties").toString()));
        words.addAll(List.of(arguments));
        return words.toArray(String[]::new);
    }

    private void configureLibvirt() throws IOException {
        Path etc = directory.resolve("etc-libvirt");
        for (Map.Entry<String, String> file : Map.of(
                        "libvirtd.conf",
                        """
                        host_uuid = "%s"
                        auth_unix_rw = "none"
                        unix_sock_rw_perms = "0700"
                        listen_tls = 1
                        listen_tcp = 0
                        listen_addr = "%s"
                        tls_port = "%d"
                        ca_file = "%s"
                        cert_file = "%s"
                        key_file = "%s"
                        log_outputs = "3:file:/var/log/libvirt/libvirtd.log"
                        """.formatted(
                                        UUID.randomUUID(),
                                        address,
                                        TLS_PORT,
                                        pki().resolve("cacert.pem"),
                                        pki().resolve("servercert.pem"),
                                        pki().resolve("serverkey.pem")),
                        "qemu.conf",
                        """
                        user = "root"
                        group = "root"
                        security_driver = "none"
                        dynamic_ownership = 0
                        remember_owner = 0
                        cgroup_controllers = []
                        namespaces = []
                        """,
                        "virtlogd.conf",
                        "")
                .entrySet()) {
            Files.writeString(etc.resolve(file.getKey()), file.getValue());
        }
    }
}
