package org.bellwether.agent.keeper;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import org.bellwether.agent.host.HostFacts;
import org.bellwether.agent.host.HostFiles;
import org.bellwether.protocol.HostDescription;
import org.bellwether.protocol.MachineDefinition;
import org.bellwether.protocol.NetworkInterface;
import org.bellwether.protocol.NicDevice;

/** What of this host matters to the engine's machine, looked at now. */
final class Surroundings {
    private static final int GATEWAY_MILLIS = 2_000;
    private static final Path PROC = Path.of("/proc");
    private static final double TICKS_PER_SECOND = 100;
    /** In /proc/PID/stat, after the command's name in brackets. */
    private static final int USER_TICKS = 11;

    private final HostFacts host;
    private long lastTicks;
    private long lastLook;

    Surroundings(HostFacts host) {
        this.host = host;
    }

    /** @param qemu its process when it runs here; 0: it does not */
    Score.Facts look(MachineDefinition machine, int qemu, boolean lease, boolean maintenance, boolean failing) {
        HostDescription now = host.describe();
        Set<String> up = now.getBridgesList().stream()
                .filter(org.bellwether.protocol.Bridge::getUp)
                .map(org.bellwether.protocol.Bridge::getName)
                .collect(Collectors.toSet());
        boolean bridges = machine.getNicsList().stream()
                .map(NicDevice::getNetwork)
                .filter(network -> !network.isEmpty())
                .allMatch(up::contains);
        long available =
                HostFiles.memory(HostFiles.line(PROC.resolve("meminfo"))).getOrDefault("MemAvailable", 0L);
        return new Score.Facts(
                gateway(now),
                load(qemu),
                bridges,
                qemu != 0 || available >= machine.getMemoryBytes(),
                lease,
                maintenance,
                failing);
    }

    private static boolean gateway(HostDescription now) {
        return now.getInterfacesList().stream()
                .map(NetworkInterface::getIpv4Gateway)
                .filter(gateway -> !gateway.isEmpty())
                .allMatch(Surroundings::answers);
    }

    private static boolean answers(String address) {
        try {
            return InetAddress.getByName(address).isReachable(GATEWAY_MILLIS);
        } catch (IOException e) {
            return false;
        }
    }

    /** The share of processors that are busy, without what the machine itself takes: it would flee from itself. */
    private double load(int qemu) {
        String[] words = HostFiles.line(PROC.resolve("loadavg")).split(" ");
        int threads = Math.max(1, Runtime.getRuntime().availableProcessors());
        double load = words.length > 1 ? Double.parseDouble(words[1]) : 0;
        return Math.clamp((load - ofMachine(qemu)) / threads, 0, 1);
    }

    /** How many processors it kept busy since the last look. */
    private double ofMachine(int qemu) {
        String stat = qemu == 0
                ? ""
                : HostFiles.line(PROC.resolve(Integer.toString(qemu)).resolve("stat"));
        String[] words = stat.substring(stat.lastIndexOf(')') + 1).strip().split(" ");
        long ticks = words.length > USER_TICKS + 1
                ? Long.parseLong(words[USER_TICKS]) + Long.parseLong(words[USER_TICKS + 1])
                : 0;
        long look = System.nanoTime();
        double seconds = (look - lastLook) / 1e9;
        double busy = lastTicks == 0 || ticks < lastTicks ? 0 : (ticks - lastTicks) / TICKS_PER_SECOND / seconds;
        lastTicks = ticks;
        lastLook = look;
        return busy;
    }
}
