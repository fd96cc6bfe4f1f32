package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;

/**
 * LVM with argument arrays and a configuration of its own for each call: it sees the LUNs and nothing else of the host,
 * and keeps nothing between two pieces of work, because other hosts change the same groups.
 */
final class Lvm {
    static final long EXTENT = 128L << 20;
    private static final Duration DEADLINE = Duration.ofMinutes(2);
    private static final String SEPARATOR = "|";

    /** What a piece of work has read already, by the command. */
    private static final ScopedValue<Map<List<String>, List<String[]>>> READ = ScopedValue.newInstance();

    private final Supplier<List<String>> devices;

    /** A volume group. */
    record Group(String name, String uuid, long bytes, long freeBytes, List<String> tags) {}

    /**
     * A physical volume.
     *
     * @param used the extents on which something lies
     * @param metadata whether the group's own text is kept on it
     * @param group empty while it has none
     */
    record Physical(
            String device,
            String uuid,
            long bytes,
            long extents,
            long used,
            boolean metadata,
            String group,
            List<String> groupTags) {}

    /** A logical volume. */
    record Logical(String name, long bytes, List<String> tags, boolean active, boolean open) {
        Optional<String> tag(String prefix) {
            return tags.stream()
                    .filter(tag -> tag.startsWith(prefix))
                    .map(tag -> tag.substring(prefix.length()))
                    .findFirst();
        }
    }

    /** @param devices the paths of all LUNs of this host, as they are now */
    Lvm(Supplier<List<String>> devices) {
        this.devices = devices;
    }

    /**
     * A piece of work within which what was read counts until it changes something. Without it a domain of a
     * thousand volumes would be read thousands of times to write its OVF_STORE. Only for work on the domain's own lane,
     * because only one host changes a group and does so there.
     */
    static <T> T during(Callable<T> work) throws Exception {
        return READ.isBound()
                ? work.call()
                : ScopedValue.where(READ, new HashMap<>()).call(work::call);
    }

    List<Group> groups() {
        return rows("vgs", "vg_name,vg_uuid,vg_size,vg_free,vg_tags").stream()
                .map(row -> new Group(row[0], row[1], number(row[2]), number(row[3]), tags(row[4])))
                .toList();
    }

    Optional<Group> group(String name) {
        return groups().stream().filter(group -> group.name.equals(name)).findFirst();
    }

    List<Physical> physicals() {
        return rows("pvs", "pv_name,pv_uuid,pv_size,pv_pe_count,pv_pe_alloc_count,pv_mda_used_count,vg_name,vg_tags")
                .stream()
                .map(row -> new Physical(
                        row[0],
                        row[1],
                        number(row[2]),
                        number(row[3]),
                        number(row[4]),
                        number(row[5]) > 0,
                        row[6],
                        tags(row[7])))
                .toList();
    }

    List<Logical> volumes(String group) {
        return rows("lvs", "lv_name,lv_size,lv_tags,lv_active,lv_device_open", group).stream()
                .map(row -> new Logical(
                        row[0], number(row[1]), tags(row[2]), row[3].equals("active"), row[4].equals("open")))
                .toList();
    }

    /** Whether extents of the group are being moved, by whomever, or were when that was cut off. */
    boolean moving(String group) {
        return run("lvs", "--all", "--noheadings", "--options", "lv_name", group)
                .lines()
                .anyMatch(line -> line.strip().startsWith("[pvmove"));
    }

    /** The physical volumes on which a volume lies, with the extents: {@code /dev/sdb(0)}. */
    String places(String group, String volume) {
        return run("lvs", "--noheadings", "--options", "devices", group + "/" + volume);
    }

    /** LVM that sees these devices and no others. */
    static Lvm seeing(List<String> devices) {
        return new Lvm(() -> devices);
    }

    /** A command that takes long, for whoever watches it. */
    Command command(String program, List<String> arguments) {
        List<String> words = new ArrayList<>(List.of(program, "--config", configuration()));
        words.addAll(arguments);
        return new Command(words, null);
    }

    private List<String[]> rows(String program, String columns, String... more) {
        List<String> arguments = new ArrayList<>(
                List.of("--noheadings", "--nosuffix", "--units", "b", "--separator", SEPARATOR, "--options", columns));
        arguments.addAll(List.of(more));
        Command command = command(program, arguments);
        return READ.isBound()
                ? READ.get().computeIfAbsent(command.arguments(), any -> rows(program, arguments, command, columns))
                : rows(program, arguments, command, columns);
    }

    private static List<String[]> rows(String program, List<String> arguments, Command command, String columns) {
        int count = columns.split(",").length;
        return output(program, arguments, command)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split("\\|", -1))
                .filter(row -> row.length == count)
                .toList();
    }

    /** Runs one command, which may change something, and answers what it printed. */
    String run(String program, String... arguments) {
        return run(program, Arrays.asList(arguments));
    }

    String run(String program, List<String> arguments) {
        try {
            return output(program, arguments, command(program, arguments));
        } finally {
            if (READ.isBound()) {
                READ.get().clear();
            }
        }
    }

    private static String output(String program, List<String> arguments, Command command) {
        Command.Outcome outcome = command.run(DEADLINE);
        if (!outcome.worked()) {
            throw refusal(program, arguments, outcome);
        }
        return outcome.output();
    }

    private static Refusal refusal(String program, List<String> arguments, Command.Outcome outcome) {
        String what = program + " " + String.join(" ", arguments) + " did not work";
        String lower = outcome.words().toLowerCase(Locale.ROOT);
        if (lower.contains("insufficient free space") || lower.contains("not enough free space")) {
            return Refusal.of(Error.Code.NO_SPACE, "The volume group has no room")
                    .because(outcome.words())
                    .next("Extend the storage domain with a LUN, or delete disks.");
        }
        if (lower.contains("not found") || lower.contains("failed to find")) {
            return Refusal.of(Error.Code.NOT_FOUND, what).because(outcome.words());
        }
        if (lower.contains("in use") || lower.contains("is used by")) {
            return Refusal.of(Error.Code.IN_USE, what).because(outcome.words());
        }
        return Refusal.of(Error.Code.REFUSED, what)
                .because(outcome.words().isEmpty() ? "it ended with " + outcome.status() : outcome.words());
    }

    private String configuration() {
        String accepted = devices.get().stream()
                .map(device -> "\"a|^" + device.replace(".", "\\\\.") + "$|\"")
                .collect(Collectors.joining(","));
        String filter = "[" + accepted + (accepted.isEmpty() ? "" : ",") + "\"r|.*|\"]";
        return "devices { filter=" + filter
                + " use_devicesfile=0 scan_lvs=0 hints=\"none\" obtain_device_list_from_udev=0"
                + " preferred_names=[\"^/dev/mapper/\"] ignore_suspended_devices=1 disable_after_error_count=3 }"
                + " global { use_lvmpolld=0 wait_for_locks=1 } backup { backup=0 archive=0 } activation { monitoring=0"
                + " }";
    }

    private static long number(String text) {
        try {
            return text.isEmpty() ? 0 : Long.parseLong(text.strip());
        } catch (NumberFormatException e) {
            return 0;
        }
    }

    private static List<String> tags(String text) {
        return text.isEmpty() ? List.of() : List.of(text.split(","));
    }
}
