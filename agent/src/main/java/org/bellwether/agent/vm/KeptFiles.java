package org.bellwether.agent.vm;

import com.google.protobuf.ByteString;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.stream.Stream;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.DriveFile;
import org.bellwether.protocol.Firmware;
import org.bellwether.protocol.KeptState;
import org.bellwether.protocol.MachineDefinition;

/**
 * What belongs to a machine and libvirt keeps on the host where it ran: the variables of its UEFI and the secrets of its TPM.
 * The engine takes them when the machine is off and gives them to the host of its next start.
 */
final class KeptFiles {
    private static final Path LIBVIRT = Path.of("/var/lib/libvirt");
    private static final int MOST_BYTES = 2 << 20;

    private KeptFiles() {}

    static KeptState read(MachineDefinition machine) {
        KeptState.Builder kept = KeptState.newBuilder();
        try {
            Path variables = variables(machine);
            if (uefi(machine) && Files.exists(variables)) {
                kept.setNvram(content(variables)).setFirmware(machine.getFirmware());
            }
            Path secrets = secrets(machine);
            if (machine.getTpm() && Files.isDirectory(secrets)) {
                try (Stream<Path> files = Files.list(secrets)) {
                    for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
                        String name = file.getFileName().toString();
                        if (!name.startsWith(".")) {
                            kept.addTpm(DriveFile.newBuilder().setPath(name).setContent(content(file)));
                        }
                    }
                }
            }
        } catch (IOException e) {
            throw Refusal.broken("The UEFI variables or the TPM of machine " + machine.getName()
                            + " could not be read on this host")
                    .because(String.valueOf(e.getMessage()));
        }
        return kept.build();
    }

    /** Before its start: what lies here from an earlier run is older. */
    static void write(MachineDefinition machine, KeptState kept) {
        try {
            if (uefi(machine) && !kept.getNvram().isEmpty()) {
                if (fit(kept, machine)) {
                    put(variables(machine), kept.getNvram());
                } else {
                    Files.deleteIfExists(variables(machine));
                }
            }
            if (machine.getTpm()) {
                for (DriveFile file : kept.getTpmList()) {
                    if (!file.getPath().matches("[A-Za-z0-9][A-Za-z0-9._-]*")) {
                        throw Refusal.badRequest("A TPM has no file " + file.getPath());
                    }
                    put(secrets(machine).resolve(file.getPath()), file.getContent());
                }
            }
        } catch (IOException e) {
            throw Refusal.wrongState("The UEFI variables or the TPM of machine " + machine.getName()
                            + " could not be laid down on this host")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    /**
     * The variables of a firmware with secure boot hold its keys, with which any firmware refuses what nobody signed; those of
     * one without hold none, and every guest would start. A machine that was given another firmware begins anew.
     */
    static boolean fit(KeptState kept, MachineDefinition machine) {
        return kept.getFirmware() == Firmware.FIRMWARE_UNSPECIFIED || kept.getFirmware() == machine.getFirmware();
    }

    private static void put(Path file, ByteString content) throws IOException {
        Path directory = file.getParent();
        if (directory != null) {
            Files.createDirectories(directory);
        }
        AtomicFile.write(file, content.toByteArray(), PosixFilePermissions.fromString("rw-------"));
    }

    private static ByteString content(Path file) throws IOException {
        if (Files.size(file) > MOST_BYTES) {
            throw new IOException(file + " has " + Files.size(file) + " bytes, far more than is usual");
        }
        return ByteString.copyFrom(Files.readAllBytes(file));
    }

    private static boolean uefi(MachineDefinition machine) {
        return machine.getFirmware() == Firmware.Q35_UEFI || machine.getFirmware() == Firmware.Q35_UEFI_SECURE_BOOT;
    }

    private static Path variables(MachineDefinition machine) {
        return LIBVIRT.resolve("qemu/nvram").resolve(DomainXml.domainName(machine) + "_VARS.fd");
    }

    private static Path secrets(MachineDefinition machine) {
        return LIBVIRT.resolve("swtpm").resolve(machine.getId()).resolve("tpm2");
    }
}
