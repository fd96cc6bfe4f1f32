package org.bellwether.agent.storage;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.bellwether.agent.platform.Refusal;

/** The SCSI disks that the kernel sees, read from /sys: those of iSCSI sessions, and all others, which count as Fibre Channel. */
final class Luns {
    private static final Pattern SESSION = Pattern.compile("/session(\\d+)/");
    private static final Pattern HCTL = Pattern.compile("\\d+:\\d+:\\d+:(\\d+)");
    private static final int SECTOR = 512;

    private final Path sys;

    Luns() {
        this(Path.of("/sys"));
    }

    Luns(Path sys) {
        this.sys = sys;
    }

    /**
     * A LUN with all the paths to it.
     *
     * @param id as oVirt writes it: 3 and the NAA name, 2 and the EUI, 1 and the T10 name
     * @param device where it is used: the multipath device when there is one
     * @param sessions the iSCSI sessions that lead to it; none: Fibre Channel
     * @param ownUse whether the host seems to use it itself: it has partitions, or is mounted
     * @param held whether it or a part of it is in use right now, for a file system, for swap or as a part of another device
     */
    record Lun(
            String id,
            String device,
            long bytes,
            String vendor,
            String product,
            String serial,
            int number,
            List<Integer> sessions,
            int paths,
            boolean ownUse,
            boolean held) {
        boolean iscsi() {
            return !sessions.isEmpty();
        }
    }

    List<Lun> all() {
        List<Lun> luns = new ArrayList<>();
        for (Path block : list(sys.resolve("block"))) {
            String name = String.valueOf(block.getFileName());
            if (name.matches("sd[a-z]+")) {
                read(block, name).ifPresent(lun -> add(luns, lun));
            }
        }
        return luns;
    }

    /** The kernel's disks that no iSCSI session leads to, in /sys: each path to a LUN is one. */
    List<Path> pathsWithoutSession() {
        return list(sys.resolve("block")).stream()
                .filter(block -> String.valueOf(block.getFileName()).matches("sd[a-z]+"))
                .filter(block -> !SESSION.matcher(real(block.resolve("device"))).find())
                .toList();
    }

    /** Whether each LUN that a session has found is a disk by now: the kernel's driver looks at each in its own time. */
    boolean complete() {
        return list(sys.resolve("bus/scsi/devices")).stream()
                .filter(device -> line(device.resolve("type")).equals("0"))
                .filter(device -> SESSION.matcher(real(device)).find())
                .noneMatch(device -> list(device.resolve("block")).isEmpty());
    }

    /** The multipath devices, by their names, all of whose paths have become larger than they are. */
    List<String> outgrown() {
        return list(sys.resolve("block")).stream()
                .filter(Luns::isMap)
                .filter(map -> {
                    List<Path> paths = list(map.resolve("slaves"));
                    long size = sectors(map);
                    return !paths.isEmpty()
                            && paths.stream()
                                    .allMatch(path ->
                                            sectors(sys.resolve("block").resolve(String.valueOf(path.getFileName())))
                                                    > size);
                })
                .map(map -> line(map.resolve("dm/name")))
                .toList();
    }

    private static boolean isMap(Path block) {
        return line(block.resolve("dm/uuid")).startsWith("mpath-");
    }

    private static long sectors(Path block) {
        return number(line(block.resolve("size")));
    }

    List<String> devices() {
        return all().stream().filter(lun -> !lun.ownUse).map(Lun::device).toList();
    }

    Lun require(String id) {
        return all().stream().filter(lun -> lun.id.equals(id)).findFirst().orElseThrow(() -> unseen(id));
    }

    static Refusal unseen(String id) {
        return Refusal.notFound("This host does not see the LUN " + id)
                .next("Log in to its target, or check the zoning of the fabric.");
    }

    /** Several paths are one LUN. */
    private static void add(List<Lun> luns, Lun lun) {
        for (int at = 0; at < luns.size(); at++) {
            Lun other = luns.get(at);
            if (other.id.equals(lun.id)) {
                List<Integer> sessions = new ArrayList<>(other.sessions);
                sessions.addAll(lun.sessions);
                luns.set(
                        at,
                        new Lun(
                                other.id,
                                other.device,
                                other.bytes,
                                other.vendor,
                                other.product,
                                other.serial,
                                other.number,
                                List.copyOf(sessions),
                                other.paths + 1,
                                other.ownUse || lun.ownUse,
                                other.held || lun.held));
                return;
            }
        }
        luns.add(lun);
    }

    private Optional<Lun> read(Path block, String name) {
        Path device = block.resolve("device");
        if (!line(device.resolve("type")).equals("0")) {
            return Optional.empty();
        }
        String id = id(line(device.resolve("wwid")));
        Optional<Path> map =
                list(block.resolve("holders")).stream().filter(Luns::isMap).findFirst();
        // What is used is the map, which may not have followed its paths yet.
        long bytes = sectors(map.orElse(block)) * SECTOR;
        if (id.isEmpty() || bytes == 0) {
            return Optional.empty();
        }
        String real = real(device);
        Matcher session = SESSION.matcher(real);
        Matcher address = HCTL.matcher(real.substring(real.lastIndexOf('/') + 1));
        return Optional.of(new Lun(
                id,
                map.map(each -> "/dev/mapper/" + line(each.resolve("dm/name"))).orElse("/dev/" + name),
                bytes,
                line(device.resolve("vendor")),
                line(device.resolve("model")),
                serial(device),
                address.matches() ? (int) number(address.group(1)) : 0,
                session.find() ? List.of(Integer.parseInt(session.group(1))) : List.of(),
                1,
                ownUse(block, name),
                held(block, name)));
    }

    /** The name in the disk's VPD page 80. */
    private static String serial(Path device) {
        try {
            byte[] page = Files.readAllBytes(device.resolve("vpd_pg80"));
            return page.length > 4 ? new String(page, 4, page.length - 4, StandardCharsets.US_ASCII).strip() : "";
        } catch (IOException e) {
            return "";
        }
    }

    static String id(String wwid) {
        if (wwid.startsWith("naa.")) {
            return "3" + wwid.substring(4);
        }
        if (wwid.startsWith("eui.")) {
            return "2" + wwid.substring(4);
        }
        if (wwid.startsWith("t10.")) {
            return "1" + wwid.substring(4).strip().replaceAll("[^A-Za-z0-9._-]+", "_");
        }
        return "";
    }

    /** Partitions, or a mount of the disk itself. */
    private static boolean ownUse(Path block, String name) {
        boolean parted = list(block).stream().anyMatch(part -> Files.exists(part.resolve("partition")));
        return parted || mounted("/dev/" + name);
    }

    /** Partitions alone do not count: a guest may have made them. */
    private static boolean held(Path block, String name) {
        return taken(block, name)
                || list(block).stream()
                        .filter(part -> Files.exists(part.resolve("partition")))
                        .anyMatch(part -> taken(part, String.valueOf(part.getFileName())));
    }

    private static boolean taken(Path block, String name) {
        return carries(block) || mounted("/dev/" + name) || named("/proc/swaps", "/dev/" + name);
    }

    /** Whether something stands on it; a multipath device and its partitions are but the disk again. */
    private static boolean carries(Path block) {
        return list(block.resolve("holders")).stream()
                .anyMatch(holder -> !line(holder.resolve("dm/uuid")).matches("(part\\d+-)?mpath-.*")
                        || carries(holder)
                        || mounted("/dev/mapper/" + line(holder.resolve("dm/name")))
                        || named("/proc/swaps", "/dev/" + holder.getFileName()));
    }

    private static boolean mounted(String device) {
        return named("/proc/self/mounts", device);
    }

    private static boolean named(String table, String device) {
        try {
            return Files.readString(Path.of(table)).lines().anyMatch(line -> line.startsWith(device + " "));
        } catch (IOException e) {
            return true;
        }
    }

    private static String real(Path path) {
        try {
            return path.toRealPath().toString();
        } catch (IOException e) {
            return "";
        }
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    static String line(Path file) {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1).strip();
        } catch (IOException e) {
            return "";
        }
    }

    static List<Path> list(Path directory) {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.sorted().toList();
        } catch (IOException e) {
            return List.of();
        }
    }
}
