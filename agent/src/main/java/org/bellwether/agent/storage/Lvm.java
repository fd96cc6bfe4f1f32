package org.bellwether.agent.storage;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
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
    private static final String LIST = "lvs";

    private static final int TAGS_AT = 2;
    private static final int ACTIVE_AT = 3;
    private static final String ACTIVE = "active";

    private static final ScopedValue<Seen> SEEN = ScopedValue.newInstance();

    private final Supplier<List<String>> devices;
    private final Runner runner;

    /** Runs a command of LVM to its end. */
    interface Runner {
        Command.Outcome run(Command command);
    }

    /**
     * What a piece of work knows of the groups.
     *
     * @param rows what was read, by the command
     * @param fresh volumes that it has made readable itself, in the size that they have
     */
    private record Seen(Map<List<String>, List<String[]>> rows, Set<String> fresh) {
        /** After a change of anything, anywhere. */
        void forget() {
            rows.clear();
            fresh.clear();
        }

        private static boolean lists(List<String> command, String group) {
            return command.getFirst().equals(LIST) && command.getLast().equals(group);
        }

        /** A volume was made: how much is free is another number now, the group's other volumes are as they were. */
        void made(String group, String[] row) {
            rows.keySet().removeIf(command -> !lists(command, group));
            rows.values().forEach(volumes -> volumes.add(row));
            fresh.add(group + "/" + row[0]);
        }

        void activated(String group, Set<String> names) {
            rows.forEach((command, volumes) -> {
                if (lists(command, group)) {
                    volumes.stream().filter(row -> names.contains(row[0])).forEach(row -> row[ACTIVE_AT] = ACTIVE);
                }
            });
            names.forEach(name -> fresh.add(group + "/" + name));
        }
    }

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
        this(devices, command -> command.run(DEADLINE));
    }

    Lvm(Supplier<List<String>> devices, Runner runner) {
        this.devices = devices;
        this.runner = runner;
    }

    /**
     * A piece of work within which what was read counts until it changes something. Without it a domain of a
     * thousand volumes would be read thousands of times to write its OVF_STORE. Only for work on the domain's own lane,
     * because only one host changes a group and does so there.
     */
    static <T> T during(Callable<T> work) throws Exception {
        return SEEN.isBound()
                ? work.call()
                : ScopedValue.where(SEEN, new Seen(new HashMap<>(), new HashSet<>()))
                        .call(work::call);
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
        return rows(LIST, "lv_name,lv_size,lv_tags,lv_active,lv_device_open", group).stream()
                .map(row -> new Logical(
                        row[0],
                        number(row[1]),
                        tags(row[TAGS_AT]),
                        row[ACTIVE_AT].equals(ACTIVE),
                        row[4].equals("open")))
                .toList();
    }

    /** Makes a volume, active. What was read of its group counts on, with the new one. */
    void create(String group, String name, long bytes, List<String> tags) {
        List<String> arguments =
                new ArrayList<>(List.of("--yes", "--contiguous", "n", "--wipesignatures", "n", "--activate", "y"));
        tags.forEach(tag -> arguments.addAll(List.of("--addtag", tag)));
        arguments.addAll(List.of("--size", bytes + "b", "--name", name, group));
        // LVM rounds up, and the sum is known only where it has nothing to round.
        boolean known = SEEN.isBound() && bytes % EXTENT == 0;
        String[] row = {name, Long.toString(bytes), String.join(",", tags), ACTIVE, ""};
        run("lvcreate", arguments, known ? () -> SEEN.get().made(group, row) : Lvm::forget);
    }

    /**
     * Makes volumes readable on this host in the size that they have now: another host may have extended them since they
     * were made so. What was read counts on.
     */
    void activate(String group, List<Logical> volumes) {
        Set<String> fresh = SEEN.isBound() ? SEEN.get().fresh : Set.of();
        List<Logical> due = volumes.stream()
                .filter(each -> !fresh.contains(group + "/" + each.name()))
                .toList();
        activate(group, due.stream().filter(each -> !each.active()), List.of("--activate", "y"));
        activate(group, due.stream().filter(Logical::active), List.of("--refresh"));
    }

    private void activate(String group, Stream<Logical> volumes, List<String> how) {
        Set<String> names = volumes.map(Logical::name).collect(Collectors.toCollection(LinkedHashSet::new));
        if (names.isEmpty()) {
            return;
        }
        List<String> arguments = new ArrayList<>(how);
        names.forEach(name -> arguments.add(group + "/" + name));
        run("lvchange", arguments, () -> {
            if (SEEN.isBound()) {
                SEEN.get().activated(group, names);
            }
        });
    }

    /** Whether extents of the group are being moved, by whomever, or were when that was cut off. */
    boolean moving(String group) {
        return run(LIST, "--all", "--noheadings", "--options", "lv_name", group)
                .lines()
                .anyMatch(line -> line.strip().startsWith("[pvmove"));
    }

    /** The physical volumes on which a volume lies, with the extents: {@code /dev/sdb(0)}. */
    String places(String group, String volume) {
        return run(LIST, "--noheadings", "--options", "devices", group + "/" + volume);
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
        return SEEN.isBound()
                ? SEEN.get()
                        .rows
                        .computeIfAbsent(command.arguments(), any -> rows(program, arguments, command, columns))
                : rows(program, arguments, command, columns);
    }

    private List<String[]> rows(String program, List<String> arguments, Command command, String columns) {
        int count = columns.split(",").length;
        return output(program, arguments, command)
                .lines()
                .map(String::strip)
                .filter(line -> !line.isEmpty())
                .map(line -> line.split("\\|", -1))
                .filter(row -> row.length == count)
                .collect(Collectors.toCollection(ArrayList::new));
    }

    /** Runs one command, which may change something, and answers what it printed. */
    String run(String program, String... arguments) {
        return run(program, Arrays.asList(arguments));
    }

    String run(String program, List<String> arguments) {
        return run(program, arguments, Lvm::forget);
    }

    /** @param learn what is known after it; when it fails, nothing is */
    private String run(String program, List<String> arguments, Runnable learn) {
        try {
            String output = output(program, arguments, command(program, arguments));
            learn.run();
            return output;
        } catch (RuntimeException e) {
            forget();
            throw e;
        }
    }

    private static void forget() {
        if (SEEN.isBound()) {
            SEEN.get().forget();
        }
    }

    private String output(String program, List<String> arguments, Command command) {
        Command.Outcome outcome = runner.run(command);
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
