package org.bellwether.agent.vm;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.CpuAffinity;
import org.bellwether.protocol.MachineDefinition;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where the threads of machines may run, read from the kernel and not from libvirt: what was asked for is no proof. And keeps
 * machines that share the host's processors off those that another machine has for itself.
 *
 * <p>A machine that was told where to run is only looked at, never put back: that it strayed is what people must hear.
 */
final class CpuAffinities {
    private static final Logger LOG = LoggerFactory.getLogger(CpuAffinities.class);
    private static final Duration SETTING = Duration.ofSeconds(10);
    private static final int MOST_STRAYS = 8;
    private static final int MOST_PROCESSORS = 10_000;

    private final Machines machines;
    private final Path proc;
    /** Machines that were kept off some processors: they get these back. */
    private final Set<String> narrowed = new HashSet<>();

    /** @param proc {@code /proc} */
    CpuAffinities(Machines machines, Path proc) {
        this.machines = machines;
        this.proc = proc;
    }

    /** One thread, and the processors that it may use. */
    private record Task(String name, String text, BitSet cpus) {}

    private record Running(String id, long pid, MachineDefinition definition) {}

    /** Looks at all machines that are on. */
    synchronized List<CpuAffinity> look() {
        List<Running> running = running();
        keepApart(running);
        List<CpuAffinity> proofs = new ArrayList<>();
        for (Running machine : running) {
            if (!machine.definition.getCpuSet().isEmpty()) {
                List<Task> tasks = tasks(machine.pid);
                if (!tasks.isEmpty()) {
                    proofs.add(proof(machine, tasks));
                }
            }
        }
        return proofs;
    }

    private List<Running> running() {
        List<Running> running = new ArrayList<>();
        for (Machine machine : machines.all()) {
            DomainView view = machine.view;
            long pid = machine.state.getQemuPid();
            if (view != null && pid > 0 && MachineStates.on(machine.state.getPower())) {
                view.definition().ifPresent(definition -> running.add(new Running(machine.id, pid, definition)));
            }
        }
        return running;
    }

    private static CpuAffinity proof(Running machine, List<Task> tasks) {
        BitSet told = parse(machine.definition.getCpuSet());
        BitSet all = new BitSet();
        CpuAffinity.Builder proof =
                CpuAffinity.newBuilder().setMachineId(machine.id).setThreads(tasks.size());
        for (Task task : tasks) {
            all.or(task.cpus);
            BitSet beyond = (BitSet) task.cpus.clone();
            beyond.andNot(told);
            if (!beyond.isEmpty() && proof.getStraysCount() < MOST_STRAYS) {
                proof.addStrays(task.name + ": " + task.text);
            }
        }
        return proof.setCpus(text(all)).build();
    }

    private void keepApart(List<Running> running) {
        BitSet exclusive = new BitSet();
        running.stream()
                .filter(machine -> machine.definition.getExclusiveCpus())
                .forEach(machine -> exclusive.or(parse(machine.definition.getCpuSet())));
        narrowed.retainAll(running.stream().map(Running::id).toList());
        if (exclusive.isEmpty() && narrowed.isEmpty()) {
            return;
        }
        BitSet shared = task(proc.resolve("self/status")).map(Task::cpus).orElseGet(BitSet::new);
        shared.andNot(exclusive);
        if (shared.isEmpty()) {
            return;
        }
        for (Running machine : running) {
            MachineDefinition definition = machine.definition;
            boolean bound = !definition.getCpuSet().isEmpty() || definition.getCpuPinsCount() > 0;
            if (bound || tasks(machine.pid).stream().allMatch(task -> task.cpus.equals(shared))) {
                continue;
            }
            share(machine, text(shared));
            if (exclusive.isEmpty()) {
                narrowed.remove(machine.id);
            } else {
                narrowed.add(machine.id);
            }
        }
    }

    private static void share(Running machine, String processors) {
        String name = machine.definition.getName();
        try {
            Command.Outcome outcome = Command.of("taskset", "-a", "-p", "-c", processors, Long.toString(machine.pid))
                    .run(SETTING);
            if (outcome.worked()) {
                LOG.info("{} runs on the processors {} now, which it shares", name, processors);
            } else {
                LOG.warn("{} was not put onto the processors {}: {}", name, processors, outcome.words());
            }
        } catch (Refusal e) {
            LOG.warn("{} was not put onto the processors {}: {}", name, processors, e.getMessage());
        }
    }

    /** The threads of a process; a thread or a process that ended meanwhile is left out. */
    private List<Task> tasks(long pid) {
        List<Task> tasks = new ArrayList<>();
        try (DirectoryStream<Path> all = Files.newDirectoryStream(proc.resolve(pid + "/task"))) {
            for (Path each : all) {
                task(each.resolve("status")).ifPresent(tasks::add);
            }
        } catch (IOException gone) {
            return List.of();
        }
        return tasks;
    }

    private static Optional<Task> task(Path status) {
        String name = "";
        String cpus = "";
        try {
            for (String line : Files.readAllLines(status, StandardCharsets.UTF_8)) {
                if (line.startsWith("Name:")) {
                    name = line.substring("Name:".length()).strip();
                } else if (line.startsWith("Cpus_allowed_list:")) {
                    cpus = line.substring("Cpus_allowed_list:".length()).strip();
                }
            }
        } catch (IOException gone) {
            return Optional.empty();
        }
        return cpus.isEmpty() ? Optional.empty() : Optional.of(new Task(name, cpus, parse(cpus)));
    }

    /** Numbers and ranges, such as {@code 0-3,8}: as the engine writes them, and the kernel. */
    static BitSet parse(String text) {
        BitSet numbers = new BitSet();
        for (String part : text.split(",")) {
            String[] ends = part.strip().split("-");
            int first = Integer.parseInt(ends[0]);
            int last = Integer.parseInt(ends[ends.length - 1]);
            if (last < MOST_PROCESSORS && first <= last) {
                numbers.set(first, last + 1);
            }
        }
        return numbers;
    }

    static String text(BitSet numbers) {
        StringBuilder text = new StringBuilder();
        for (int first = numbers.nextSetBit(0); first >= 0; ) {
            int end = numbers.nextClearBit(first);
            text.append(text.isEmpty() ? "" : ",").append(first);
            if (end - 1 > first) {
                text.append('-').append(end - 1);
            }
            first = numbers.nextSetBit(end);
        }
        return text.toString();
    }
}
