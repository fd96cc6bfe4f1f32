package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.LinkedHashMap;
import java.util.Map;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.DriveFile;
import org.bellwether.protocol.MachineDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The disks that guests read at their first boot. Each is made when its machine starts here or comes here, for its one run:
 * it lies in memory and not on the machine's storage, for it may hold secrets.
 */
final class ConfigDrives {
    private static final Logger LOG = LoggerFactory.getLogger(ConfigDrives.class);
    private static final int MOST_BYTES = 1 << 20;

    private ConfigDrives() {}

    static Path file(String machineId) {
        return DomainXml.CONSOLES.resolve(machineId + ".config");
    }

    static void make(MachineDefinition machine) {
        if (!machine.hasConfigDrive()) {
            remove(machine.getId());
            return;
        }
        Map<String, byte[]> files = new LinkedHashMap<>();
        long bytes = 0;
        for (DriveFile file : machine.getConfigDrive().getFilesList()) {
            bytes += file.getContent().size();
            files.put(file.getPath(), file.getContent().toByteArray());
        }
        if (bytes > MOST_BYTES) {
            throw Refusal.badRequest("The settings for the first boot of machine " + machine.getName() + " have "
                    + bytes + " bytes; more than " + MOST_BYTES + " are not taken");
        }
        try {
            AtomicFile.write(
                    file(machine.getId()),
                    IsoImage.of(machine.getConfigDrive().getLabel(), files),
                    PosixFilePermissions.fromString("rw-------"));
        } catch (IOException e) {
            throw Refusal.wrongState(
                            "The disk for the first boot of machine " + machine.getName() + " could not be made")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    static void remove(String machineId) {
        try {
            Files.deleteIfExists(file(machineId));
        } catch (IOException e) {
            LOG.warn("{} stays for now: {}", file(machineId), e.toString());
        }
    }
}
