package org.bellwether.lab;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A set of Linux namespaces with one first process. Whatever runs inside dies with that process, and its mounts and its
 * network go with it, so nothing can be left behind.
 */
public final class Namespace {
    // The first process: sets up the mounts, says that it is ready, and then only reaps orphans (bash reaps any child).
    // With an owner it lives as long as somebody holds the other end of its standard input.
    private static final String FIRST_PROCESS = """
            set -e
            name=$1 network=$2 run=$3 owned=$4
            shift 4
            # A pid file left from before must not name a process of now by chance.
            echo $((RANDOM + 1000)) >/proc/sys/kernel/ns_last_pid
            hostname "$name"
            if [ "$network" = own ]; then
                mount -t sysfs sysfs /sys
                ip link set lo up
            fi
            if [ "$run" = own ]; then
                mount -t tmpfs -o mode=755 tmpfs /run
                mkdir -p /run/lock /run/user
            fi
            while [ $# -gt 0 ]; do
                mount --bind "$1" "$2"
                shift 2
            done
            echo ready
            if [ "$owned" = owned ]; then
                while read -r line; do :; done
            else
                while :; do sleep 86400 & wait "$!"; done
            fi
            """;

    /**
     * @param name host name inside
     * @param record file in which the first process is written down
     * @param ownNetwork whether it has a network of its own
     * @param ownRun whether /run inside is empty at the start and private
     * @param binds what is seen instead of which path: target to source
     * @param owned whether it dies with this process
     */
    public record Plan(
            String name, Path record, boolean ownNetwork, boolean ownRun, Map<Path, Path> binds, boolean owned) {}

    private final ProcessRecord unshare;
    private final ProcessRecord first;

    private Namespace(ProcessRecord unshare, ProcessRecord first) {
        this.unshare = unshare;
        this.first = first;
    }

    /** Makes the namespaces and answers when the first process is ready. */
    public static Namespace start(Plan plan) {
        Path log = plan.record().resolveSibling(plan.record().getFileName() + ".log");
        List<String> words = new ArrayList<>(
                List.of("unshare", "--mount", "--uts", "--pid", "--fork", "--kill-child", "--mount-proc"));
        if (plan.ownNetwork()) {
            words.add("--net");
        }
        words.addAll(List.of("bash", "-c", FIRST_PROCESS, "bellwether-lab"));
        words.addAll(List.of(
                plan.name(),
                plan.ownNetwork() ? "own" : "shared",
                plan.ownRun() ? "own" : "shared",
                plan.owned() ? "owned" : "lasting"));
        plan.binds().forEach((target, source) -> words.addAll(List.of(source.toString(), target.toString())));
        try {
            Files.createDirectories(plan.record().getParent());
            ProcessBuilder builder = new ProcessBuilder(words)
                    .directory(Path.of("/").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile());
            if (!plan.owned()) {
                builder.redirectInput(Path.of("/dev/null").toFile());
                // A session of its own: the terminal's interrupt is not for it.
                builder.command().addFirst("setsid");
            }
            Process process = builder.start();
            ProcessRecord unshare = ProcessRecord.of(process.pid());
            unshare.write(plan.record());
            boolean came = Await.holds(Duration.ofSeconds(20), () -> ready(log) || !process.isAlive());
            if (!came || !process.isAlive()) {
                unshare.kill();
                throw new LabFailure("the namespaces of %s could not be made (root is needed): %s"
                        .formatted(plan.name(), Files.readString(log).strip()));
            }
            return new Namespace(unshare, firstOf(unshare));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean ready(Path log) {
        try {
            return Files.readString(log).equals("ready\n");
        } catch (IOException e) {
            return false;
        }
    }

    /** The namespaces that were written down there, when they still live. */
    public static Optional<Namespace> find(Path record) {
        try {
            if (!Files.exists(record)) {
                return Optional.empty();
            }
            ProcessRecord unshare = ProcessRecord.read(record);
            // One that is just being made has no process inside yet; one that ends has none any more.
            return unshare.alive() && !childrenOf(unshare).isEmpty()
                    ? Optional.of(new Namespace(unshare, firstOf(unshare)))
                    : Optional.empty();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ProcessRecord firstOf(ProcessRecord unshare) throws IOException {
        return ProcessRecord.of(Long.parseLong(childrenOf(unshare).split(" ")[0]));
    }

    private static String childrenOf(ProcessRecord unshare) throws IOException {
        String pid = Long.toString(unshare.pid());
        return Files.readString(Path.of("/proc", pid, "task", pid, "children")).strip();
    }

    public boolean alive() {
        return first.alive();
    }

    /** The first process as the machine's root namespace counts. */
    public long pid() {
        return first.pid();
    }

    /** The words that run a program inside. */
    public List<String> inside(List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(pid()), "--mount", "--uts", "--pid", "--net", "--"));
        all.addAll(words);
        return all;
    }

    /** The words that run a program inside, but with the machine's own network. */
    public List<String> onMachineNetwork(List<String> words) {
        List<String> all = new ArrayList<>(
                List.of("nsenter", "--target", Long.toString(pid()), "--mount", "--uts", "--pid", "--"));
        all.addAll(words);
        return all;
    }

    public String run(String... words) {
        return Command.run(inside(List.of(words)));
    }

    public Command.Outcome attempt(Duration deadline, String... words) {
        return Command.attempt(deadline, inside(List.of(words)));
    }

    /**
     * Starts a program inside that goes on by itself, writing to a log file. Its process id, as counted inside, is
     * written to {@code /run/NAME.pid} or wherever the caller says.
     */
    public void launch(Path log, Path pidFile, List<String> words) {
        List<String> all = new ArrayList<>();
        all.add("setsid");
        // In the background, so that its parent is the first process inside: nsenter outside would stop with it when it
        // is
        // stopped, and would then never reap it, for which the whole namespace would wait when it is to end.
        all.addAll(inside(List.of("sh", "-c", "\"$@\" & echo $! >\"$0\"", pidFile.toString())));
        all.addAll(words);
        try {
            new ProcessBuilder(all)
                    .directory(Path.of("/").toFile())
                    .redirectInput(Path.of("/dev/null").toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.appendTo(log.toFile()))
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Signals the process whose id, as counted inside, stands in a file inside; nothing happens if it is gone. */
    public void signal(String signal, Path pidFile) {
        attempt(Duration.ofSeconds(10), "sh", "-c", "kill -\"$0\" \"$(cat \"$1\")\"", signal, pidFile.toString());
    }

    /** Whether the process whose id stands in that file lives (one that is only waiting to be reaped does not). */
    public boolean runs(Path pidFile) {
        return attempt(
                        Duration.ofSeconds(10),
                        "sh",
                        "-c",
                        "pid=$(cat \"$0\") && read -r pid name state rest <\"/proc/$pid/stat\" && [ \"$state\" != Z ]",
                        pidFile.toString())
                .succeeded();
    }

    /** Kills everything inside at once, as pulling the plug does. */
    public void kill() {
        first.kill();
        unshare.kill();
    }
}
