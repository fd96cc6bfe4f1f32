package org.bellwether.lab;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * The management controller of a host: OpenIPMI's simulator, which speaks real IPMI on the lab's bridge and asks this process
 * about the host's power, because whoever starts a host's first process owns it.
 */
public final class Bmc implements AutoCloseable {
    static final String USER = "fence";
    static final String PASSWORD = "switches-it";

    /** Of IPMI's cipher suites: asked which ones it has, the simulator says nothing, which takes ipmitool 15 s to notice. */
    static final String CIPHER = "3";

    private static final Path PROGRAM = Path.of("/usr/bin/ipmi_sim");
    private static final Path FENCE_AGENT = Path.of("/usr/sbin/fence_ipmilan");

    private final Lab lab;
    private final LabHost host;
    private final int number;
    private final Path directory;
    private final ServerSocket power;

    private Bmc(Lab lab, int number, ServerSocket power) {
        this.lab = lab;
        this.host = lab.host(number);
        this.number = number;
        this.directory = lab.directory().resolve("bmc").resolve(host.name());
        this.power = power;
    }

    /** Whether this machine has the simulator and what speaks with it. */
    static boolean installed() {
        return Files.exists(PROGRAM) && Files.exists(FENCE_AGENT);
    }

    /** The controller of the host of that number, running. */
    static Bmc of(Lab lab, int number) {
        try {
            Bmc bmc = new Bmc(lab, number, new ServerSocket(0, 8, InetAddress.getLoopbackAddress()));
            Thread.ofVirtual().name("bmc-" + bmc.host.name()).start(bmc::serve);
            bmc.layOut();
            bmc.start();
            return bmc;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String address() {
        return lab.network().gateway();
    }

    int port() {
        return 6230 + number;
    }

    private Path pid() {
        return directory.resolve("pid");
    }

    private void layOut() throws IOException {
        Files.createDirectories(directory.resolve("state"));
        Path chassis = directory.resolve("chassis");
        Files.writeString(chassis, """
                #!/bin/bash
                # Of "get power" and "set power 0|1"; everything else has no meaning for a host of namespaces.
                exec 3<>/dev/tcp/127.0.0.1/%d
                echo "$*" >&3
                read -r answer <&3
                [ -z "$answer" ] || echo "$answer"
                """.formatted(power.getLocalPort()));
        Command.run("chmod", "755", chassis.toString());
        String auths = "none md2 md5 straight";
        Files.writeString(directory.resolve("lan.conf"), """
                name "%s"
                set_working_mc 0x20
                startlan 1
                  addr %s %d
                  priv_limit admin
                  allowed_auths_callback %s
                  allowed_auths_user %s
                  allowed_auths_operator %s
                  allowed_auths_admin %s
                  guid a123456789abcdefa123456789abcd%02x
                endlan
                chassis_control "%s"
                startnow false
                user 1 true "" "nobody" user 10 %s
                user 2 true "%s" "%s" admin 10 %s
                """.formatted(
                        host.name(),
                        address(),
                        port(),
                        auths,
                        auths,
                        auths,
                        auths,
                        number,
                        chassis,
                        auths,
                        USER,
                        PASSWORD,
                        auths));
        Files.writeString(directory.resolve("commands"), """
                mc_setbmc 0x20
                mc_add 0x20 0 no-device-sdrs 0x23 9 8 0x9f 0x1291 0xf02 persist_sdr
                mc_enable 0x20
                """);
    }

    /** Starts the controller; nothing happens when it runs. */
    void start() {
        Namespace inside = lab.enclosure("bmc" + number, Map.of());
        if (!inside.runs(pid())) {
            inside.launch(
                    directory.resolve("log"),
                    pid(),
                    List.of(
                            PROGRAM.toString(),
                            "-n",
                            "-c",
                            directory.resolve("lan.conf").toString(),
                            "-f",
                            directory.resolve("commands").toString(),
                            "-s",
                            directory.resolve("state").toString()));
        }
        if (!Await.holds(Duration.ofSeconds(20), () -> status().succeeded())) {
            throw new LabFailure("the management controller of " + host.name() + " does not answer: "
                    + status().output() + LogFile.end(directory.resolve("log")));
        }
    }

    private Command.Outcome status() {
        return Command.attempt(
                Duration.ofSeconds(20),
                List.of(
                        "ipmitool",
                        "-I",
                        "lanplus",
                        "-C",
                        CIPHER,
                        "-R",
                        "1",
                        "-H",
                        address(),
                        "-p",
                        Integer.toString(port()),
                        "-U",
                        USER,
                        "-P",
                        PASSWORD,
                        "chassis",
                        "power",
                        "status"));
    }

    /** Kills the controller, as when its cable is pulled: nobody switches or sees the host's power any more. */
    void kill() {
        lab.running("bmc" + number).ifPresent(inside -> {
            inside.signal("KILL", pid());
            if (!Await.holds(Duration.ofSeconds(20), () -> !inside.runs(pid()))) {
                throw new LabFailure("the management controller of " + host.name() + " does not end");
            }
        });
    }

    private void serve() {
        while (!power.isClosed()) {
            try (Socket caller = power.accept()) {
                String asked = new BufferedReader(
                                new InputStreamReader(caller.getInputStream(), StandardCharsets.US_ASCII))
                        .readLine();
                caller.getOutputStream()
                        .write((answer(asked == null ? "" : asked) + "\n").getBytes(StandardCharsets.US_ASCII));
            } catch (IOException | RuntimeException e) {
                if (!power.isClosed()) {
                    System.err.println("the power of " + host.name() + " was not asked or switched: " + e);
                }
            }
        }
    }

    private String answer(String asked) {
        if (asked.endsWith("get power")) {
            return "power:" + (host.poweredOn() ? 1 : 0);
        }
        if (asked.endsWith("set power 0")) {
            host.powerOff();
        } else if (asked.endsWith("set power 1") && !host.poweredOn()) {
            host.powerOn();
            // A firmware is on long before its system is.
            Thread.ofVirtual().name("boot-" + host.name()).start(() -> LabHosts.bringUp(host));
        }
        return "";
    }

    @Override
    public void close() {
        kill();
        try {
            power.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
