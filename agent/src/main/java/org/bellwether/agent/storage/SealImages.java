package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/** virt-sysprep, which looks into the disks of a template from within a machine of its own; that has no network. */
final class SealImages {
    private static final Duration LOOKING = Duration.ofSeconds(20);
    private static final String PROGRAM = "virt-sysprep";

    private SealImages() {}

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

    /** To which the disks are added. */
    static List<String> arguments() {
        return new ArrayList<>(List.of(
                "unshare", "--net", "env", "LIBGUESTFS_BACKEND=direct", "HOME=/nonexistent", PROGRAM, "--no-network"));
    }
}
