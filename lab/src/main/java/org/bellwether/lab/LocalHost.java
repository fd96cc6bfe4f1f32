package org.bellwether.lab;

import java.io.IOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * This machine as a host. Where a libvirtd runs already (systemd keeps one, say), the agent uses it and runs beside it;
 * otherwise virtlogd, libvirtd and the agent run together in a mount and process namespace that sees a generated
 * /etc/libvirt and everything else as it is, so that plain virsh works and nothing of theirs outlives the lab.
 */
final class LocalHost {
    private static final Path LIBVIRT_PID = Path.of("/run/libvirtd.pid");
    private static final Path VIRTLOGD_PID = Path.of("/run/virtlogd.pid");
    private static final String ENCLOSURE = "local";

    private final Lab lab;
    private final Path directory;

    LocalHost(Lab lab, Path directory) {
        this.lab = lab;
        this.directory = directory;
    }

    String name() {
        try {
            String name = InetAddress.getLocalHost().getHostName().split("\\.")[0];
            return name.isEmpty() ? "local" : name;
        } catch (UnknownHostException e) {
            return "local";
        }
    }

    String address() {
        return lab.network().gateway();
    }

    boolean enrolled() {
        return AgentFiles.enrolled(state());
    }

    void enrol(String token) {
        Command.run(Duration.ofMinutes(2), AgentFiles.enrol(config(), token, name(), address()));
    }

    /** Starts libvirt, when this machine runs none, and the agent. */
    void start() {
        if (runningElsewhere()) {
            startBeside();
            return;
        }
        layOut();
        Namespace inside = lab.enclosure(ENCLOSURE, Map.of(Path.of("/etc/libvirt"), directory.resolve("etc-libvirt")));
        if (SanlockDaemon.installed()) {
            new SanlockDaemon(inside, directory).start(name());
        }
        if (!inside.runs(VIRTLOGD_PID)) {
            inside.run("virtlogd", "--daemon");
        }
        if (!inside.runs(LIBVIRT_PID)) {
            inside.run("libvirtd", "--daemon", "--listen");
        }
        if (!Await.holds(Duration.ofSeconds(60), LocalHost::libvirtAnswers)) {
            throw new LabFailure("libvirtd does not answer on this machine; see /var/log/libvirt/libvirtd.log");
        }
        if (!inside.runs(agentPid())) {
            inside.launch(log(), agentPid(), AgentFiles.command(config()));
        }
    }

    /** Whether a libvirtd answers that is not ours. */
    private boolean runningElsewhere() {
        return lab.running(ENCLOSURE).isEmpty() && libvirtAnswers();
    }

    private static boolean libvirtAnswers() {
        return Command.attempt(Duration.ofSeconds(15), List.of("virsh", "--connect", "qemu:///system", "uri"))
                .succeeded();
    }

    /**
     * The agent in this machine's own mount namespace, because the machine's libvirtd must see the storage that it
     * mounts. That libvirtd is left as its owner configured it, so it may not listen for migrations.
     */
    private void startBeside() {
        Path record = directory.resolve("agent.process");
        if (Files.exists(record) && readRecord(record).alive()) {
            return;
        }
        Progress.say(
                "this machine's own libvirtd is used as it is; to migrate machines to this host let it listen with "
                        + "TLS on port " + LabHost.LIBVIRT_TLS_PORT + " with the certificates in "
                        + AgentFiles.pki(state()));
        try {
            MountRoot.create();
            List<String> words = new ArrayList<>(List.of("setsid"));
            words.addAll(AgentFiles.command(config()));
            Process agent = new ProcessBuilder(words)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
                    .start();
            ProcessRecord.of(agent.pid()).write(record);
        } catch (IOException e) {
            throw new LabFailure("the agent could not be started: " + e.getMessage(), e);
        }
    }

    /** Ends the agent in order; machines run on. */
    void stopAgent() {
        lab.running(ENCLOSURE).ifPresent(inside -> {
            inside.signal("TERM", agentPid());
            Await.holds(Duration.ofSeconds(30), () -> !inside.runs(agentPid()));
        });
        Path record = directory.resolve("agent.process");
        if (Files.exists(record)) {
            readRecord(record).kill();
        }
    }

    /** Ends an agent that runs beside the machine's own libvirtd, and takes its mounts away. */
    void stop() {
        Path record = directory.resolve("agent.process");
        if (Files.exists(record)) {
            readRecord(record).kill();
            unmount();
        }
        MountRoot.discard();
    }

    private static void unmount() {
        try {
            List<String> mounts =
                    Files.readAllLines(Path.of("/proc/self/mounts")).reversed();
            for (String line : mounts) {
                String point = line.split(" ")[1];
                if (point.startsWith(MountRoot.DIRECTORY + "/")) {
                    Command.attempt("umount", "--lazy", point.replace("\\040", " "));
                    Files.deleteIfExists(Path.of(point));
                }
            }
        } catch (IOException e) {
            throw new LabFailure("the mounts under " + MountRoot.DIRECTORY + " stay: " + e.getMessage(), e);
        }
    }

    private static ProcessRecord readRecord(Path record) {
        try {
            return ProcessRecord.read(record);
        } catch (IOException e) {
            throw new LabFailure("cannot read " + record + ": " + e.getMessage(), e);
        }
    }

    private void layOut() {
        try {
            MountRoot.create();
            Files.createDirectories(Path.of("/etc/libvirt"));
            Path uuid = directory.resolve("hardware-uuid");
            if (!Files.exists(uuid)) {
                Files.writeString(uuid, UUID.randomUUID() + "\n");
            }
            LibvirtConfiguration.write(
                    directory.resolve("etc-libvirt"),
                    UUID.fromString(Files.readString(uuid).strip()),
                    address(),
                    AgentFiles.pki(state()));
        } catch (IOException e) {
            throw new LabFailure("cannot lay out " + directory + ": " + e.getMessage(), e);
        }
    }

    private Path state() {
        return directory.resolve("agent");
    }

    private Path log() {
        return directory.resolve("agent.log");
    }

    private Path agentPid() {
        return directory.resolve("agent.pid");
    }

    private Path config() {
        Path file = directory.resolve("agent.properties");
        AgentFiles.writeConfig(file, state(), address());
        return file;
    }
}
