package org.bellwether.agent.network;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/**
 * DHCP clients, one for each interface that asks: dhclient where the host has it, else busybox's. They go on when the
 * agent ends, as addresses must.
 */
final class Dhcp {
    private static final Duration DEADLINE = Duration.ofSeconds(15);
    private static final List<Path> DHCLIENT = List.of(Path.of("/sbin/dhclient"), Path.of("/usr/sbin/dhclient"));
    private static final List<Path> BUSYBOX = List.of(Path.of("/bin/busybox"), Path.of("/usr/bin/busybox"));

    private final Path run;

    /** @param run where the ids of the clients are kept; gone after a reboot, as the clients are */
    Dhcp(Path run) {
        this.run = run;
    }

    boolean runs(String device, boolean ipv6) {
        return pid(device, ipv6) > 0;
    }

    void start(String device, boolean ipv6) {
        if (runs(device, ipv6)) {
            return;
        }
        try {
            Files.createDirectories(run);
            Command.Outcome outcome = Command.of(words(device, ipv6)).run(DEADLINE);
            if (!outcome.worked()) {
                throw Refusal.of(Error.Code.REFUSED, "No address can be asked for on " + device)
                        .because(outcome.words());
            }
        } catch (IOException e) {
            throw Refusal.of(Error.Code.REFUSED, "No address can be asked for on " + device)
                    .because(String.valueOf(e.getMessage()));
        }
    }

    void stop(String device, boolean ipv6) {
        long pid = pid(device, ipv6);
        if (pid > 0) {
            ProcessHandle.of(pid).ifPresent(ProcessHandle::destroy);
        }
        try {
            Files.deleteIfExists(file(device, ipv6));
        } catch (IOException e) {
            throw Refusal.of(Error.Code.REFUSED, "The address client on " + device + " cannot be ended")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    private String[] words(String device, boolean ipv6) throws IOException {
        String pidFile = file(device, ipv6).toString();
        for (Path program : DHCLIENT) {
            if (Files.isExecutable(program)) {
                return new String[] {
                    program.toString(),
                    ipv6 ? "-6" : "-4",
                    "-nw",
                    "-pf",
                    pidFile,
                    "-lf",
                    pidFile.replaceFirst("pid$", "leases"),
                    device
                };
            }
        }
        for (Path program : BUSYBOX) {
            if (Files.isExecutable(program) && !ipv6) {
                return new String[] {
                    program.toString(),
                    "udhcpc",
                    "-b",
                    "-R",
                    "-i",
                    device,
                    "-p",
                    pidFile,
                    "-t",
                    "2",
                    "-T",
                    "2",
                    "-s",
                    script().toString()
                };
            }
        }
        throw Refusal.notFound("This host has no client for DHCP" + (ipv6 ? "v6" : ""))
                .next("Install isc-dhcp-client or dhcp-client, or give the address yourself.");
    }

    /** What busybox's client calls with what it was given. */
    private Path script() throws IOException {
        Path script = run.resolve("dhcp-script");
        try (InputStream content = Objects.requireNonNull(Dhcp.class.getResourceAsStream("dhcp-script"))) {
            Files.copy(content, script, StandardCopyOption.REPLACE_EXISTING);
        }
        Files.setPosixFilePermissions(script, PosixFilePermissions.fromString("rwx------"));
        return script;
    }

    private long pid(String device, boolean ipv6) {
        try {
            long pid = Long.parseLong(
                    Files.readString(file(device, ipv6), StandardCharsets.UTF_8).strip());
            return new ArrayList<>(List.of(command(pid).split("\0"))).contains(device) ? pid : 0;
        } catch (IOException | NumberFormatException e) {
            return 0;
        }
    }

    /** A reused id must not be taken for a client. */
    private static String command(long pid) throws IOException {
        return Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.UTF_8);
    }

    private Path file(String device, boolean ipv6) {
        return run.resolve("dhcp" + (ipv6 ? "6-" : "4-") + device + ".pid");
    }
}
