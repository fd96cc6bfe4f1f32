package org.bellwether.agent.storage;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.bellwether.agent.platform.Command;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.Error;
import org.bellwether.protocol.ReduceDomainRequest;
import org.bellwether.protocol.ReduceState;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes LUNs out of a domain, after what lies on them was moved to the others. The first call begins, the next ones tell how
 * far it is. Nothing is remembered: LVM's own text says what has been moved, so that after a crash the same call goes on.
 */
final class GroupReduction {
    private static final Logger LOG = LoggerFactory.getLogger(GroupReduction.class);
    private static final int MOST_AGAIN = 20;
    private static final Pattern PROGRESS = Pattern.compile("Moved:\\s*(\\d+)(?:[.,]\\d+)?%");

    private final ConnectedDomains connected;
    private final Domains domains;
    private final Lvm lvm;
    private final Luns luns;
    private final Executor threads;
    private final ConcurrentMap<String, Run> runs = new ConcurrentHashMap<>();

    GroupReduction(ConnectedDomains connected, Domains domains, Lvm lvm, Luns luns, Executor threads) {
        this.connected = connected;
        this.domains = domains;
        this.lvm = lvm;
        this.luns = luns;
        this.threads = threads;
    }

    /** Who works on a domain, and how far it is. */
    private static final class Run {
        private final Set<String> leaving;
        private volatile int percent;
        private volatile boolean done;
        private volatile @Nullable Refusal failure;

        private Run(Set<String> leaving) {
            this.leaving = leaving;
        }
    }

    /**
     * What is to leave and what stays.
     *
     * @param leaving LUNs that are in the group
     */
    private record Plan(DomainPlace place, List<Luns.Lun> leaving, List<Luns.Lun> staying) {}

    ReduceState reduce(ReduceDomainRequest request) {
        Set<String> leaving = new HashSet<>(request.getLunIdsList());
        String id = Ids.checked("storage domain", request.getDomainId());
        Run run = runs.get(id);
        if (run == null) {
            run = begin(request, leaving);
        }
        if (!run.leaving.equals(leaving)) {
            throw Refusal.wrongState("Other LUNs are being taken out of storage domain " + id)
                    .because(run.leaving.toString())
                    .next("Wait for that.");
        }
        Refusal failure = run.failure;
        if (failure != null) {
            runs.remove(id, run);
            throw failure;
        }
        if (run.done) {
            runs.remove(id, run);
        }
        return ReduceState.newBuilder()
                .setDone(run.done)
                .setProgressPercent(run.percent)
                .build();
    }

    /** Whether LUNs are being taken out of a domain by this agent. */
    boolean worksOn(String domain) {
        Run run = runs.get(domain);
        return run != null && !run.done && run.failure == null;
    }

    private Run begin(ReduceDomainRequest request, Set<String> leaving) {
        String id = request.getDomainId();
        Plan plan = connected.onDomain(
                request.getConnection(), id, "plan the way of LUNs out", ConnectedDomains.LONG, domain -> {
                    domains.requireOurs(domain);
                    return plan(domain, leaving);
                });
        Run fresh = new Run(leaving);
        Run other = runs.putIfAbsent(id, fresh);
        if (other != null) {
            return other;
        }
        threads.execute(() -> work(plan, fresh));
        return fresh;
    }

    /** Refuses, before anything is touched, what could not come to its end. */
    private Plan plan(DomainPlace domain, Set<String> ids) {
        List<Luns.Lun> members = domains.block().luns(domain.id());
        List<Luns.Lun> leaving =
                members.stream().filter(lun -> ids.contains(lun.id())).toList();
        List<Luns.Lun> staying =
                members.stream().filter(lun -> !ids.contains(lun.id())).toList();
        if (staying.isEmpty()) {
            throw Refusal.badRequest("Storage domain " + domain.id() + " cannot lose all of its LUNs")
                    .next("Remove the domain instead.");
        }
        Map<String, Lvm.Physical> physicals = lvm.physicals().stream()
                .filter(physical -> physical.group().equals(domain.id()))
                .collect(Collectors.toMap(Lvm.Physical::device, Function.identity()));
        String first = lvm.places(domain.id(), "metadata");
        for (Luns.Lun lun : leaving) {
            Lvm.Physical physical = physicals.get(lun.device());
            if ((physical != null && physical.metadata()) || first.contains(lun.device() + "(")) {
                throw Refusal.of(Error.Code.IN_USE, "LUN " + lun.id() + " stays in storage domain " + domain.id())
                        .because("the domain's own metadata is on it")
                        .undone("Nothing was moved")
                        .next("Take out other LUNs.");
            }
        }
        long needed = leaving.stream().mapToLong(lun -> used(physicals, lun)).sum();
        long free = staying.stream()
                .mapToLong(lun -> extents(physicals, lun) - used(physicals, lun))
                .sum();
        if (needed > free) {
            throw Refusal.of(Error.Code.NO_SPACE, "The other LUNs of storage domain " + domain.id() + " have no room")
                    .because(needed * Lvm.EXTENT + " bytes are to be moved, and " + free * Lvm.EXTENT + " are free")
                    .undone("Nothing was moved")
                    .next("Delete or move disks, or extend the domain with another LUN first.");
        }
        return new Plan(domain, leaving, staying);
    }

    private static long used(Map<String, Lvm.Physical> physicals, Luns.Lun lun) {
        Lvm.Physical physical = physicals.get(lun.device());
        return physical == null ? 0 : physical.used();
    }

    private static long extents(Map<String, Lvm.Physical> physicals, Luns.Lun lun) {
        Lvm.Physical physical = physicals.get(lun.device());
        return physical == null ? 0 : physical.extents();
    }

    private void work(Plan plan, Run run) {
        String id = plan.place().id();
        try {
            if (!plan.leaving().isEmpty()) {
                moveAway(plan, run);
                List<String> words = new ArrayList<>(List.of(id));
                words.addAll(devices(plan.leaving()));
                lvm.run("vgreduce", words);
            }
            free(run.leaving);
            domains.block().remap(plan.place());
            LOG.info("storage domain {} goes on without {}", id, run.leaving);
            run.percent = 100;
            run.done = true;
        } catch (Refusal e) {
            run.failure = e;
        } catch (RuntimeException | InterruptedException e) { // whoever asks next must hear of whatever failed
            run.failure = Refusal.from(e, "To take LUNs out of storage domain " + id);
        }
    }

    /** LVM sees the group's own LUNs only here: what is cut off must not be that of another group. */
    private void moveAway(Plan plan, Run run) throws InterruptedException {
        String id = plan.place().id();
        List<Luns.Lun> all = new ArrayList<>(plan.staying());
        all.addAll(plan.leaving());
        Lvm group = Lvm.seeing(devices(all));
        if (group.moving(id)) {
            // What has been moved stays moved.
            LOG.info("ending a move in {} that was cut off", id);
            group.run("pvmove", "--abort");
        }
        int number = 0;
        for (Luns.Lun lun : plan.leaving()) {
            boolean any = group.physicals().stream()
                    .anyMatch(physical -> physical.device().equals(lun.device()) && physical.used() > 0);
            if (any) {
                move(group, lun, plan, run, number);
            }
            number++;
            run.percent = 100 * number / (plan.leaving().size() + 1);
        }
    }

    private static void move(Lvm group, Luns.Lun lun, Plan plan, Run run, int number) throws InterruptedException {
        List<String> words = new ArrayList<>(List.of("--interval", "1", lun.device()));
        words.addAll(devices(plan.staying()));
        move(group, words, lun, plan, run, number);
        // Whoever takes one of the volumes out of use ends it too, and pvmove counts that as success.
        for (int again = 0; group.moving(plan.place().id()); again++) {
            if (again == MOST_AGAIN) {
                throw immovable(lun, "something on this host ended it again and again");
            }
            LOG.warn("the move away from LUN {} was ended by somebody: it goes on", lun.id());
            move(group, List.of("--interval", "1"), lun, plan, run, number);
        }
    }

    private static void move(Lvm group, List<String> words, Luns.Lun lun, Plan plan, Run run, int number)
            throws InterruptedException {
        Process child = group.command("pvmove", words).start();
        StringBuilder complaint = new StringBuilder();
        Thread progress = Command.read(child.getInputStream(), text -> {
            Matcher matcher = PROGRESS.matcher(text);
            while (matcher.find()) {
                run.percent = (100 * number + Integer.parseInt(matcher.group(1)))
                        / (plan.leaving().size() + 1);
            }
        });
        Thread errors = Command.read(child.getErrorStream(), complaint::append);
        int status = child.waitFor();
        progress.join();
        errors.join();
        if (status != 0) {
            throw immovable(
                    lun,
                    complaint.isEmpty()
                            ? "pvmove ended with " + status
                            : complaint.toString().strip());
        }
    }

    private static Refusal immovable(Luns.Lun lun, String why) {
        return Refusal.of(Error.Code.REFUSED, "What lies on LUN " + lun.id() + " could not be moved away")
                .because(why)
                .undone("What was moved stays moved, and the LUN stays in the domain: nothing is lost")
                .next("Mend the cause and ask again.");
    }

    /** Takes LVM's mark off LUNs that are in no group any more; a crash may have come before that. */
    private void free(Set<String> ids) {
        List<String> without = lvm.physicals().stream()
                .filter(physical -> physical.group().isEmpty())
                .map(Lvm.Physical::device)
                .toList();
        List<String> gone = luns.all().stream()
                .filter(lun -> ids.contains(lun.id()) && without.contains(lun.device()))
                .map(Luns.Lun::device)
                .toList();
        if (!gone.isEmpty()) {
            List<String> words = new ArrayList<>(List.of("--yes"));
            words.addAll(gone);
            lvm.run("pvremove", words);
        }
    }

    private static List<String> devices(List<Luns.Lun> luns) {
        return luns.stream().map(Luns.Lun::device).toList();
    }
}
