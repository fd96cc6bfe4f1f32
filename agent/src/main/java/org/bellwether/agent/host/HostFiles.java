package org.bellwether.agent.host;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.bellwether.protocol.CpuDescription;
import org.bellwether.protocol.HostStatistics;
import org.bellwether.protocol.InterfaceStatistics;

/** Reads what the kernel tells in /proc and /sys. The parsers are pure; what cannot be read is empty. */
public final class HostFiles {
    private static final long KIB = 1024;

    private HostFiles() {}

    /** What a file of the kernel holds; empty when it cannot be read. */
    public static String line(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            return "";
        }
    }

    static String dmi(String name) {
        return line(Path.of("/sys/class/dmi/id").resolve(name));
    }

    /** NAME="value" lines of os-release(5). */
    static Map<String, String> osRelease(String text) {
        Map<String, String> values = new LinkedHashMap<>();
        for (String line : text.split("\n")) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                String value = line.substring(equals + 1).strip();
                boolean quoted = value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"");
                values.put(line.substring(0, equals), quoted ? value.substring(1, value.length() - 1) : value);
            }
        }
        return values;
    }

    /** Processor facts of /proc/cpuinfo, without what libvirt tells. */
    static CpuDescription.Builder cpu(String cpuinfo) {
        Map<String, String> first = new LinkedHashMap<>();
        Set<String> sockets = new LinkedHashSet<>();
        int processors = 0;
        for (String line : cpuinfo.split("\n")) {
            int colon = line.indexOf(':');
            if (colon < 0) {
                continue;
            }
            String key = line.substring(0, colon).strip();
            String value = line.substring(colon + 1).strip();
            first.putIfAbsent(key, value);
            if (key.equals("processor")) {
                processors++;
            }
            if (key.equals("physical id")) {
                sockets.add(value);
            }
        }
        int socketCount = Math.max(1, sockets.size());
        int siblings = Math.max(1, number(first.getOrDefault("siblings", Integer.toString(processors / socketCount))));
        int cores = Math.max(1, number(first.getOrDefault("cpu cores", Integer.toString(siblings))));
        return CpuDescription.newBuilder()
                .setVendor(
                        switch (first.getOrDefault("vendor_id", "")) {
                            case "GenuineIntel" -> "Intel";
                            case "AuthenticAMD" -> "AMD";
                            case String other -> other;
                        })
                .setModelName(first.getOrDefault("model name", ""))
                .setSockets(socketCount)
                .setCoresPerSocket(cores)
                .setThreadsPerCore(Math.max(1, siblings / cores))
                .setSpeedMhz(decimal(first.getOrDefault("cpu MHz", "0")))
                .addAllFlags(List.of(first.getOrDefault("flags", "").split(" ")));
    }

    /** Bytes by key of /proc/meminfo. */
    public static Map<String, Long> memory(String meminfo) {
        Map<String, Long> bytes = new LinkedHashMap<>();
        for (String line : meminfo.split("\n")) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                String[] words = line.substring(colon + 1).strip().split(" ");
                bytes.put(line.substring(0, colon), ((long) decimal(words[0])) * (words.length > 1 ? KIB : 1));
            }
        }
        return bytes;
    }

    /** Milliseconds since 1970 when the host booted, from /proc/stat. */
    static long bootTimeMillis(String stat) {
        for (String line : stat.split("\n")) {
            if (line.startsWith("btime ")) {
                return Long.parseLong(line.substring("btime ".length()).strip()) * 1000;
            }
        }
        return 0;
    }

    /**
     * Time that all processors together spent, in ticks.
     *
     * @param user with nice
     * @param system with interrupts
     */
    record CpuTimes(long user, long system, long idle, long total) {
        static CpuTimes of(String stat) {
            String[] words =
                    stat.substring(0, Math.max(0, stat.indexOf('\n'))).strip().split(" +");
            long[] ticks = new long[8];
            for (int i = 0; i < ticks.length && i + 1 < words.length; i++) {
                ticks[i] = Long.parseLong(words[i + 1]);
            }
            long total = 0;
            for (long part : ticks) {
                total += part;
            }
            return new CpuTimes(ticks[0] + ticks[1], ticks[2] + ticks[5] + ticks[6], ticks[3] + ticks[4], total);
        }

        /** Shares between two readings, in percent of all processors. */
        void shares(CpuTimes before, HostStatistics.Builder statistics) {
            double ticks = total - before.total;
            if (ticks > 0) {
                statistics
                        .setCpuUserPercent(100 * (user - before.user) / ticks)
                        .setCpuSystemPercent(100 * (system - before.system) / ticks)
                        .setCpuIdlePercent(100 * (idle - before.idle) / ticks);
            }
        }
    }

    /** Counters of /proc/net/dev, which shows the network namespace of who reads it. */
    static List<InterfaceStatistics> interfaces(String dev) {
        return dev.lines()
                .filter(line -> line.indexOf(':') > 0)
                .map(line -> {
                    int colon = line.indexOf(':');
                    String[] words = line.substring(colon + 1).strip().split(" +");
                    return InterfaceStatistics.newBuilder()
                            .setName(line.substring(0, colon).strip())
                            .setRxBytes(Long.parseUnsignedLong(words[0]))
                            .setRxErrors(Long.parseUnsignedLong(words[2]))
                            .setRxDropped(Long.parseUnsignedLong(words[3]))
                            .setTxBytes(Long.parseUnsignedLong(words[8]))
                            .setTxErrors(Long.parseUnsignedLong(words[10]))
                            .setTxDropped(Long.parseUnsignedLong(words[11]))
                            .build();
                })
                .toList();
    }

    private static int number(String text) {
        return (int) decimal(text);
    }

    private static double decimal(String text) {
        try {
            return Double.parseDouble(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }
}
