package org.bellwether.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A host as a virtual machine under emulation, for what needs a kernel of its own: NFS mounts, iSCSI, device-mapper, SSH
 * and systemd. It hangs on the lab's bridge, is reached by SSH as root, and is pulled down with the lab. Slow: a boot takes
 * half a minute on an idle machine, so tests share one.
 */
public final class VmHost {
    private static final Duration BOOT = Duration.ofMinutes(6);
    private static final Path AGENT = Path.of("/seed/agent");
    private static final String JAVA = "/usr/lib/jvm/bellwether/bin/java";
    private static final String CONFIG = "/etc/bellwether-agent.properties";
    private static final String STATE = "/var/lib/bellwether-agent";

    private final Lab lab;
    private final int number;
    private final Path directory;

    /** A disk that the host sees on a SCSI bus of its own, as a LUN of a Fibre Channel array. */
    public record Lun(Path file, String wwn, String serial) {}

    VmHost(Lab lab, int number) {
        this.lab = lab;
        this.number = number;
        this.directory = lab.directory().resolve("vmhosts").resolve(name());
    }

    public String name() {
        return "vmhost" + number;
    }

    public String address() {
        return lab.network().address(90 + number);
    }

    /** The private key that root on the host accepts. */
    public Path key() {
        return directory.resolve("key");
    }

    public Path console() {
        return directory.resolve("console.log");
    }

    public boolean poweredOn() {
        return lab.running(name()).isPresent();
    }

    /** Switches the host on and answers when it can be reached. Its disk is as it was left; nothing happens if it is on. */
    public void powerOn(Lun... luns) {
        if (!poweredOn()) {
            layOut();
            Namespace enclosure = lab.enclosure(name(), Map.of());
            enclosure.launch(directory.resolve("qemu.log"), directory.resolve("qemu.pid"), qemu(List.of(luns)));
        }
        if (!Await.holds(
                BOOT,
                () -> attempt(Duration.ofSeconds(40), "systemctl", "is-active", "bellwether-seed")
                        .succeeded())) {
            throw new LabFailure(name() + " does not come up; " + lastWords());
        }
    }

    /** Makes one of its LUNs larger, as an array does under hosts that run. */
    public void growLun(int number, long bytes) {
        try (SocketChannel monitor = SocketChannel.open(UnixDomainSocketAddress.of(directory.resolve("qmp")))) {
            var answers = new BufferedReader(Channels.newReader(monitor, StandardCharsets.UTF_8));
            answers.readLine();
            for (String command : List.of(
                    "{'execute':'qmp_capabilities'}",
                    "{'execute':'block_resize','arguments':{'device':'lun%d','size':%d}}".formatted(number, bytes))) {
                monitor.write(ByteBuffer.wrap(command.replace('\'', '"').getBytes(StandardCharsets.UTF_8)));
                String answer = answers.readLine();
                while (answer != null && answer.startsWith("{\"timestamp\"")) {
                    answer = answers.readLine();
                }
                if (answer == null || !answer.startsWith("{\"return\"")) {
                    throw new LabFailure(name() + " does not grow its LUN: " + answer);
                }
            }
        } catch (IOException e) {
            throw new LabFailure("cannot talk to QEMU of " + name() + ": " + e.getMessage(), e);
        }
    }

    /** Pulls the plug. */
    public void powerOff() {
        lab.running(name()).ifPresent(Namespace::kill);
        Command.attempt("ssh", "-O", "exit", "-o", "ControlPath=" + session(), "root@" + address());
    }

    private List<String> qemu(List<Lun> luns) {
        VmHostImage image = VmHostImage.build();
        List<String> words = new ArrayList<>(List.of(
                "qemu-system-x86_64",
                "-accel",
                "tcg,thread=multi",
                "-cpu",
                "max",
                "-smp",
                "2",
                "-m",
                "3072",
                "-nodefaults",
                "-display",
                "none",
                "-uuid",
                hardwareUuid().toString(),
                "-serial",
                "file:" + console(),
                "-kernel",
                image.kernel().toString(),
                "-initrd",
                image.initrd().toString(),
                "-append",
                // Without KVM: it would work, but with a processor that fits no type. (A processor without SVM is no
                // way:
                // under QEMU 7.2 fsync and mount then fail in the guest.)
                "root=/dev/vda rw console=ttyS0 quiet net.ifnames=0 mitigations=off fsck.mode=skip"
                        + " module_blacklist=kvm_amd,kvm_intel tsc=reliable clocksource=tsc",
                "-drive",
                "file=" + directory.resolve("disk.qcow2") + ",if=virtio,format=qcow2,cache=unsafe",
                "-drive",
                "file=" + directory.resolve("seed.img") + ",if=virtio,format=raw,readonly=on",
                "-netdev",
                // QEMU makes the tap and it goes with QEMU, however that ends.
                "tap,id=net,ifname=" + lab.name() + "v" + number + ",downscript=no,script=" + directory.resolve("plug"),
                "-device",
                "virtio-net-pci,netdev=net,mac=52:54:00:b3:11:%02x".formatted(number),
                "-device",
                "virtio-rng-pci",
                "-qmp",
                "unix:" + directory.resolve("qmp") + ",server=on,wait=off"));
        if (!luns.isEmpty()) {
            words.addAll(List.of("-device", "virtio-scsi-pci,id=fc"));
        }
        for (int at = 0; at < luns.size(); at++) {
            Lun lun = luns.get(at);
            words.addAll(List.of(
                    "-drive",
                    "file=%s,if=none,id=lun%d,format=raw,cache=none,file.locking=off".formatted(lun.file(), at),
                    "-device",
                    "scsi-hd,bus=fc.0,lun=%d,drive=lun%d,wwn=0x%s,serial=%s,vendor=BELLWTHR,product=FC-LUN,share-rw=on"
                            .formatted(at, at, lun.wwn(), lun.serial())));
        }
        return words;
    }

    private void layOut() {
        try {
            VmHostImage image = VmHostImage.build();
            Files.createDirectories(directory);
            if (!Files.exists(key())) {
                Command.run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "lab", "-f", key().toString());
            }
            Path disk = directory.resolve("disk.qcow2");
            if (!Files.exists(disk)) {
                Command.run(
                        "qemu-img",
                        "create",
                        "-q",
                        "-f",
                        "qcow2",
                        "-F",
                        "raw",
                        "-b",
                        image.disk().toString(),
                        disk.toString());
            }
            Path plug = directory.resolve("plug");
            Files.writeString(
                    plug,
                    "#!/bin/sh\nip link set \"$1\" master %s up\n"
                            .formatted(lab.network().bridge()));
            if (!plug.toFile().setExecutable(true)) {
                throw new LabFailure("cannot make " + plug + " executable");
            }
            seed();
        } catch (IOException e) {
            throw new LabFailure("cannot lay out " + name() + " under " + directory + ": " + e.getMessage(), e);
        }
    }

    /** The second disk: what makes this host the one it is, and the agent of this build. */
    private void seed() throws IOException {
        Path seed = directory.resolve("seed");
        Lab.removeTree(seed);
        Files.createDirectories(seed);
        Files.copy(directory.resolve("key.pub"), seed.resolve("authorized_keys"));
        // With their times, for which the agent's cache holds.
        Command.run(
                "cp",
                "-a",
                program().directory().toString(),
                seed.resolve("agent").toString());
        Files.writeString(seed.resolve("agent.properties"), """
                state-dir=%s
                listen-address=%s
                libvirt-tls-port=%d
                """.formatted(STATE, address(), LabHost.LIBVIRT_TLS_PORT));
        Files.writeString(seed.resolve("start"), """
                set -e
                hostname %1$s
                echo %1$s >/etc/hostname
                echo 127.0.0.1 localhost >/etc/hosts
                echo %2$s %1$s >>/etc/hosts
                install -d -m 700 /root/.ssh
                # Beside those that were let in since the first boot.
                grep -qsxFf /seed/authorized_keys /root/.ssh/authorized_keys || cat /seed/authorized_keys >>/root/.ssh/authorized_keys
                chmod 600 /root/.ssh/authorized_keys
                install -m 600 /seed/agent.properties %4$s
                echo InitiatorName=iqn.2026-01.org.bellwether.lab:%1$s >/etc/iscsi/initiatorname.iscsi
                ip link add ovirtmgmt type bridge forward_delay 0
                ip link set eth0 master ovirtmgmt up
                ip address add %2$s/24 dev ovirtmgmt
                ip link set ovirtmgmt up
                ip route add default via %3$s
                """.formatted(
                        name(), address(), lab.network().gateway(), CONFIG));
        Path disk = directory.resolve("seed.img");
        Files.deleteIfExists(disk);
        Command.run("truncate", "-s", "320M", disk.toString());
        Command.run(
                "mke2fs",
                "-q",
                "-F",
                "-t",
                "ext4",
                "-O",
                "^has_journal",
                "-L",
                "bw-seed",
                "-d",
                seed.toString(),
                disk.toString());
        Lab.removeTree(seed);
    }

    private VmHostAgent program() {
        return VmHostAgent.prepare(lab, VmHostImage.build());
    }

    private UUID hardwareUuid() {
        return UUID.nameUUIDFromBytes((lab.name() + name()).getBytes(StandardCharsets.UTF_8));
    }

    private List<String> ssh(List<String> options, List<String> words) {
        List<String> all = new ArrayList<>(List.of("ssh", "-i", key().toString()));
        for (String option : List.of(
                "BatchMode=yes",
                "StrictHostKeyChecking=no",
                "UserKnownHostsFile=/dev/null",
                "LogLevel=ERROR",
                "ConnectTimeout=15",
                "ServerAliveInterval=15")) {
            all.addAll(List.of("-o", option));
        }
        all.addAll(options);
        all.add("root@" + address());
        // The far shell takes the line apart again.
        all.add(words.stream()
                .map(word -> "'" + word.replace("'", "'\\''") + "'")
                .collect(Collectors.joining(" ")));
        return all;
    }

    /** To agree on keys takes an emulated processor a second: what is said within 20 s shares a connection. */
    private List<String> shared() {
        return List.of("-o", "ControlMaster=auto", "-o", "ControlPath=" + session(), "-o", "ControlPersist=20");
    }

    private Path session() {
        return directory.resolve("ssh");
    }

    /** Runs a program on the host and answers what it wrote. */
    public String run(String... words) {
        return Command.run(Duration.ofMinutes(2), ssh(shared(), List.of(words)));
    }

    public Command.Outcome attempt(Duration deadline, String... words) {
        return Command.attempt(deadline, ssh(shared(), List.of(words)));
    }

    /** Puts a file there. */
    void copy(Path file, String there) {
        transfer("exec \"$@\" <\"$0\"", file, "cat >" + there);
    }

    /** Takes a file from there. */
    void fetch(String there, Path file) {
        transfer("exec \"$@\" >\"$0\"", file, "cat " + there);
    }

    private void transfer(String how, Path file, String command) {
        List<String> words = new ArrayList<>(List.of("sh", "-c", how, file.toString()));
        words.addAll(ssh(shared(), List.of("sh", "-c", command)));
        Command.run(Duration.ofMinutes(10), words);
    }

    private List<String> agent(String... arguments) {
        List<String> all = new ArrayList<>(List.of("--config", CONFIG));
        all.addAll(List.of(arguments));
        return program().command(JAVA, AGENT, all);
    }

    /** Enrols the agent with the engine, which may listen on this machine's loopback alone: SSH carries its port there. */
    public void enrol(String token, EngineProcess engine) {
        // What an installation does over SSH, for those that come without one.
        run("sh", "-c", installer(), "sh", "owners");
        int port = engine.url().getPort();
        Command.run(
                Duration.ofMinutes(4),
                ssh(
                        List.of("-R", "127.0.0.1:" + port + ":127.0.0.1:" + port),
                        agent("--enrol", token, "--name", name(), "--address", address())));
    }

    private static String installer() {
        try (InputStream in = Objects.requireNonNull(
                EngineProcess.class.getResourceAsStream("/org/bellwether/engine/host/install.sh"))) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a shell's line there, from where the engine, which may listen on this machine's loopback alone, is reached too. */
    public String throughEngine(EngineProcess engine, String line) {
        int port = engine.url().getPort();
        return Command.run(
                Duration.ofMinutes(10),
                ssh(List.of("-R", "127.0.0.1:" + port + ":127.0.0.1:" + port), List.of("sh", "-c", line)));
    }

    /** Starts the agent; nothing happens when it runs: the host itself looks, because its answer may take long. */
    public void startAgent() {
        List<String> words = new ArrayList<>(List.of(
                "sh",
                "-c",
                "systemctl --quiet is-active bellwether-agent || exec \"$@\"",
                "start",
                "systemd-run",
                "--unit=bellwether-agent",
                "--property=KillMode=process",
                "--property=StandardOutput=append:/var/log/bellwether-agent.log",
                "--property=StandardError=append:/var/log/bellwether-agent.log",
                "--collect",
                "--quiet"));
        words.addAll(agent());
        run(words.toArray(String[]::new));
    }

    /** Kills the agent as a crash does. */
    public void killAgent() {
        run("systemctl", "kill", "--signal=KILL", "bellwether-agent");
    }

    public boolean agentRuns() {
        return attempt(Duration.ofMinutes(1), "systemctl", "is-active", "bellwether-agent")
                .succeeded();
    }

    /** The ends of the console and of the agent's log, for error messages. */
    public String lastWords() {
        String console = LogFile.end(console()) + "\n" + LogFile.end(directory.resolve("qemu.log"));
        return poweredOn()
                ? console + "\n"
                        + attempt(Duration.ofSeconds(30), "tail", "-n40", "/var/log/bellwether-agent.log")
                                .output()
                : console;
    }

    static List<VmHost> all(Lab lab) {
        return Stream.iterate(1, number -> number + 1)
                .limit(9)
                .map(number -> new VmHost(lab, number))
                .filter(VmHost::poweredOn)
                .toList();
    }
}
