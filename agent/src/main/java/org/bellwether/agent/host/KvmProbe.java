package org.bellwether.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.bellwether.agent.platform.AtomicFile;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether KVM really works here. The device's presence says little: on some nested hosts it is there and guests hang or
 * QEMU aborts. So a few instructions are run under it, in a child process with a deadline, once per boot of the host.
 *
 * <p>Nor do instructions alone say enough: where the kernel takes the place of missing hardware (PVM), these few run and a
 * guest's kernel does not come through its first second. So the processor must say that it virtualises, too, as every CPU
 * type of a cluster demands.
 */
public final class KvmProbe {
    private static final Logger LOG = LoggerFactory.getLogger(KvmProbe.class);
    private static final Duration DEADLINE = Duration.ofSeconds(10);
    private static final Path BOOT_ID = Path.of("/proc/sys/kernel/random/boot_id");
    private static final Path CPU = Path.of("/proc/cpuinfo");
    private static final Path DEVICE = Path.of("/dev/kvm");
    private static final int FIRMWARE_BYTES = 64 * 1024;
    private static final int RESET_VECTOR = FIRMWARE_BYTES - 16;
    /** QEMU's debug device makes the written byte v into the exit status 2v+1. */
    private static final int WRITTEN = 0x10;

    private static final int EXIT_STATUS = 2 * WRITTEN + 1;

    private final Path answer;
    private final String emulator;

    public KvmProbe(Path stateDirectory, String emulator) {
        this.answer = stateDirectory.resolve("kvm-works");
        this.emulator = emulator;
    }

    /** Probes, or answers what this boot's probe found. */
    public boolean works() {
        if (!Files.exists(DEVICE)) {
            return false;
        }
        try {
            String boot = Files.readString(BOOT_ID).strip();
            if (Files.exists(answer)) {
                String[] words = Files.readString(answer).strip().split(" ");
                if (words.length == 2 && words[0].equals(boot)) {
                    return Boolean.parseBoolean(words[1]);
                }
            }
            boolean works = virtualises(HostFiles.line(CPU)) && runs("kvm", "host");
            AtomicFile.write(
                    answer,
                    (boot + " " + works + "\n").getBytes(StandardCharsets.US_ASCII),
                    PosixFilePermissions.fromString("rw-r--r--"));
            LOG.info("KVM {} on this host", works ? "works" : "does not work: guests are emulated");
            return works;
        } catch (IOException e) {
            LOG.warn("whether KVM works could not be found out, guests are emulated: {}", e.toString());
            return false;
        }
    }

    /** Whether the processor has what KVM is made for: Intel's VMX or AMD's SVM. */
    static boolean virtualises(String cpuinfo) {
        List<String> flags = HostFiles.cpu(cpuinfo).getFlagsList();
        return flags.contains("vmx") || flags.contains("svm");
    }

    /**
     * Runs three instructions under an accelerator: load a byte, write it to the debug port, halt.
     *
     * @param cpu the model that machines would be given: some hosts run a poor one and abort on their own
     */
    boolean runs(String accelerator, String cpu) throws IOException {
        Path firmware = Files.createTempFile("bellwether-probe", ".bin");
        try {
            byte[] code = new byte[FIRMWARE_BYTES];
            Arrays.fill(code, (byte) 0xF4); // hlt
            code[RESET_VECTOR] = (byte) 0xB0; // mov al, WRITTEN
            code[RESET_VECTOR + 1] = WRITTEN;
            code[RESET_VECTOR + 2] = (byte) 0xE6; // out 0xf4, al
            code[RESET_VECTOR + 3] = (byte) 0xF4;
            Files.write(firmware, code);
            Command.Outcome outcome = new Command(
                            List.of(
                                    emulator,
                                    "-machine",
                                    "pc",
                                    "-accel",
                                    accelerator,
                                    "-cpu",
                                    cpu,
                                    "-m",
                                    "8",
                                    "-nodefaults",
                                    "-display",
                                    "none",
                                    "-no-user-config",
                                    "-bios",
                                    firmware.toString(),
                                    "-device",
                                    "isa-debug-exit,iobase=0xf4,iosize=0x01"),
                            null)
                    .run(DEADLINE);
            if (outcome.status() != EXIT_STATUS) {
                LOG.info("the probe under {} ended with {}: {}", accelerator, outcome.status(), outcome.words());
            }
            return outcome.status() == EXIT_STATUS;
        } catch (Refusal e) {
            LOG.info("the probe under {} failed: {}", accelerator, e.getMessage());
            return false;
        } finally {
            Files.deleteIfExists(firmware);
        }
    }
}
