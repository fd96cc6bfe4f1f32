package org.bellwether.agent.storage;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.FileIdentity;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** virt-sysprep, which looks into the disks of a template from within a machine of its own; that has no network. */
public final class SealImages {
    private static final Duration LOOKING = Duration.ofSeconds(20);
    private static final String PROGRAM = "virt-sysprep";

    private SealImages() {}

    /** Whether the program is where programs are looked for; it is not started. */
    public static boolean installed() {
        String places = Optional.ofNullable(System.getenv("PATH")).orElse("");
        return Arrays.stream(places.split(File.pathSeparator, -1))
                .anyMatch(place -> Files.isExecutable(Path.of(place, PROGRAM)));
    }

    /** @throws Refusal NOT_FOUND when this host has no such program */
    static void requireProgram() {
        try {
            Command.of(PROGRAM, "--version").run(LOOKING);
        } catch (Refusal refused) {
            if (refused.error().getCode() != Error.Code.NOT_FOUND) {
                throw refused;
            }
            throw Refusal.notFound("This host cannot seal templates: it has no " + PROGRAM)
                    .next("Install libguestfs-tools on the host, or make the template without sealing it.");
        }
    }

    /**
     * What it would customise is left out: it ends with a new machine ID in the template, which
     * all machines made of it would share, and by which DHCP servers tell them apart (seen with guestfs-tools 1.48).
     *
     * @param kvm whether KVM works here; libguestfs itself only looks whether the device can be opened
     * @param squashed whether the disks lie on a server that may let no root in. Elsewhere it is root: it asks access(2), which
     *     counts no capabilities of others, whether it may pass a directory that is closed to them
     */
    static Command command(boolean kvm, boolean squashed, List<String> disks) {
        List<String> words = new ArrayList<>(List.of("env", "LIBGUESTFS_BACKEND=direct", "HOME=/nonexistent"));
        if (!kvm) {
            words.add("LIBGUESTFS_BACKEND_SETTINGS=force_tcg");
        }
        words.addAll(List.of(PROGRAM, "--no-network", "--operations", "defaults,-customize"));
        words.addAll(disks);
        List<String> command = new ArrayList<>(List.of("unshare", "--net"));
        command.addAll(squashed ? FileIdentity.program(words, null) : words);
        return new Command(command, null);
    }
}
