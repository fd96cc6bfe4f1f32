package org.bellwether.agent;

import java.io.IOException;
import java.io.Reader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Properties;
import java.util.Set;
import java.util.TreeSet;

/**
 * The agent's configuration: a properties file, every key optional, unknown keys refused.
 *
 * @param stateDirectory keys, certificates and small facts; readable by root alone
 * @param listenAddress where the engine connects to; an address of this host, or 0.0.0.0
 * @param listenPort TCP port there
 * @param libvirtUri of this host's libvirt
 * @param mountRoot where storage appears; the same on all hosts of a cluster
 * @param libvirtTlsPort where this host's libvirt listens for migrations from other hosts
 * @param scratchDirectory where what guests overwrite during a backup is put aside; QEMU must be able to reach it
 * @param transferPort where clients send and fetch the bytes of disks
 * @param exchangeDirectories where archives of machines may be read from and written to
 * @param sanlockIoTimeout seconds in which shared storage must answer; a host is given up after eight times as long
 * @param engineHaInterval how often the hosts that keep the engine's machine look at one another; one that says nothing for six
 *     times as long is dead
 * @param memoryLowPercent when so much of the host's memory or less is available, machines give back what they do not use
 * @param cockpitPort where those come into this host's Cockpit for whom the engine vouches
 */
public record AgentConfig(
        Path stateDirectory,
        String listenAddress,
        int listenPort,
        String libvirtUri,
        Path mountRoot,
        int libvirtTlsPort,
        Path scratchDirectory,
        int transferPort,
        List<Path> exchangeDirectories,
        int sanlockIoTimeout,
        Duration engineHaInterval,
        int memoryLowPercent,
        int cockpitPort) {

    private static final Set<String> KEYS = Set.of(
            "state-dir",
            "listen-address",
            "listen-port",
            "libvirt-uri",
            "mount-root",
            "libvirt-tls-port",
            "scratch-dir",
            "transfer-port",
            "exchange-directories",
            "sanlock-io-timeout",
            "engine-ha-interval",
            "memory-low-percent",
            "cockpit-port");
    private static final int LAST_PORT = 65535;
    private static final int LONGEST_IO_TIMEOUT = 60;
    private static final int LONGEST_INTERVAL = 60;
    private static final int HUNDRED = 100;

    /** A configuration that cannot be used; the message says which key, and why. */
    public static final class InvalidConfig extends Exception {
        private static final long serialVersionUID = 1L;

        InvalidConfig(String message) {
            super(message);
        }
    }

    static AgentConfig read(Path file) throws InvalidConfig {
        Properties properties = new Properties();
        try (Reader reader = Files.newBufferedReader(file)) {
            properties.load(reader);
        } catch (IOException | IllegalArgumentException e) {
            throw new InvalidConfig("The configuration " + file + " cannot be read: " + e.getMessage());
        }
        TreeSet<String> unknown = new TreeSet<>(properties.stringPropertyNames());
        unknown.removeAll(KEYS);
        if (!unknown.isEmpty()) {
            throw new InvalidConfig("The configuration " + file + " has the unknown key " + unknown.first()
                    + "; known are " + String.join(", ", new TreeSet<>(KEYS)));
        }
        return new AgentConfig(
                directory(properties, "state-dir", "/var/lib/bellwether-agent"),
                properties.getProperty("listen-address", "0.0.0.0").strip(),
                number(properties, "listen-port", 54321, LAST_PORT),
                properties.getProperty("libvirt-uri", "qemu:///system").strip(),
                directory(properties, "mount-root", "/rhev/data-center/mnt"),
                number(properties, "libvirt-tls-port", 16514, LAST_PORT),
                directory(properties, "scratch-dir", "/var/lib/libvirt/bellwether-scratch"),
                number(properties, "transfer-port", 54322, LAST_PORT),
                directories(properties),
                number(properties, "sanlock-io-timeout", 10, LONGEST_IO_TIMEOUT),
                Duration.ofSeconds(number(properties, "engine-ha-interval", 10, LONGEST_INTERVAL)),
                number(properties, "memory-low-percent", 20, HUNDRED),
                number(properties, "cockpit-port", 9091, LAST_PORT));
    }

    private static List<Path> directories(Properties properties) throws InvalidConfig {
        List<Path> directories = new ArrayList<>();
        for (String one : properties
                .getProperty("exchange-directories", "/var/lib/bellwether/exchange")
                .split(",", -1)) {
            Path path = Path.of(one.strip()).normalize();
            if (!one.isBlank() && (!path.isAbsolute() || path.getNameCount() == 0)) {
                throw new InvalidConfig(
                        "The configuration's exchange-directories must be absolute paths, and not /, but one is "
                                + path);
            }
            if (!one.isBlank()) {
                directories.add(path);
            }
        }
        return List.copyOf(directories);
    }

    private static Path directory(Properties properties, String key, String otherwise) throws InvalidConfig {
        Path path = Path.of(properties.getProperty(key, otherwise).strip()).normalize();
        if (!path.isAbsolute()) {
            throw new InvalidConfig("The configuration's " + key + " must be an absolute path, not " + path);
        }
        return path;
    }

    private static int number(Properties properties, String key, int otherwise, int most) throws InvalidConfig {
        String value = properties.getProperty(key, Integer.toString(otherwise)).strip();
        try {
            int number = Integer.parseInt(value);
            if (number > 0 && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            throw new InvalidConfig("The configuration's " + key + " must be a number, not " + value);
        }
        throw new InvalidConfig("The configuration's " + key + " must be between 1 and " + most + ", not " + value);
    }
}
