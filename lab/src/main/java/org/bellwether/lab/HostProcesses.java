package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * The processes of a host, as the machine that carries it sees them.
 *
 * @param first the id of the host's first process there
 */
record HostProcesses(long first) {
    private static final long SIGKILL = 1 << 8;

    /**
     * How many QEMU processes run on this host for the machine of that id or name. One that was killed and cannot die, because
     * its storage hangs, executes nothing any more and is not counted; on a host with a watchdog it would be gone.
     */
    long qemu(String machine) {
        try (Stream<ProcessHandle> processes = ProcessHandle.allProcesses()) {
            String own = mountsOf(first);
            return processes
                    .filter(process -> commandLine(process.pid()).contains("qemu-system"))
                    .filter(process -> commandLine(process.pid()).contains(machine))
                    .filter(process -> mountsOf(process.pid()).equals(own))
                    .filter(process -> !killed(process.pid()))
                    .count();
        }
    }

    /** Whether it has a SIGKILL that it did not die of yet. */
    private static boolean killed(long pid) {
        try (Stream<String> lines = Files.lines(Path.of("/proc", Long.toString(pid), "status"))) {
            return lines.filter(line -> line.startsWith("SigPnd:") || line.startsWith("ShdPnd:"))
                    .map(line -> Long.parseUnsignedLong(
                            line.substring(line.indexOf(':') + 1).strip(), 16))
                    .anyMatch(pending -> (pending & SIGKILL) != 0);
        } catch (IOException | UncheckedIOException gone) {
            return true;
        }
    }

    private static String commandLine(long pid) {
        try {
            return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"));
        } catch (IOException e) {
            return "";
        }
    }

    private static String mountsOf(long pid) {
        try {
            return Files.readSymbolicLink(Path.of("/proc", Long.toString(pid), "ns", "mnt"))
                    .toString();
        } catch (IOException e) {
            return "";
        }
    }
}
