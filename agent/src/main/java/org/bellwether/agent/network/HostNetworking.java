package org.bellwether.agent.network;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.bellwether.agent.platform.Notes;
import org.bellwether.agent.platform.Refusal;
import org.bellwether.protocol.BondPlan;
import org.bellwether.protocol.HostNetworkPlan;
import org.bellwether.protocol.KernelNetworks;
import org.bellwether.protocol.NetworkChange;
import org.bellwether.protocol.NetworkNote;
import org.bellwether.protocol.NetworkPlan;
import org.bellwether.protocol.SetUpNetworksRequest;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Changes of the host's networks. A change is written down with what was there before it, made, and holds when the engine
 * confirms it in time; else what was there comes back, by this agent alone. What was committed comes back at boot.
 *
 * <p>Three notes: "now" is what was made and confirmed last, "saved" is what comes back at boot, "pending" is a change on
 * trial.
 */
public final class HostNetworking implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(HostNetworking.class);
    private static final String NOW = "now";
    private static final String SAVED = "saved";
    private static final String PENDING = "pending";
    private static final Duration USUAL_TRIAL = Duration.ofSeconds(20);
    private static final Duration LONGEST_TRIAL = Duration.ofSeconds(25);
    private static final int TRIES_TO_TAKE_BACK = 3;
    /** Who else could take a change back does so only when this agent has not. */
    private static final Duration PRECEDENCE = Duration.ofSeconds(5);
    /** For a change to be made, before its trial begins. */
    private static final Duration LONGEST_CHANGE = Duration.ofSeconds(90);

    private final Notes<NetworkNote> notes;
    private final Path marker;
    private final Dhcp dhcp;
    private final Converge kernel;
    private final NetworkManager manager;
    private final Runnable changed;
    private final ScheduledExecutorService trials =
            java.util.concurrent.Executors.newSingleThreadScheduledExecutor(work -> {
                Thread thread = new Thread(work, "network-trial");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * @param run a directory that is empty after a boot
     * @param changed called after every change, so that it is told at once
     */
    public HostNetworking(Path state, Path run, Runnable changed) throws IOException {
        this.notes = new Notes<>(state.resolve("networks"), NetworkNote.getDefaultInstance());
        this.marker = run.resolve("networks-made");
        this.dhcp = new Dhcp(run.resolve("dhcp"));
        this.kernel = new Converge(dhcp);
        this.manager = new NetworkManager(dhcp);
        this.changed = changed;
    }

    /** At the agent's start: takes back what was on trial when it died, and brings back what was saved after a boot. */
    public synchronized void recover() {
        NetworkNote pending = note(PENDING);
        boolean booted = !Files.exists(marker);
        if (booted) {
            restore();
            try {
                Files.createDirectories(marker.getParent());
                Files.writeString(marker, "", StandardCharsets.UTF_8);
            } catch (IOException e) {
                LOG.warn("that the networks were made after this boot cannot be noted: {}", e.toString());
            }
        }
        if (pending.hasChange()) {
            if (booted) {
                settle(pending, "The host was restarted before the change was confirmed");
            } else {
                takeBack(pending, "The agent was restarted before the change was confirmed");
            }
        }
    }

    /** One after the other, so that a NIC that is gone costs only its own networks. */
    private void restore() {
        NetworkPlan saved = note(SAVED).getPlan();
        BackEnd maker = maker();
        for (BondPlan bond : saved.getBondsList()) {
            restore(maker, saved, bond.getName());
        }
        for (HostNetworkPlan network : saved.getNetworksList()) {
            restore(maker, saved, network.getName());
        }
        NetworkNote before = note(NOW);
        notes.write(NOW, before.toBuilder().setPlan(saved).build());
    }

    /** Who makes this host's networks now: an administrator may change that. */
    private BackEnd maker() {
        return NetworkManager.rules() ? manager : kernel;
    }

    private void restore(BackEnd maker, NetworkPlan saved, String name) {
        try {
            KernelNetworks found = KernelReader.read(dhcp);
            KernelNetworks target =
                    NetworkTarget.of(found, NetworkPlan.getDefaultInstance(), saved, Set.of(name), List.of());
            maker.to(target);
            // Where NetworkManager is not there yet, its profiles stay: nobody decided anything.
            if (maker == manager) {
                maker.persist();
            }
            LOG.info("{} is as it was saved", name);
        } catch (Refusal e) {
            LOG.error("{} cannot be brought back as it was saved: {}", name, e.getMessage());
        }
    }

    public synchronized NetworkChange setUp(SetUpNetworksRequest request) {
        NetworkNote pending = note(PENDING);
        if (pending.getChange().getChangeId().equals(request.getChangeId())) {
            return pending.getChange();
        }
        NetworkNote last = note(NOW);
        if (last.getChange().getChangeId().equals(request.getChangeId())) {
            return last.getChange();
        }
        if (pending.hasChange()) {
            throw Refusal.wrongState("Another change of this host's networks is on trial")
                    .next("Wait some seconds until it is confirmed or taken back, and try again.");
        }
        if (request.getChangeId().isEmpty()) {
            throw Refusal.badRequest("A change of networks has no id");
        }
        PlanChecks.check(request.getWanted());
        request.getRemovedLinksList().forEach(PlanChecks::requireDevice);
        KernelNetworks found = KernelReader.read(dhcp);
        KernelNetworks target = NetworkTarget.of(
                found,
                last.getPlan(),
                request.getWanted(),
                new HashSet<>(request.getApplyList()),
                request.getRemovedLinksList());
        BackEnd maker = maker();
        String mark = maker.mark(LONGEST_CHANGE);
        NetworkNote trial = NetworkNote.newBuilder()
                .setMark(mark)
                .setChange(NetworkChange.newBuilder()
                        .setChangeId(request.getChangeId())
                        .setState(NetworkChange.State.PENDING))
                .setPlan(request.getWanted())
                .setPlanBefore(last.getPlan())
                .setBefore(found)
                .setCommit(request.getCommit())
                .build();
        notes.write(PENDING, trial);
        try {
            maker.to(target);
        } catch (Refusal e) {
            takeBack(trial, String.valueOf(e.getMessage()));
            throw e.undone("What was done of the change was taken back");
        }
        long trialMillis = request.getConfirmWithinMs() == 0
                ? USUAL_TRIAL.toMillis()
                : Math.min(request.getConfirmWithinMs(), LONGEST_TRIAL.toMillis());
        maker.tried(mark, Duration.ofMillis(trialMillis).plus(PRECEDENCE));
        trials.schedule(() -> expire(request.getChangeId(), trialMillis), trialMillis, TimeUnit.MILLISECONDS);
        changed.run();
        return trial.getChange();
    }

    private synchronized void expire(String change, long trialMillis) {
        NetworkNote pending = note(PENDING);
        if (pending.getChange().getChangeId().equals(change)) {
            takeBack(pending, "The engine did not reach this host within " + trialMillis / 1000 + " s after it");
        }
    }

    public synchronized NetworkChange confirm(String change) {
        NetworkNote pending = note(PENDING);
        if (!pending.getChange().getChangeId().equals(change)) {
            NetworkChange last = note(NOW).getChange();
            if (last.getChangeId().equals(change) && last.getState() == NetworkChange.State.CONFIRMED) {
                return last;
            }
            throw Refusal.wrongState("The change of this host's networks was taken back")
                    .because(last.getChangeId().equals(change) ? last.getWhy() : "another change came after it");
        }
        BackEnd maker = maker();
        maker.keep(pending.getMark());
        NetworkNote confirmed = NetworkNote.newBuilder()
                .setChange(pending.getChange().toBuilder()
                        .setState(NetworkChange.State.CONFIRMED)
                        .setCommitted(pending.getCommit()))
                .setPlan(pending.getPlan())
                .build();
        if (pending.getCommit()) {
            notes.write(SAVED, confirmed);
        }
        notes.write(NOW, confirmed);
        notes.remove(PENDING);
        // Last: what was not confirmed must not come back, and what is missing at boot is made then.
        if (pending.getCommit()) {
            maker.persist();
        }
        LOG.info("the engine confirmed the change {} of this host's networks", change);
        return confirmed.getChange();
    }

    public synchronized NetworkChange revert(String change) {
        NetworkNote pending = note(PENDING);
        if (pending.getChange().getChangeId().equals(change)) {
            takeBack(pending, "The engine asked for it");
        }
        return note(NOW).getChange();
    }

    /** What holds now comes back at boot. */
    public synchronized NetworkChange commit() {
        NetworkNote now = note(NOW);
        NetworkNote committed = now.toBuilder()
                .setChange(now.getChange().toBuilder().setCommitted(true))
                .build();
        notes.write(SAVED, committed);
        notes.write(NOW, committed);
        maker().persist();
        return committed.getChange();
    }

    public synchronized NetworkChange inspect() {
        NetworkNote pending = note(PENDING);
        return pending.hasChange() ? pending.getChange() : note(NOW).getChange();
    }

    /** The note of the trial goes only when what was there before is back, or cannot be brought back. */
    private void takeBack(NetworkNote trial, String why) {
        LOG.warn(
                "the change {} of this host's networks is taken back: {}",
                trial.getChange().getChangeId(),
                why);
        String left = "";
        for (int tried = 1; tried <= TRIES_TO_TAKE_BACK; tried++) {
            try {
                maker().takeBack(trial.getMark(), trial.getBefore());
                left = "";
                break;
            } catch (Refusal e) {
                left = ". Not all of it could be: " + e.getMessage();
                LOG.error("taking back, attempt {}: {}", tried, e.getMessage());
            }
        }
        settle(trial, why + left);
        changed.run();
    }

    private void settle(NetworkNote trial, String why) {
        notes.write(
                NOW,
                note(NOW).toBuilder()
                        .setChange(trial.getChange().toBuilder()
                                .setState(NetworkChange.State.TAKEN_BACK)
                                .setWhy(why))
                        .build());
        notes.remove(PENDING);
    }

    private NetworkNote note(String name) {
        try {
            return notes.all().getOrDefault(name, NetworkNote.getDefaultInstance());
        } catch (IOException e) {
            throw Refusal.broken("What was written down of this host's networks cannot be read")
                    .because(String.valueOf(e.getMessage()));
        }
    }

    public ObservedNetworks observe() {
        try {
            return ObservedNetworks.of(KernelReader.read(dhcp));
        } catch (Refusal e) {
            LOG.warn("{}", e.getMessage());
            return new ObservedNetworks(List.of(), List.of(), List.of());
        }
    }

    @Override
    public void close() {
        trials.shutdownNow();
    }
}
