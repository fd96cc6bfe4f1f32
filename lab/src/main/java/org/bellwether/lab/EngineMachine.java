package org.bellwether.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** The engine's own virtual machine, started by plain QEMU on the lab's bridge; it is pulled down with the lab. */
final class EngineMachine {
    private static final String NAME = "engine-machine";
    private static final int NUMBER = 5;
    private static final String SEED_SIZE = "64M";
    static final int PORT = 8443;

    private final Lab lab;
    private final Path directory;

    EngineMachine(Lab lab) {
        this.lab = lab;
        this.directory = lab.directory().resolve(NAME);
    }

    String address() {
        return lab.network().address(NUMBER);
    }

    /**
     * Lays a new machine out, whose disk is as it comes, and its seed.
     *
     * @param members what is in the seed beside the settings, by the names there
     */
    void make(String settings, Map<String, Path> members) {
        try {
            Files.createDirectories(directory);
            Path image = EngineMachineImage.prepare(lab).disk();
            Command.run("qemu-img", "create", "-q", "-f", "qcow2", "-F", "raw", "-b", image.toString(), disk());
            Path plug = directory.resolve("plug");
            Files.writeString(
                    plug,
                    "#!/bin/sh\nip link set \"$1\" master %s up\n"
                            .formatted(lab.network().bridge()));
            if (!plug.toFile().setExecutable(true)) {
                throw new LabFailure("cannot make " + plug + " executable");
            }
            seed(settings, members);
        } catch (IOException e) {
            throw new LabFailure("cannot lay out the engine machine: " + e.getMessage(), e);
        }
    }

    /** Writes what is on the second disk, also while the machine runs. */
    void seed(String settings, Map<String, Path> members) throws IOException {
        Path content = directory.resolve("bellwether-seed");
        Lab.removeTree(content);
        Files.createDirectories(content);
        Files.writeString(content.resolve("settings"), settings);
        for (Map.Entry<String, Path> member : members.entrySet()) {
            Files.copy(member.getValue(), content.resolve(member.getKey()));
        }
        Path archive = directory.resolve("seed.tar");
        Command.run("tar", "-C", directory.toString(), "-cf", archive.toString(), "bellwether-seed");
        // In its place, because QEMU has the file open; never larger, because disks do not grow by themselves.
        Command.run("truncate", "-s", SEED_SIZE, seed());
        Command.run("dd", "if=" + archive, "of=" + seed(), "bs=1M", "conv=notrunc", "status=none");
    }

    private String disk() {
        return directory.resolve("disk.qcow2").toString();
    }

    private String seed() {
        return directory.resolve("seed.raw").toString();
    }

    /** Switches it on; its console begins anew. */
    void powerOn() {
        lab.enclosure(NAME, Map.of())
                .launch(
                        directory.resolve("qemu.log"),
                        directory.resolve("qemu.pid"),
                        List.of(
                                "qemu-system-x86_64",
                                "-machine",
                                "q35",
                                "-accel",
                                "tcg,thread=multi",
                                "-cpu",
                                "max",
                                "-smp",
                                "2",
                                "-m",
                                "2048",
                                "-nodefaults",
                                "-display",
                                "none",
                                "-serial",
                                "file:" + console(),
                                "-drive",
                                "file=" + disk() + ",if=none,id=disk,format=qcow2,cache=unsafe",
                                "-device",
                                "virtio-blk-pci,drive=disk,bootindex=1",
                                "-drive",
                                "file=" + seed() + ",if=none,id=seed,format=raw,readonly=on",
                                "-device",
                                "virtio-blk-pci,drive=seed,serial=bellwether-seed",
                                "-netdev",
                                "tap,id=net,ifname=" + lab.name() + "em,downscript=no,script="
                                        + directory.resolve("plug"),
                                "-device",
                                "virtio-net-pci,netdev=net,mac=52:54:00:b3:12:01",
                                "-device",
                                "virtio-rng-pci"));
    }

    /** Pulls the plug. */
    void powerOff() {
        lab.running(NAME).ifPresent(Namespace::kill);
    }

    private Path console() {
        return directory.resolve("console.log");
    }

    /** All that it has said since it was switched on. */
    String said() {
        try {
            return Files.exists(console()) ? Files.readString(console(), StandardCharsets.ISO_8859_1) : "";
        } catch (IOException e) {
            throw new LabFailure("the console of the engine machine cannot be read: " + e.getMessage(), e);
        }
    }

    /** For error messages. */
    String lastWords() {
        return said() + LogFile.end(directory.resolve("qemu.log"));
    }
}
