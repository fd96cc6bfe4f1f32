package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * A host: its own network, processes, mounts and name, with virtlogd, libvirtd and Bellwether's agent inside. What a host
 * keeps over a power cycle (configuration, the agent's state, definitions of machines) lives in the lab's directory.
 */
public final class LabHost {
    /** Where migration's TLS listener of libvirt is. */
    public static final int LIBVIRT_TLS_PORT = 16514;

    /** Tests and management controllers may switch a host on at once. */
    private static final Object SWITCH = new Object();

    /** Where libvirt looks for certificates when it is told that there are new ones. */
    private static final List<Path> LIBVIRT_KEYS = List.of(Path.of("/etc/pki/CA"), Path.of("/etc/pki/libvirt"));

    private static final Path RESOLV = Path.of("/etc/resolv.conf");
    private static final Path AGENT_PID = Path.of("/run/bellwether-agent.pid");
    private static final Path LIBVIRT_PID = Path.of("/run/libvirtd.pid");
    private static final Path VIRTLOGD_PID = Path.of("/run/virtlogd.pid");

    private static final Duration END = Duration.ofSeconds(30);

    private final Lab lab;
    private final int number;
    private final Path directory;

    LabHost(Lab lab, int number) {
        this.lab = lab;
        this.number = number;
        this.directory = lab.directory().resolve("hosts").resolve(name());
    }

    public String name() {
        return "host" + number;
    }

    public String address() {
        return lab.network().address(10 + number);
    }

    /** What this host keeps over a power cycle, and its logs. */
    public Path directory() {
        return directory;
    }

    boolean exists() {
        return Files.isDirectory(directory);
    }

    private Namespace namespace() {
        return lab.running(name()).orElseThrow(() -> new LabFailure(name() + " is powered off"));
    }

    public boolean poweredOn() {
        return lab.running(name()).isPresent();
    }

    /** Switches the host on: network and an empty /run, no daemon yet. Nothing happens if it is on. */
    public void powerOn() {
        synchronized (SWITCH) {
            if (!poweredOn()) {
                start();
            }
        }
    }

    private void start() {
        layOut();
        Map<Path, Path> binds = new LinkedHashMap<>();
        binds.put(Path.of("/etc/libvirt"), directory.resolve("etc-libvirt"));
        binds.put(Path.of("/var/lib/libvirt"), directory.resolve("var-lib-libvirt"));
        binds.put(Path.of("/var/log/libvirt"), directory.resolve("var-log-libvirt"));
        binds.put(Path.of("/var/cache/libvirt"), directory.resolve("var-cache-libvirt"));
        LIBVIRT_KEYS.forEach(place -> binds.put(place, directory.resolve(copy(place))));
        binds.put(Path.of("/etc/machine-id"), directory.resolve("machine-id"));
        binds.put(Path.of("/etc/hosts"), directory.resolve("etc-hosts"));
        binds.put(RESOLV, directory.resolve("etc-resolv.conf"));
        binds.put(MountRoot.DIRECTORY, directory.resolve("rhev"));
        lab.qemu().ifPresent(newer -> binds.putAll(newer.binds()));
        Namespace namespace = lab.namespace(name(), name(), true, true, binds);
        lab.plug(namespace, port(), address());
    }

    /** The host's own of a directory that every machine has once. */
    private static String copy(Path place) {
        return place.toString().substring(1).replace('/', '-');
    }

    private void layOut() {
        try {
            for (Path place : LIBVIRT_KEYS) {
                Files.createDirectories(place);
                Files.createDirectories(directory.resolve(copy(place)));
            }
            for (String part : List.of(
                    "etc-libvirt", "var-lib-libvirt", "var-log-libvirt", "var-cache-libvirt", "rhev", "agent")) {
                Files.createDirectories(directory.resolve(part));
            }
            for (Path needed : List.of(
                    Path.of("/etc/libvirt"),
                    Path.of("/var/lib/libvirt"),
                    Path.of("/var/log/libvirt"),
                    Path.of("/var/cache/libvirt"))) {
                Files.createDirectories(needed);
            }
            MountRoot.create();
            if (!Files.exists(Path.of("/etc/machine-id"))) {
                Files.writeString(Path.of("/etc/machine-id"), hex(UUID.randomUUID()) + "\n");
            }
            Path machineId = directory.resolve("machine-id");
            if (!Files.exists(machineId)) {
                Files.writeString(machineId, hex(UUID.randomUUID()) + "\n");
            }
            StringBuilder hosts = new StringBuilder("127.0.0.1 localhost\n");
            for (int other = 1; other <= 80; other++) {
                LabHost host = lab.host(other);
                hosts.append(host.address()).append(' ').append(host.name()).append('\n');
            }
            Files.writeString(directory.resolve("etc-hosts"), hosts);
            // The agent may write it: not the machine's own.
            Files.writeString(
                    directory.resolve("etc-resolv.conf"), Files.exists(RESOLV) ? Files.readString(RESOLV) : "");
            if (!Files.exists(RESOLV)) {
                Files.createFile(RESOLV);
            }
        } catch (IOException e) {
            throw new LabFailure("cannot lay out " + name() + " under " + directory + ": " + e.getMessage(), e);
        }
    }

    /** Pulls the plug: everything on the host is gone at once, QEMU processes too. */
    public void powerOff() {
        lab.running(name()).ifPresent(Namespace::kill);
        Command.attempt("ip", "link", "del", port());
    }

    /**
     * A cable from a new NIC of this host to a new NIC of another, both of that name. It is gone when either is switched off,
     * and pulled where {@code ip link set NAME down} is said at the other end.
     */
    public void cable(String nic, LabHost other) {
        Command.run(
                "ip",
                "link",
                "add",
                nic,
                "netns",
                Long.toString(namespace().pid()),
                "type",
                "veth",
                "peer",
                "name",
                nic,
                "netns",
                Long.toString(other.namespace().pid()));
        for (LabHost end : List.of(this, other)) {
            end.run("ip", "link", "set", nic, "up");
        }
    }

    /** Pulls the network cable. */
    public void cutNetwork() {
        Command.run("ip", "link", "set", port(), "down");
    }

    /** Puts the network cable back. */
    public void restoreNetwork() {
        Command.run("ip", "link", "set", port(), "up");
    }

    private String port() {
        return lab.name() + "h" + number;
    }

    /** Runs a program on the host and answers what it wrote. */
    public String run(String... words) {
        return namespace().run(words);
    }

    /** The words that run a program on this host, but with the machine's own network. */
    List<String> onMachineNetwork(List<String> words) {
        return namespace().onMachineNetwork(words);
    }

    public Command.Outcome attempt(Duration deadline, String... words) {
        return namespace().attempt(deadline, words);
    }

    /** Starts a program on the host that runs until the host is powered off. */
    public void launch(String name, String... words) {
        namespace().launch(directory.resolve(name + ".log"), Path.of("/run/" + name + ".pid"), List.of(words));
    }

    /** Runs virsh on the host. */
    public String virsh(String... words) {
        List<String> all = new ArrayList<>(List.of("virsh", "--connect", "qemu:///system"));
        all.addAll(List.of(words));
        return namespace().run(all.toArray(String[]::new));
    }

    /** Migrates as an administrator with a shell would; answers when the machine runs on the other host. */
    void migrateWithVirsh(String machine, LabHost target) {
        namespace()
                .run(
                        "virsh",
                        "--connect",
                        "qemu:///system",
                        "migrate",
                        "--live",
                        "--p2p",
                        "--unsafe",
                        machine,
                        "qemu+tls://%s:%d/system?pkipath=%s"
                                .formatted(target.address(), LIBVIRT_TLS_PORT, AgentFiles.pki(agentState())),
                        "tcp://" + target.address());
    }

    /** Resident memory of the agent. */
    long agentMegabytes() {
        return ProcessMemory.residentMegabytes(namespace(), AGENT_PID);
    }

    /** Starts sanlock, where this machine has it. */
    public void startSanlock() {
        if (SanlockDaemon.installed()) {
            sanlock().start(name());
        }
    }

    /** Kills sanlock as a crash does: nobody renews the host's leases any more. */
    public void killSanlock() {
        sanlock().kill();
    }

    /** Makes sanlock hang. */
    public void freezeSanlock() {
        sanlock().freeze();
    }

    public void thawSanlock() {
        sanlock().thaw();
    }

    public boolean sanlockRuns() {
        return lab.running(name())
                .map(host -> new SanlockDaemon(host, directory).runs())
                .orElse(false);
    }

    private SanlockDaemon sanlock() {
        return new SanlockDaemon(namespace(), directory);
    }

    /** Starts sanlock, virtlogd and libvirtd; after enrolment libvirtd also listens for migrations. */
    public void startLibvirt() {
        synchronized (SWITCH) {
            launchLibvirt();
        }
    }

    private void launchLibvirt() {
        startSanlock();
        LibvirtConfiguration.write(
                directory.resolve("etc-libvirt"), hardwareUuid(), address(), AgentFiles.pki(agentState()));
        Namespace host = namespace();
        if (!host.runs(VIRTLOGD_PID)) {
            host.run("virtlogd", "--daemon");
        }
        if (!host.runs(LIBVIRT_PID)) {
            List<String> words = new ArrayList<>(List.of("libvirtd", "--daemon"));
            if (AgentFiles.enrolled(agentState())) {
                words.add("--listen");
            }
            host.run(words.toArray(String[]::new));
        }
        if (!Await.holds(
                Duration.ofSeconds(60),
                () -> host.attempt(Duration.ofSeconds(10), "virsh", "--connect", "qemu:///system", "uri")
                        .succeeded())) {
            throw new LabFailure("libvirtd on " + name() + " does not answer; its log is "
                    + directory.resolve("var-log-libvirt/libvirtd.log"));
        }
    }

    /** Kills libvirtd as a crash does; its machines run on. */
    public void killLibvirt() {
        Namespace host = namespace();
        host.signal("KILL", LIBVIRT_PID);
        awaitGone(host, LIBVIRT_PID, "libvirtd on " + name(), END);
    }

    /** The directory on this host for archives of machines. */
    Path exchange() {
        return AgentFiles.exchange(agentState());
    }

    private Path agentState() {
        return directory.resolve("agent");
    }

    Path agentConfig() {
        Path file = directory.resolve("agent.properties");
        AgentFiles.writeConfig(file, agentState(), address());
        return file;
    }

    /**
     * Enrols the agent with the engine that made the token. It speaks with the engine over this machine's own network,
     * so that an engine that listens on the loopback alone can have hosts here.
     */
    public void enrol(String token) {
        Command.run(
                Duration.ofMinutes(2),
                namespace().onMachineNetwork(AgentFiles.enrol(agentConfig(), token, name(), address())));
    }

    public boolean enrolled() {
        return AgentFiles.enrolled(agentState());
    }

    /** Starts the agent; nothing happens when it runs. */
    public void startAgent() {
        startAgent(AgentFiles.command(agentConfig()));
    }

    /** Starts it by these words. */
    void startAgent(List<String> words) {
        synchronized (SWITCH) {
            Namespace host = namespace();
            if (!host.runs(AGENT_PID)) {
                host.launch(directory.resolve("agent.log"), AGENT_PID, words);
            }
        }
    }

    /** Ends the agent in order. */
    public void stopAgent() {
        stopAgent(END);
    }

    void stopAgent(Duration patience) {
        Namespace host = namespace();
        host.signal("TERM", AGENT_PID);
        awaitGone(host, AGENT_PID, "the agent of " + name(), patience);
    }

    /** Kills the agent as a crash does. */
    public void killAgent() {
        Namespace host = namespace();
        host.signal("KILL", AGENT_PID);
        awaitGone(host, AGENT_PID, "the agent of " + name(), END);
    }

    /** Makes the agent hang: it keeps its connections and answers nothing. */
    public void freezeAgent() {
        namespace().signal("STOP", AGENT_PID);
    }

    public void thawAgent() {
        namespace().signal("CONT", AGENT_PID);
    }

    public boolean agentRuns() {
        return lab.running(name()).map(host -> host.runs(AGENT_PID)).orElse(false);
    }

    public boolean libvirtRuns() {
        return lab.running(name()).map(host -> host.runs(LIBVIRT_PID)).orElse(false);
    }

    /** As {@link HostProcesses#qemu}. */
    public long qemuProcesses(String machine) {
        return new HostProcesses(namespace().pid()).qemu(machine);
    }

    /** The host's system UUID as libvirt reports it; made when it is first asked for. */
    public UUID hardwareUuid() {
        Path file = directory.resolve("hardware-uuid");
        try {
            if (!Files.exists(file)) {
                Files.writeString(file, UUID.randomUUID() + "\n");
            }
            return UUID.fromString(Files.readString(file).strip());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The ends of the logs of the agent and of libvirt, for error messages. */
    String lastWords() {
        return LogFile.end(directory.resolve("agent.log")) + "\n"
                + LogFile.end(directory.resolve("sanlock.log")) + "\n"
                + LogFile.end(directory.resolve("var-log-libvirt/libvirtd.log"));
    }

    private static void awaitGone(Namespace host, Path pid, String what, Duration patience) {
        if (!Await.holds(patience, () -> !host.runs(pid))) {
            throw new LabFailure(what + " does not end");
        }
    }

    private static String hex(UUID uuid) {
        return uuid.toString().replace("-", "");
    }
}
