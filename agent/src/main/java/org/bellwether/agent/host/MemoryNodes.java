package org.bellwether.agent.host;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bellwether.protocol.MemoryNode;

/** The parts that this host's memory has, as the kernel tells them. */
final class MemoryNodes {
    private static final long KIB = 1024;
    private static final String NODE = "node";
    private static final Pattern TOTAL = Pattern.compile("MemTotal:\\s+(\\d{1,15}) kB");

    private MemoryNodes() {}

    /**
     * By number; none where the kernel tells of none.
     *
     * @param system {@code /sys/devices/system/node}
     */
    static List<MemoryNode> read(Path system) {
        List<MemoryNode> nodes = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(system, NODE + "[0-9]*")) {
            for (Path node : all) {
                nodes.add(node(node));
            }
        } catch (IOException e) {
            return List.of();
        }
        nodes.sort(Comparator.comparingInt(MemoryNode::getNumber));
        return nodes;
    }

    private static MemoryNode node(Path folder) {
        MemoryNode.Builder node = MemoryNode.newBuilder()
                .setNumber(Integer.parseInt(folder.getFileName().toString().substring(NODE.length())));
        Matcher total = TOTAL.matcher(HostFiles.line(folder.resolve("meminfo")));
        if (total.find()) {
            node.setMemoryBytes(Long.parseLong(total.group(1)) * KIB);
        }
        for (String distance : HostFiles.line(folder.resolve("distance")).split(" +", -1)) {
            if (distance.matches("\\d{1,4}")) {
                node.addDistances(Integer.parseInt(distance));
            }
        }
        return node.build();
    }
}
