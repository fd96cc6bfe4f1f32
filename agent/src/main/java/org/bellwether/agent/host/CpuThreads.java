package org.bellwether.agent.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.NavigableSet;
import java.util.TreeSet;
import org.bellwether.protocol.CpuThread;

/** The hardware threads of this host, as the kernel tells them. */
final class CpuThreads {
    private static final String NODE = "node";

    private CpuThreads() {}

    /**
     * Those that are online, by number; one whose place the kernel does not tell is left out.
     *
     * @param system {@code /sys/devices/system/cpu}
     */
    static List<CpuThread> read(Path system) {
        List<CpuThread> threads = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(system, "cpu[0-9]*")) {
            for (Path cpu : all) {
                String siblings = HostFiles.line(cpu.resolve("topology/thread_siblings_list"));
                String socket = HostFiles.line(cpu.resolve("topology/physical_package_id"));
                // A thread that is offline has no topology.
                if (siblings.matches("[0-9]+.*") && socket.matches("-?[0-9]+")) {
                    threads.add(CpuThread.newBuilder()
                            .setNumber(number(cpu.getFileName().toString().substring("cpu".length())))
                            // Machines without sockets of their own say -1.
                            .setSocket(Math.max(0, number(socket)))
                            .setCore(number(siblings.split("[^0-9]")[0]))
                            .setNode(node(cpu))
                            .build());
                }
            }
        } catch (IOException e) {
            return List.of();
        }
        threads.sort(Comparator.comparingInt(CpuThread::getNumber));
        return threads;
    }

    private static int node(Path cpu) throws IOException {
        NavigableSet<Integer> nodes = new TreeSet<>();
        try (DirectoryStream<Path> found = Files.newDirectoryStream(cpu, NODE + "[0-9]*")) {
            found.forEach(node -> nodes.add(number(node.getFileName().toString().substring(NODE.length()))));
        }
        return nodes.isEmpty() ? 0 : nodes.first();
    }

    private static int number(String text) {
        return Integer.parseInt(text);
    }
}
